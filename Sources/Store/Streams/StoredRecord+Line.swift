import Gateway

extension StoredRecord {
    /// The record as programs read it, one line of JSON without its end: the exact bytes that were hashed, which hold its
    /// number as `event.sequence`. One that is no JSON any more says so.
    package var line: [UInt8] {
        // A record always has its time; what cannot be parsed has none.
        guard !self.time.isEmpty, !self.json.contains(0x0A) else { return self.summary(("damaged", .flag(true))) }
        return self.json
    }

    /// In place of a line that is too long for who takes it: when and what it was, and how many octets were left out.
    package var shortLine: [UInt8] { self.summary(("omitted", .unsigned(UInt64(self.json.count)))) }

    private func summary(_ own: JSONValue.Member) -> [UInt8] {
        let event: [JSONValue.Member] = [
            ("sequence", .signed(self.sequence)), ("action", .string(self.action)), ("outcome", .string(self.outcome)),
        ]
        return JSONValue.object([
            ("@timestamp", .string(self.time)), ("event", .object(event)), (Product.name, .object([own])),
        ]).octets
    }
}

extension StoredRecord {
    /// When it was, in microseconds since 1970; nil in a damaged record.
    package var microseconds: Int64? { Timestamp.microseconds(self.time) }
}
