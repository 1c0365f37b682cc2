package import Store

/// A record as one line of JSON, without its end. `Deploy/schema/record.schema.json` describes it.
package enum RecordJSON {
    /// The exact bytes that were hashed; where the header of its message is known, `email` stands behind its last member.
    package static func line(_ record: StoredRecord) -> [UInt8] {
        let line = record.line
        guard let message = record.message, line.last == UInt8(ascii: "}") else { return line }
        return line.dropLast() + self.email(message) + [UInt8(ascii: "}")]
    }

    /// The names of the Elastic Common Schema; it has none for a Date that nobody has read.
    private static func email(_ message: MessageText) -> [UInt8] {
        let email = JSONValue.object([
            ("message_id", .string(message.messageID)),
            ("from", .object([("address", .array([.string(message.from)]))])),
            ("subject", .string(message.subject)), ("date", .string(message.date)),
        ])
        return Array(",\"email\":".utf8) + email.octets
    }
}
