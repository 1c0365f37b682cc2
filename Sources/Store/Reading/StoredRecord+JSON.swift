import Foundation
import Gateway

extension StoredRecord {
    /// Takes what any JSON says; what is of another kind than it should be says nothing.
    mutating func take(_ root: JSONMembers) {
        let own = root["leavecopy"]
        let device = own["device"]
        let by = device["identified_by"]
        let message = own["message"]
        self.time = root.text("@timestamp")
        self.action = root["event"].text("action")
        self.outcome = root["event"].text("outcome")
        self.node = root["host"].text("name")
        self.session = own.text("session")
        self.listener = own.text("listener")
        self.account = root["user"].text("name")
        self.device = device.text("name")
        self.deviceID = device.number("id").map { DeviceID($0) }
        self.identifierKind = by.text("kind")
        self.identifierValue = by.text("value")
        self.identifierLabel = by.text("label")
        self.unidentified = own.text("unidentified")
        self.address = root["client"].text("ip")
        self.port = root["client"].number("port")
        self.neighbour = root["client"].text("mac")
        self.tlsVersion = root["tls"].text("version")
        self.tlsCipher = root["tls"].text("cipher")
        self.serverName = root["tls"]["client"].text("server_name")
        self.operatorName = own.text("operator")
        self.reviewer = own["reviewer"].text("name")
        self.reviewerRole = own["reviewer"].text("role")
        self.asked = own.text("asked")
        self.answered = own.text("answered")
        self.done = own.text("done")
        self.reason = own.text("reason")
        self.rows = NumberRanges(own.text("rows")) ?? NumberRanges()
        self.mailbox = (message.number("mailbox") ?? own.number("mailbox")).map { MailboxID($0) }
        self.between = own.between
        self.messageNumber = message.number("number")
        self.row = message.number("row")
        self.uidValidity = message.number("uidvalidity")
        self.uid = message.number("uid")
        self.uniqueID = message.text("uidl")
        self.size = message.number("size")
        self.octets = own.number("octets")
        self.milliseconds = own.number("milliseconds")
        self.counts = own["counts"].numbers
        self.commitment = own.text("commitment")
        self.upstream = own.texts("upstream")
    }
}

/// The members of a JSON object, whatever came of it.
struct JSONMembers {
    private let members: [String: Any]

    init(of body: Data) { self.init((try? JSONSerialization.jsonObject(with: body)) as? [String: Any]) }

    private init(_ members: [String: Any]?) { self.members = members ?? [:] }

    subscript(key: String) -> JSONMembers { JSONMembers(self.members[key] as? [String: Any]) }

    func text(_ key: String) -> String { self.members[key] as? String ?? "" }

    func texts(_ key: String) -> [String] { self.members[key] as? [String] ?? [] }

    func number<Number: FixedWidthInteger>(_ key: String) -> Number? {
        (self.members[key] as? NSNumber).flatMap { Number($0.stringValue) }
    }

    var numbers: [String: Int] {
        self.members.compactMapValues { ($0 as? NSNumber).flatMap { Int($0.stringValue) } }
    }

    var between: Between? {
        guard let until = self["between"].members["until"] as? String, !until.isEmpty else { return nil }
        return Between(from: self["between"].members["from"] as? String, until: until)
    }
}
