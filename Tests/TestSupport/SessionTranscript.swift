import Gateway
import NIOCore
import POP3

/// A conversation of one session as a text file, replayed against the real framer, parser and state machine.
///
/// A transcript is lines. What a device, a timer or the world does is an input; what the session does about it is an
/// output, and the outputs must stand exactly where the session says them:
///
///     C: text            the device sends a line; `C+:` sends it in one segment with the next, `C-:` sends no line end
///     T: idle            a timer fires (`login`, `idle`, `listingAtLogin`, `listing`, `refusalDelay`)
///     X: reason          the device's connection is gone;  `Q:` the server stops;  `L: reason` a limit closes it
///     @key value         how the scripted world answers from here on (`SessionWorld.set`)
///     # text             a comment
///
///     S: text            a line to the device
///     -> text            what is asked of the mail server's side;  `-- TLS` when TLS is put in place
///     DB: text           what changes in the store
///     R: text            a record, when `@show records` was said: action outcome | asked | answered | done | reason
///     closed             the connection is closed
package enum SessionTranscript {
    /// The transcript with the outputs that the session really makes: equal to `text` when it behaves.
    package static func replayed(_ text: String) -> String {
        var world = SessionWorld()
        var lines: [String] = []
        var isConnected = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            guard Self.isInput(line) else { continue }
            let isSetting = line.hasPrefix("@") || line.hasPrefix("#") || line.isEmpty
            if !isConnected, !isSetting {
                world.connect()
                lines += world.takeOutput()
                isConnected = true
            }
            lines.append(line)
            Self.perform(line, in: &world)
            lines += world.takeOutput()
        }
        return lines.joined(separator: "\n")
    }

    private static func isInput(_ line: String) -> Bool {
        ["C:", "C+:", "C-:", "T:", "X:", "Q:", "L:", "@", "#"].contains { line.hasPrefix($0) } || line.isEmpty
    }

    private static func perform(_ line: String, in world: inout SessionWorld) {
        let argument = line.drop { $0 != " " }.dropFirst()
        if line.hasPrefix("C:") {
            world.send(Array(argument.utf8) + [13, 10])
        } else if line.hasPrefix("C+:") {
            world.hold(Array(argument.utf8) + [13, 10])
        } else if line.hasPrefix("C-:") {
            world.send(Array(argument.utf8))
        } else if line.hasPrefix("T:") {
            world.fire(String(argument))
        } else if line.hasPrefix("X:") {
            world.happen { $0.disconnected(reason: String(argument)) }
        } else if line.hasPrefix("Q:") {
            world.happen { $0.quiesce() }
        } else if line.hasPrefix("L:") {
            world.happen { $0.refusedConnection(reason: String(argument)) }
        } else if line.hasPrefix("@") {
            let words = line.dropFirst().split(separator: " ", maxSplits: 1).map(String.init)
            world.set(words.first ?? "", words.dropFirst().first ?? "")
        }
    }
}
