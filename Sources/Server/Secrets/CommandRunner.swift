package import class Linux.Secret

/// How a command of the operator's is run; a protocol, so that a test needs no processes.
package protocol CommandRunner: Sendable {
    /// Runs `arguments[0]` with the others, without a shell, to its end. It finds `input` on its standard input, and
    /// `variables` in its environment beside the usual ones.
    func run(_ arguments: [String], input: [UInt8], variables: [String: String]) async -> CommandOutcome
}

extension CommandRunner {
    /// With nothing to read.
    package func run(_ arguments: [String]) async -> CommandOutcome {
        await self.run(arguments, input: [], variables: [:])
    }
}

package enum CommandOutcome: Hashable, Sendable {
    /// With exit status 0: all it printed on its standard output.
    case printed(Secret)
    /// Not with exit status 0: the status, or the signal that ended it.
    case failed(String)
    case timedOut
    case printedTooMuch
    /// It is not there, or may not be run.
    case notStarted

    /// Why it did not do its work, for the log; nil when it did. What it printed does not matter then.
    var trouble: String? {
        switch self {
        case .printed, .printedTooMuch: nil
        case .failed(let how): "failed: \(how)"
        case .timedOut: "took too long"
        case .notStarted: "could not be started"
        }
    }
}
