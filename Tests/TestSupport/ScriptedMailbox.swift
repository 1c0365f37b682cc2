/// What a `ScriptedMailServer` holds for one account.
package struct ScriptedMailbox: Sendable {
    package struct Mail: Sendable {
        package var uid: UInt32
        package var octets: [UInt8]
        package var flags: [String]
        package var internalDate: String
        /// Told where the server announces OBJECTID.
        package var emailID: String?

        package init(
            uid: UInt32,
            octets: [UInt8],
            flags: [String] = [],
            internalDate: String = "17-Jul-2026 02:44:25 +0000"
        ) {
            self.uid = uid
            self.octets = octets
            self.flags = flags
            self.internalDate = internalDate
        }

        /// Up to the empty line, and with it.
        var header: ArraySlice<UInt8> {
            for end in stride(from: 4, through: self.octets.count, by: 1)
            where self.octets[(end - 4)..<end].elementsEqual("\r\n\r\n".utf8) {
                return self.octets[..<end]
            }
            return self.octets[...]
        }

        /// The header fields that a FETCH's arguments name, folded lines included, and the empty line; and their names.
        func fields(_ arguments: String) -> (names: String, octets: [UInt8]) {
            let list = arguments.drop { $0 != "(" }.dropFirst().drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
            let wanted = Set(list.split(separator: " ").map { $0.lowercased() })
            var octets: [UInt8] = []
            var keeps = false
            for line in self.header.split(separator: 10) where line != [13] {
                if line.first != 32, line.first != 9 {
                    let name = String(decoding: line.prefix { $0 != 58 }, as: UTF8.self).lowercased()
                    keeps = wanted.contains(name)
                }
                if keeps { octets += line + [10] }
            }
            return (String(list), octets + [13, 10])
        }
    }

    package var validity: UInt32
    package var uidNext: UInt32
    package var mails: [Mail]
    /// Kilobytes used and allowed, when the server offers QUOTA.
    package var quota: (used: UInt64, limit: UInt64)?

    package init(validity: UInt32 = 1_795_490_379, mails: [Mail], quota: (used: UInt64, limit: UInt64)? = nil) {
        self.validity = validity
        self.mails = mails
        self.uidNext = (mails.map(\.uid).max() ?? 0) &+ 1
        self.quota = quota
    }

    /// `count` short messages with UIDs from 1, each with its own text and `mark` in its subject.
    package static func sample(_ count: Int, mark: String = "sample") -> ScriptedMailbox {
        ScriptedMailbox(
            mails: (0..<count).map { index in
                let text = "From: a@example.com\r\nSubject: \(mark) \(index + 1)\r\n\r\nMessage \(index + 1).\r\n"
                return Mail(uid: UInt32(clamping: index + 1), octets: Array(text.utf8))
            }
        )
    }

    /// A new message with the next UID.
    package mutating func deliver(_ octets: [UInt8]) {
        self.mails.append(Mail(uid: self.uidNext, octets: octets))
        self.uidNext &+= 1
    }

    /// The UIDs that the set at the beginning of a UID FETCH's arguments names.
    package func uids(in arguments: String) -> [UInt32] {
        self.mails(in: arguments.prefix { $0 != " " }).map(\.uid)
    }

    /// The mails a UID set names (RFC 3501 §9 sequence-set), `n:*` always naming the last.
    func mails(in set: Substring) -> [Mail] {
        let last = self.mails.map(\.uid).max() ?? 0
        let ranges = set.split(separator: ",").map { part -> ClosedRange<UInt32> in
            let ends = part.split(separator: ":").map { $0 == "*" ? last : UInt32($0) ?? 0 }
            let first = ends.first ?? 0
            let second = ends.last ?? 0
            return min(first, second)...max(first, second)
        }
        return self.mails.filter { mail in ranges.contains { $0.contains(mail.uid) } }
    }
}
