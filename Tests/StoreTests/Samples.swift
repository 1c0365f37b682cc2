import Gateway
import IMAP
import POP3

enum Samples {
    static func origin(
        _ speaker: Speaker?,
        session: String = "k3v9x0q2m7ab",
        neighbour: String? = nil
    ) -> AuditRecord.Origin {
        guard let address = IPAddress("192.0.2.7"), let local = IPAddress("192.0.2.1") else {
            preconditionFailure("these are addresses")
        }
        var arrival = Arrival(
            session: SessionID(session),
            remote: Endpoint(address: address, port: 50_123),
            local: Endpoint(address: local, port: 995),
            listener: "pop3s"
        )
        arrival.neighbour = neighbour.flatMap {
            HardwareAddress($0.split(separator: ":").compactMap { UInt8($0, radix: 16) })
        }
        arrival.tls = TLSDescription(version: "TLSv1.2", cipher: "ECDHE-RSA-AES128-GCM-SHA256", serverName: nil)
        return .session(SessionOrigin(arrival: arrival, account: "info@example.com", speaker: speaker))
    }

    static func session(_ device: Device) -> AuditRecord {
        self.record(
            "DELE 1",
            origin: self.origin(.device(device, by: Identifier(kind: .tag, value: "frontdesk")))
        )
    }

    static func record(_ asked: String = "DELE 1", origin: AuditRecord.Origin = .server) -> AuditRecord {
        let attempt = Attempt(action: .dele, outcome: .success, asked: asked, answered: "+OK", done: "marked")
        return AuditRecord(time: 1_700_000_000_000_000, origin: origin, attempt: attempt)
    }
}
