import Foundation
import Report
import Testing

@Suite("The message to a PC that is set wrong")
struct NoticeMailTests {
    private static let tokyo = TimeZone(identifier: "Asia/Tokyo") ?? .gmt

    private static func mail(
        _ diagnosis: Diagnosis = .leavesNoCopy(deleted: 40, retrieved: 41),
        device: String = "frontdesk",
        account: String = "info@example.com",
        languages: [Texts] = Texts.all
    ) -> NoticeMail {
        NoticeMail(
            device: device,
            account: account,
            diagnosis: diagnosis,
            deleted: 1_812,
            since: "2026-11-24T00:00:00.000000Z",
            made: 1_795_651_200_000_000,
            uniqueID: "leavecopy-0123456789abcdef0123456789abcdef",
            languages: languages,
            zone: self.tokyo
        )
    }

    private static let samples: [NoticeMail] = [
        mail(), mail(languages: [.of(.english)]),
        mail(.deletesAfter(days: 14, deleted: 9), languages: [.of(.japanese)]),
        mail(device: String(repeating: "w", count: 32), account: "事務所\r\nBcc: x@y.example", languages: Texts.all),
        mail(device: "=?utf-8?q?a?=", account: "a b@example.com", languages: [.of(.english)]),
    ]

    @Test("is ASCII in lines of at most 76 octets that end with CRLF, and none begins with a dot", arguments: samples)
    func lines(mail: NoticeMail) throws {
        let octets = mail.octets
        #expect(octets.count < 65_536 && octets.suffix(2) == [13, 10])
        #expect(octets.allSatisfy { (0x20...0x7E).contains($0) || $0 == 13 || $0 == 10 })
        let text = String(decoding: octets, as: UTF8.self)
        let lines = text.components(separatedBy: "\r\n")
        #expect(
            lines.allSatisfy { $0.utf8.count <= 76 && !$0.hasPrefix(".") && !$0.contains("\r") && !$0.contains("\n") }
        )
    }

    @Test("reads as it was written, by a reader that knows the RFCs and forgives nothing", arguments: samples)
    func parses(mail: NoticeMail) throws {
        let message = try StrictMail(mail.octets)
        #expect(
            message.names == [
                "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
                "Content-Transfer-Encoding",
            ]
        )
        #expect(message["Subject"] == mail.subject)
        #expect(message["From"] == "\"Leavecopy (automatic)\" <no-reply@leavecopy.invalid>")
        #expect(message["Auto-Submitted"] == "auto-generated" && message["MIME-Version"] == "1.0")
        #expect(message["Message-ID"] == "<\(mail.uniqueID)@leavecopy.invalid>")
        #expect(message["Date"] == "Thu, 26 Nov 2026 09:00:00 +0900")
        #expect(message.text == mail.text)
        let wanted = mail.account == "info@example.com" ? mail.account : "undisclosed-recipients:;"
        #expect(message["To"] == wanted)
    }

    @Test("says which PC, how much, since when, that nothing was deleted, and what to set in each program")
    func content() {
        let english = Self.mail(languages: [.of(.english)])
        #expect(english.subject == "Leavecopy: frontdesk asked to delete 1,812 messages; nothing was deleted")
        let text = english.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("Since 24 Nov 2026 09:00 this PC asked to delete 1,812 messages of info@example.com."))
        #expect(text.contains("Nothing was deleted on the mail server"))
        #expect(text.contains("It asks to delete what it has just retrieved: 40 messages, of 41 messages"))
        #expect(text.contains("* Thunderbird Menu > Account Settings") && text.contains("after 7 days it goes away"))
        let japanese = Self.mail(languages: [.of(.japanese)])
        #expect(japanese.subject == "Leavecopy: frontdesk が 1,812 通の削除を要求しました (メールは削除されていません)")
        #expect(japanese.text.contains("2026年11月24日 09:00 以降") && !japanese.text.contains("{"))
    }

    @Test("has all languages where none was chosen, and no line wider than 72 columns")
    func languages() {
        let both = Self.mail()
        for texts in Texts.all { #expect(both.text.contains(texts("notice.mend"))) }
        #expect(both.subject.contains(" / "))
        for line in both.text.components(separatedBy: "\r\n") { #expect(Table.width(line) <= 72, "\(line)") }
    }
}

/// A reader of messages that takes what RFC 5322, 2045 and 2047 say to the letter, and nothing else.
private struct StrictMail {
    struct Bad: Error { let what: String }

    private(set) var names: [String] = []
    private var fields: [String: String] = [:]
    private(set) var text = ""

    subscript(name: String) -> String? { self.fields[name] }

    init(_ octets: [UInt8]) throws {
        guard let string = String(validating: octets, as: UTF8.self) else { throw Bad(what: "octets") }
        var lines = string.components(separatedBy: "\r\n")
        guard lines.popLast() == "" else { throw Bad(what: "the last line has no end") }
        guard let empty = lines.firstIndex(of: "") else { throw Bad(what: "no body") }
        for line in lines[..<empty] {
            if line.hasPrefix(" "), let last = self.names.last {
                guard line.contains(where: { $0 != " " }) else { throw Bad(what: "a blank line in a field") }
                self.fields[last, default: ""] += line
                continue
            }
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[1].hasPrefix(" "), self.fields[String(parts[0])] == nil,
                parts[0].utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { throw Bad(what: line) }
            self.names.append(String(parts[0]))
            self.fields[String(parts[0])] = String(parts[1].dropFirst())
        }
        for (name, value) in self.fields { self.fields[name] = try Self.decoded(value) }
        guard self.fields["Content-Type"] == "text/plain; charset=UTF-8",
            self.fields["Content-Transfer-Encoding"] == "base64"
        else { throw Bad(what: "the type") }
        let body = lines[lines.index(after: empty)...]
        guard body.dropLast().allSatisfy({ $0.count == 76 }), body.last.map({ (1...76).contains($0.count) }) == true,
            let data = Data(base64Encoded: body.joined()), let text = String(validating: data, as: UTF8.self)
        else { throw Bad(what: "the body") }
        self.text = text
    }

    /// RFC 2047 §6.2: blanks between encoded words go.
    private static func decoded(_ value: String) throws -> String {
        guard value.contains("=?") else { return value }
        return try value.split(separator: " ").map { word in
            let parts = word.split(separator: "?", omittingEmptySubsequences: false)
            guard word.utf8.count <= 75, parts.count == 5, parts[0] == "=", parts[1] == "UTF-8", parts[2] == "B",
                parts[4] == "=", let data = Data(base64Encoded: String(parts[3])), !data.isEmpty,
                let text = String(validating: data, as: UTF8.self)
            else { throw Bad(what: "\(word)") }
            return text
        }.joined()
    }
}
