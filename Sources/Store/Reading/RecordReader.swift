import Gateway

/// Reads the bytes of a record as `RecordEncoder` writes them, in a tenth of the time that JSON in general takes: an export
/// reads a million. Members may come in any order, and unknown ones are passed over. It throws for whatever is not written
/// as we write it, be it JSON or not.
struct RecordReader {
    /// Not as `RecordEncoder` writes it.
    struct Unusual: Error {}

    private var scanner: JSONScanner

    static func read(into record: inout StoredRecord) throws(Unusual) {
        var reader = RecordReader(scanner: JSONScanner(record.json))
        try reader.root(&record)
        guard reader.scanner.isAtEnd else { throw Unusual() }
    }

    private mutating func root(_ record: inout StoredRecord) throws(Unusual) {
        try self.scanner.begin()
        while let name = try self.scanner.member() {
            switch name {
            case .timestamp: record.time = try self.scanner.text()
            case .event: try self.event(&record)
            case .host: try self.host(&record)
            case .client: try self.client(&record)
            case .user: try self.user(&record)
            case .tls: try self.tls(&record)
            case .leavecopy: try self.own(&record)
            case _: try self.scanner.skip()
            }
        }
    }

    private mutating func event(_ record: inout StoredRecord) throws(Unusual) {
        try self.scanner.begin()
        while let name = try self.scanner.member() {
            switch name {
            case .action: record.action = try self.scanner.text()
            case .outcome: record.outcome = try self.scanner.text()
            case _: try self.scanner.skip()
            }
        }
    }

    private mutating func host(_ record: inout StoredRecord) throws(Unusual) {
        try self.scanner.begin()
        while let name = try self.scanner.member() {
            if name == .name { record.node = try self.scanner.text() } else { try self.scanner.skip() }
        }
    }

    private mutating func user(_ record: inout StoredRecord) throws(Unusual) {
        try self.scanner.begin()
        while let name = try self.scanner.member() {
            if name == .name { record.account = try self.scanner.text() } else { try self.scanner.skip() }
        }
    }

    private mutating func client(_ record: inout StoredRecord) throws(Unusual) {
        try self.scanner.begin()
        while let name = try self.scanner.member() {
            switch name {
            case .ip: record.address = try self.scanner.text()
            case .port: record.port = try self.scanner.number()
            case .mac: record.neighbour = try self.scanner.text()
            case _: try self.scanner.skip()
            }
        }
    }

    private mutating func tls(_ record: inout StoredRecord) throws(Unusual) {
        try self.scanner.begin()
        while let name = try self.scanner.member() {
            switch name {
            case .version: record.tlsVersion = try self.scanner.text()
            case .cipher: record.tlsCipher = try self.scanner.text()
            case .client:
                try self.scanner.begin()
                while let name = try self.scanner.member() {
                    if name == .dialled {
                        record.serverName = try self.scanner.text()
                    } else {
                        try self.scanner.skip()
                    }
                }
            case _: try self.scanner.skip()
            }
        }
    }

    private mutating func own(_ record: inout StoredRecord) throws(Unusual) {
        var mailbox: Int64?
        try self.scanner.begin()
        while let name = try self.scanner.member() {
            switch name {
            case .session: record.session = try self.scanner.text()
            case .listener: record.listener = try self.scanner.text()
            case .device: try self.device(&record)
            case .asked: record.asked = try self.scanner.text()
            case .answered: record.answered = try self.scanner.text()
            case .done: record.done = try self.scanner.text()
            case .message: try self.message(&record)
            case .octets: record.octets = try self.scanner.number()
            case .reason: record.reason = try self.scanner.text()
            case .upstream: record.upstream = try self.scanner.texts()
            case .counts: record.counts = try self.scanner.numbers()
            case .rows: record.rows = NumberRanges(try self.scanner.text()) ?? NumberRanges()
            case .mailbox: mailbox = try self.scanner.number()
            case .unidentified: record.unidentified = try self.scanner.text()
            case .milliseconds: record.milliseconds = try self.scanner.number()
            case .commitment: record.commitment = try self.scanner.text()
            case .operator: record.operatorName = try self.scanner.text()
            case .reviewer: try self.reviewer(&record)
            case .between: try self.between(&record)
            case _: try self.scanner.skip()
            }
        }
        if record.mailbox == nil { record.mailbox = mailbox.map { MailboxID($0) } }
    }

    private mutating func device(_ record: inout StoredRecord) throws(Unusual) {
        try self.scanner.begin()
        while let name = try self.scanner.member() {
            switch name {
            case .id: record.deviceID = (try self.scanner.number()).map { DeviceID($0) }
            case .name: record.device = try self.scanner.text()
            case .identifiedBy: try self.identifier(&record)
            case _: try self.scanner.skip()
            }
        }
    }

    private mutating func identifier(_ record: inout StoredRecord) throws(Unusual) {
        try self.scanner.begin()
        while let name = try self.scanner.member() {
            switch name {
            case .kind: record.identifierKind = try self.scanner.text()
            case .value: record.identifierValue = try self.scanner.text()
            case .label: record.identifierLabel = try self.scanner.text()
            case _: try self.scanner.skip()
            }
        }
    }

    private mutating func message(_ record: inout StoredRecord) throws(Unusual) {
        try self.scanner.begin()
        while let name = try self.scanner.member() {
            switch name {
            case .number: record.messageNumber = try self.scanner.number()
            case .mailbox: record.mailbox = (try self.scanner.number()).map { MailboxID($0) }
            case .row: record.row = try self.scanner.number()
            case .uidValidity: record.uidValidity = try self.scanner.number()
            case .uid: record.uid = try self.scanner.number()
            case .uidl: record.uniqueID = try self.scanner.text()
            case .size: record.size = try self.scanner.number()
            case _: try self.scanner.skip()
            }
        }
    }

    private mutating func reviewer(_ record: inout StoredRecord) throws(Unusual) {
        try self.scanner.begin()
        while let name = try self.scanner.member() {
            switch name {
            case .name: record.reviewer = try self.scanner.text()
            case .role: record.reviewerRole = try self.scanner.text()
            case _: try self.scanner.skip()
            }
        }
    }

    private mutating func between(_ record: inout StoredRecord) throws(Unusual) {
        var from: String?
        var until = ""
        try self.scanner.begin()
        while let name = try self.scanner.member() {
            switch name {
            case .from: from = try self.scanner.text()
            case .until: until = try self.scanner.text()
            case _: try self.scanner.skip()
            }
        }
        if !until.isEmpty { record.between = Between(from: from, until: until) }
    }
}
