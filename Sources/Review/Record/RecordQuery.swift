import Foundation
import Gateway
import Store

/// What of the record is wanted, as it stands in an address: ten filters that can all be combined, and one message.
struct RecordQuery: Hashable, Sendable {
    /// In the order in which they stand in an address.
    static let names = [
        "text", "since", "until", "device", "account", "action", "outcome", "done", "address", "session", "known",
        "message",
    ]
    /// Longer than any name, subject or address that somebody types.
    private static let longest = 200

    /// Those that say something.
    let fields: FormFields
    let filter: RecordFilter
    /// Names of fields that cannot be understood, and so ask for nothing.
    let misunderstood: [String]

    /// Times are of the server's zone.
    init(_ query: FormFields, _ times: PageTimes) {
        var fields = FormFields()
        for name in Self.names {
            if let text = query.text(name) { fields.set(name, String(text.unicodeScalars.prefix(Self.longest))) }
        }
        var misunderstood: [String] = []
        func value<Value>(_ name: String, _ understand: (String) -> Value?) -> Value? {
            guard let text = fields[name] else { return nil }
            let value = understand(text)
            if value == nil { misunderstood.append(name) }
            return value
        }
        self.filter = RecordFilter(
            since: value("since", times.recorded),
            until: value("until", times.recorded),
            device: fields["device"],
            account: fields["account"],
            action: fields["action"],
            outcome: fields["outcome"],
            done: value("done", RecordedEffect.init),
            text: fields["text"],
            address: fields["address"],
            session: fields["session"],
            identifiedBy: fields["known"],
            message: value("message", Self.message)
        )
        self.fields = fields
        self.misunderstood = misunderstood
    }

    var isEmpty: Bool { self.fields.fields.isEmpty }

    /// For a list that is looked through; an export has everything.
    var filterForPeople: RecordFilter {
        var filter = self.filter
        filter.leavesOutOwnWork = true
        return filter
    }

    /// `MAILBOX.ROW`, and as commands have it with a colon.
    private static func message(_ text: String) -> MessageKey? {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "." || $0 == ":" }
        guard parts.count == 2, let mailbox = Int64(parts[0]), let number = UInt32(parts[1]) else { return nil }
        return MessageKey(MailboxID(mailbox), number)
    }
}

/// Which page of what was found: pinned to the length that the record had at the first one, so that nothing moves while
/// somebody turns pages.
struct PagePlace: Hashable, Sendable {
    /// More steps back than this lead to the first page.
    private static let longestTrail = 100

    /// Nil: the newest page, of the record as it is.
    let size: Int64?
    let before: Int64?
    /// Where the pages in front of this one begin; the first has nothing to begin with.
    let trail: [Int64]

    init(_ query: FormFields) {
        self.size = query["size"].flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
        self.before = query["before"].flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
        self.trail = (query["trail"] ?? "").split(separator: ".").suffix(Self.longestTrail).compactMap { Int64($0) }
    }

    /// The address of the page of what is older than `last`.
    func older(_ fields: FormFields, size: Int64, last: Int64) -> FormFields {
        let trail = self.before.map { self.trail + [$0] } ?? self.trail
        return Self.fields(fields, size, last, trail.suffix(Self.longestTrail))
    }

    /// The address of the page in front; nil at the first one.
    func newer(_ fields: FormFields, size: Int64) -> FormFields? {
        guard self.before != nil else { return nil }
        return Self.fields(fields, size, self.trail.last, self.trail.dropLast())
    }

    private static func fields(
        _ fields: FormFields,
        _ size: Int64,
        _ before: Int64?,
        _ trail: some Collection<Int64>
    ) -> FormFields {
        var fields = fields.setting("size", String(size)).setting("before", before.map { String($0) })
        if !trail.isEmpty { fields.set("trail", trail.map { String($0) }.joined(separator: ".")) }
        return fields
    }
}
