import Foundation
import Gateway
import TestSupport

/// Headers as they come to an office in Japan: in both languages and in all the ways to encode them.
struct Headers {
    private static let subjects = [
        "見積書の件", "請求書をお送りします", "ご注文ありがとうございます", "会議の日程について", "Re: 納品のご確認", "お問い合わせ：株式会社山田製作所",
        "Your order has been shipped", "Invoice", "Meeting on Friday", "Re: Re: Quotation", "Weekly report",
        "Scan from MFP",
        "Out of office", "㈱サンプル 発注書①", "[SPAM] 当選おめでとうございます", "Delivery status",
    ]
    private static let people = [
        ("山田 太郎", "taro.yamada@example.jp"), ("鈴木 花子", "hanako@example.co.jp"),
        ("John Smith", "john.smith@example.com"),
        ("Zoë Müller", "zoe@example.de"), ("", "noreply@shop.example"), ("総務部", "soumu@example.jp"),
        ("佐藤", "sato@example.ne.jp"),
        ("Scanner 2F", "mfp-2f@office.example"),
    ]

    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    static func details(of number: UInt32, in mailbox: Int, _ random: inout SeededGenerator) -> MessageDetails {
        let subject = "\(Self.subjects.randomElement(using: &random) ?? "") \(number * 7 % 100_003)"
        let (name, address) = Self.people.randomElement(using: &random) ?? ("", "")
        let style = Int.random(in: 0..<4, using: &random)
        let day = Self.days[Int(number % 7)]
        return MessageDetails(
            messageID: Array("<\(mailbox).\(number).\(String(random.next(), radix: 36))@mx.example.com>".utf8),
            from: name.isEmpty ? Array(address.utf8) : Self.encoded(name, style) + Array(" <\(address)>".utf8),
            subject: Self.encoded(subject, style),
            date: Array("\(day), \(number % 28 + 1) Nov 2026 09:\(number % 50 + 10):00 +0900".utf8)
        )
    }

    private static func encoded(_ text: String, _ style: Int) -> [UInt8] {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return Array(text.utf8) }
        switch style {
        case 0: return Array(text.utf8)
        case 1: return Self.word(text, .iso2022JP, "ISO-2022-JP")
        case 2: return Self.word(text, .shiftJIS, "Shift_JIS")
        case _: return Self.word(text, .utf8, "UTF-8")
        }
    }

    private static func word(_ text: String, _ encoding: String.Encoding, _ charset: String) -> [UInt8] {
        guard let octets = text.data(using: encoding) else { return Array(text.utf8) }
        return Array("=?\(charset)?B?\(octets.base64EncodedString())?=".utf8)
    }
}
