import Foundation
import Gateway
import Report

@testable import Store

/// Records as the store would give them back.
enum Sample {
    /// DELE 2 of a device known by its tag, with what differs from it; nil takes a member away.
    static func record(
        _ sequence: Int64 = 286,
        action: String = "dele",
        outcome: String = "success",
        time: String = "2026-11-07T00:12:59.000001Z",
        device: String? = "frontdesk",
        session: String? = "s-1",
        asked: String = "DELE 2",
        answered: String = "+OK message 2 deleted",
        done: String = "marked: hidden from frontdesk at QUIT",
        row: Int? = 2,
        rows: String? = nil,
        more: [String: Any] = [:],
        message: MessageText? = nil
    ) -> StoredRecord {
        var own: [String: Any] = ["asked": asked, "answered": answered, "done": done, "upstream": [String]()]
        if let session { own["session"] = session }
        if let device {
            own["device"] = [
                "id": 7, "name": device, "identified_by": ["kind": "tag", "value": device],
            ]
        }
        if let row {
            own["message"] = [
                "number": 2, "mailbox": 1, "row": row, "uidvalidity": 9, "uid": 9, "uidl": "000009", "size": 1_204,
            ]
        }
        if let rows {
            own["rows"] = rows
            own["mailbox"] = 1
        }
        own.merge(more) { _, new in new }
        let root: [String: Any] = [
            "@timestamp": time, "event": ["action": action, "outcome": outcome], "host": ["name": "gateway"],
            "client": ["ip": "192.0.2.44", "port": 50_123], "user": ["name": "info@example.com"],
            "tls": ["version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384"], "leavecopy": own,
        ]
        let body = (try? JSONSerialization.data(withJSONObject: root, options: [.sortedKeys])) ?? Data()
        return StoredRecord(sequence: sequence, body: body, message: message)
    }

    static let text = MessageText(
        messageID: "<m2@example.com>",
        from: "Sato <sato@example.com>",
        subject: "会議室の予約",
        date: "Sat, 7 Nov 2026 09:00:00 +0900"
    )

    static func life(
        _ records: [StoredRecord],
        isHidden: Bool = true,
        isGone: Bool = false,
        vanished: String? = nil
    ) -> MessageLife {
        let message = MessageSummary(
            key: MessageKey(MailboxID(1), 2),
            account: "info@example.com",
            uid: 9,
            validity: 9,
            uniqueID: "000009",
            size: 1_204,
            internalDate: 1_794_009_600,
            isGone: isGone,
            text: self.text
        )
        let standings = [
            MessageLife.Standing(
                device: Device(id: DeviceID(7), name: "frontdesk"),
                got: "2026-11-06T00:00:00.000000Z",
                asked: records.last?.time,
                hid: records.last?.time,
                isHidden: isHidden,
                isSkipped: false
            ),
            MessageLife.Standing(
                device: Device(id: DeviceID(8), name: "sales"),
                got: nil,
                asked: nil,
                hid: nil,
                isHidden: false,
                isSkipped: false
            ),
        ]
        return MessageLife(message: message, firstSeen: nil, vanished: vanished, records: records, standings: standings)
    }

    static let tokyo = TimeZone(identifier: "Asia/Tokyo") ?? .gmt
}
