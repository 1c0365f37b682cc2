import Report

import struct Foundation.TimeZone
import enum Gateway.IPAddress
import struct Gateway.LoginName
import struct Gateway.Network
import enum Gateway.NewDevice
import enum Gateway.UniqueIDFormat
import struct LibCrypto.SubjectName

/// What a text in the configuration may look like. At most 255 octets, and no control characters.
package struct TextForm: Sendable {
    /// For the hint of an error.
    let accepted: Phrase
    private let isGood: @Sendable (String) -> Bool

    private init(_ english: String, _ japanese: String, isGood: @escaping @Sendable (String) -> Bool) {
        self.accepted = Phrase(english, japanese)
        self.isGood = isGood
    }

    func accepts(_ text: String) -> Bool { Self.isPlain(text) && !text.isEmpty && self.isGood(text) }

    /// An argument of a command may be empty.
    static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 255 && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    static let text = TextForm("a text", "文字列") { _ in true }

    static let name = TextForm("a name of letters, digits, '.', '_' and '-'", "英数字と . _ - からなる名前") { text in
        Self.isName(text, longest: 63)
    }

    /// The rule of tags (DESIGN section 3).
    static let device = TextForm(
        "a device's name of letters, digits, '.', '_' and '-', at most 32",
        "英数字と . _ - からなる 32 文字以内の端末名"
    ) { text in Self.isName(text, longest: 32) }

    static let login = TextForm("a login name", "ログイン名") { LoginName($0).isWellFormed }
    static let address = TextForm("an IPv4 or IPv6 address", "IPv4 または IPv6 アドレス") { IPAddress($0) != nil }
    static let network = TextForm("a network", "ネットワーク") { Network($0) != nil }

    static let upstream = TextForm(
        "imaps://HOST[:PORT] or imap://HOST[:PORT]",
        "imaps://ホスト[:ポート] または imap://ホスト[:ポート]"
    ) { UpstreamURL($0) != nil }

    static let adoption = TextForm(
        "pops://HOST[:PORT] or pop3://HOST[:PORT]",
        "pops://ホスト[:ポート] または pop3://ホスト[:ポート]"
    ) { AdoptionURL($0) != nil }

    static let syslogServer = TextForm(
        "tcp://HOST[:PORT] or udp://HOST[:PORT]",
        "tcp://ホスト[:ポート] または udp://ホスト[:ポート]"
    ) { SyslogServer($0) != nil }

    static let domain = TextForm("a host name", "ホスト名") { text in
        guard let name = SubjectName(text) else { return false }
        return name.kind == .dns && !text.hasPrefix("*")
    }

    static let reviewPlace = TextForm(
        "ADDRESS:PORT, or off",
        "アドレス:ポート、または off"
    ) { $0 == ReviewPlace.off || ReviewPlace($0) != nil }

    static let newDevice = TextForm(
        "everything, from-now, or days and a number from 1 to \(Days.most)",
        "everything、from-now、または days と 1 から \(Days.most) までの数"
    ) { NewDevice(text: $0) != nil }

    static let window = TextForm(
        "everything, or days and a number from 1 to \(Days.most)",
        "everything、または days と 1 から \(Days.most) までの数"
    ) { Days.window($0) != nil }

    static let retention = TextForm(
        "forever, or days and a number from 1 to \(Days.most)",
        "forever、または days と 1 から \(Days.most) までの数"
    ) { Days.kept($0) != nil }

    static let uniqueIDs = TextForm(
        "a format of unique-ids: \(UniqueIDFormat.names.joined(separator: ", ")), or a template",
        "UIDL の形式 (\(UniqueIDFormat.names.joined(separator: ", ")) またはひな形)"
    ) { UniqueIDFormat($0) != nil }

    static let zone = TextForm("a time zone's name", "タイムゾーン名") {
        TimeZone(identifier: $0) != nil
    }

    static func isName(_ text: String, longest: Int) -> Bool {
        (1...longest).contains(text.utf8.count)
            && text.utf8.allSatisfy { octet in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) || [0x2D, 0x2E, 0x5F].contains(octet)
            }
    }
}

/// `days 30`, as people write it.
enum Days {
    /// A hundred years.
    static let most = 36_500

    static func count(_ text: String) -> Int? {
        let words = text.split(separator: " ")
        guard words.count == 2, words.first == "days", let number = words.last,
            number.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let days = Int(number), (1...Self.most).contains(days)
        else { return nil }
        return days
    }

    /// 0 for ever.
    static func kept(_ text: String) -> Int? { text == "forever" ? 0 : Self.count(text) }

    /// 0 for everything, as `DeviceSettings.windowDays` has it.
    static func window(_ text: String) -> Int? { text == "everything" ? 0 : Self.count(text) }
}

extension NewDevice {
    init?(text: String) {
        switch text {
        case "everything": self = .everything
        case "from-now": self = .fromNow
        case _:
            guard let days = Days.count(text) else { return nil }
            self = .days(days)
        }
    }
}
