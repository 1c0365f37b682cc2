import Foundation
package import Gateway

/// A record as it is read back. What a damaged record does not say is empty: reading never fails.
package struct StoredRecord: Sendable {
    package let sequence: Int64
    /// The exact bytes that are hashed.
    package let json: [UInt8]
    package let time: String
    package let action: String
    package let outcome: String
    package let session: String
    package let account: String
    package let device: String
    package let identifiedBy: String
    package let address: String
    package let tlsVersion: String
    package let asked: String
    package let answered: String
    package let done: String
    package let reason: String
    /// Rows of the mailbox that a commit speaks of.
    package let rows: NumberRanges
    package let mailbox: MailboxID?
    package let upstream: [String]

    init(sequence: Int64, body: Data) {
        self.sequence = sequence
        self.json = [UInt8](body)
        let root = (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:]
        func object(_ parent: [String: Any], _ key: String) -> [String: Any] { parent[key] as? [String: Any] ?? [:] }
        func text(_ parent: [String: Any], _ key: String) -> String { parent[key] as? String ?? "" }
        let own = object(root, "leavecopy")
        let device = object(own, "device")
        let by = object(device, "identified_by")
        self.time = text(root, "@timestamp")
        self.action = text(object(root, "event"), "action")
        self.outcome = text(object(root, "event"), "outcome")
        self.session = text(own, "session")
        self.account = text(object(root, "user"), "name")
        self.device = text(device, "name")
        self.identifiedBy = by.isEmpty ? "" : "\(text(by, "kind")) \(text(by, "value"))"
        self.address = text(object(root, "client"), "ip")
        self.tlsVersion = text(object(root, "tls"), "version")
        self.asked = text(own, "asked")
        self.answered = text(own, "answered")
        self.done = text(own, "done")
        self.reason = text(own, "reason")
        self.rows = NumberRanges(text(own, "rows")) ?? NumberRanges()
        self.mailbox = (object(own, "message")["mailbox"] as? NSNumber).map { MailboxID($0.int64Value) }
        self.upstream = own["upstream"] as? [String] ?? []
    }
}
