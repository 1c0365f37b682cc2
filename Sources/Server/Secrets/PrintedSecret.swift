import Foundation
import Gateway
import Linux

/// What a file or a command says: a secret, and for how long it is good.
struct PrintedSecret: Hashable, Sendable {
    let secret: LoginSecret
    /// Seconds from now, at most a year; nil where nothing was said.
    let lifetime: Int64?

    /// Octets a password or token may have.
    static let maximumOctets = 8_192
    private static let longestLifetime: Int64 = 31_536_000

    /// The first line is the password; nil when it is empty, too long, or holds control characters.
    static func password(_ output: Secret) -> PrintedSecret? {
        output.revealed { octets in
            let line = self.firstLine(octets)
            guard self.hasGoodLength(line), line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
            return PrintedSecret(secret: .password(Secret(line)), lifetime: nil)
        }
    }

    /// The first line is the token; or all of it is the JSON of an OAuth server (RFC 6749 §5.1). Nil when it is neither.
    static func token(_ output: Secret) -> PrintedSecret? {
        output.revealed { octets in
            let all = Array(octets)
            let body = all.drop { [0x20, 0x09, 0x0D, 0x0A].contains($0) }
            if body.first == UInt8(ascii: "{") { return self.answer(Data(body)) }
            let line = self.firstLine(octets)
            guard self.isToken(line) else { return nil }
            return PrintedSecret(secret: .token(Secret(line)), lifetime: nil)
        }
    }

    private static func answer(_ json: Data) -> PrintedSecret? {
        guard let answer = try? JSONSerialization.jsonObject(with: json) as? [String: Any],
            let token = answer["access_token"] as? String, self.isToken(Array(token.utf8))
        else { return nil }
        return PrintedSecret(secret: .token(Secret(Array(token.utf8))), lifetime: self.lifetime(answer["expires_in"]))
    }

    /// A number, as the RFC says; or its digits in a string, as some servers say it.
    private static func lifetime(_ value: Any?) -> Int64? {
        let seconds: Int64? =
            switch value {
            case let number as NSNumber: Int64(exactly: number.doubleValue.rounded(.down))
            case let text as String: Int64(text)
            case _: nil
            }
        return seconds.map { min(max(0, $0), self.longestLifetime) }
    }

    private static func firstLine(_ octets: Span<UInt8>) -> [UInt8] {
        let all = Array(octets)
        var line = all.prefix { $0 != 0x0A }
        if line.last == 0x0D { line.removeLast() }
        return Array(line)
    }

    private static func hasGoodLength(_ line: [UInt8]) -> Bool { (1...self.maximumOctets).contains(line.count) }

    /// b64token of RFC 6750 §2.1.
    private static func isToken(_ line: [UInt8]) -> Bool {
        guard self.hasGoodLength(line) else { return false }
        let body = line.prefix { $0 != UInt8(ascii: "=") }
        let isBody = body.allSatisfy { octet in
            switch octet {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            case _: "-._~+/".utf8.contains(octet)
            }
        }
        return !body.isEmpty && isBody && line.dropFirst(body.count).allSatisfy { $0 == UInt8(ascii: "=") }
    }
}

extension Array where Element == UInt8 {
    fileprivate init(_ octets: Span<UInt8>) {
        self = octets.indices.map { octets[$0] }
    }
}
