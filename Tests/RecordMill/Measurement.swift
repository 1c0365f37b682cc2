import Foundation
import Gateway
import Report
import Store

/// What it costs to read a record that the mill made: medians of the store's own time, in milliseconds.
struct Measurement {
    private static let repeats = 7

    let store: SQLiteStore

    init(folder: String) throws {
        self.store = try SQLiteStore.open(folder: folder, role: .command, node: "mill") {
            Int64(Date().timeIntervalSince1970 * 1_000_000)
        }
    }

    /// Median of some calls, and what the last gave.
    static func median<Value>(_ body: () async throws -> Value) async throws -> (milliseconds: Double, value: Value) {
        var times: [Double] = []
        var value = try await body()
        for _ in 0..<Self.repeats {
            let begin = ContinuousClock.now
            value = try await body()
            times.append(Self.milliseconds(ContinuousClock.now - begin))
        }
        return (times.sorted()[Self.repeats / 2], value)
    }

    static func milliseconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) * 1_000 + Double(duration.components.attoseconds) / 1e15
    }

    static func text(_ milliseconds: Double) -> String { String(format: "%.1f", milliseconds) }

    /// The most memory that this process had, in MB.
    static var peak: String {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
        let kilobytes = line.split(separator: " ").compactMap { Double($0) }.first ?? 0
        return String(format: "%.1f MB", kilobytes / 1_000)
    }

    func searches() async throws {
        var table = Table(
            ["filters", "found", "first page", "later page", "count", "found later"],
            rightAligned: [1, 2, 3, 4, 5]
        )
        let size = try await self.store.recordSize()
        for (name, filter) in try await self.filters() {
            let count = try await Self.median { try await self.store.count(filter, limit: 10_000) }
            let first = try await Self.median { try await self.store.page(filter, limit: 50) }
            let later = try await Self.median {
                try await self.store.page(filter, size: size, before: size / 3, limit: 50)
            }
            table.add([
                name, "\(count.value)", Self.text(first.milliseconds), Self.text(later.milliseconds),
                Self.text(count.milliseconds), "\(later.value.records.count)",
            ])
        }
        for line in table.lines { print(line) }
    }

    private func filters() async throws -> [(String, RecordFilter)] {
        let newest = try await self.store.page(RecordFilter(identifiedBy: "tag"), limit: 1).records.first
        let (since, until) = ("2026-08-01T00:00:00.000000Z", "2026-09-01T00:00:00.000000Z")
        let month = RecordFilter(since: since, until: until)
        func with(_ change: (inout RecordFilter) -> Void) -> RecordFilter {
            var filter = RecordFilter()
            change(&filter)
            return filter
        }
        return [
            ("none", RecordFilter()), ("none, for people", with { $0.leavesOutOwnWork = true }), ("time", month),
            (
                "device, action, outcome, time",
                with {
                    $0 = month
                    $0.device = "pc2"
                    $0.action = "dele"
                    $0.outcome = "success"
                }
            ),
            ("text of two letters, account", RecordFilter(account: "info@example.com", text: "見積")),
            ("text of one letter, device, since", RecordFilter(since: since, device: "frontdesk", text: "書")),
            ("text of one letter that all have", RecordFilter(text: "e")),
            ("text that all have, done, device", RecordFilter(device: "pc2", done: .marked, text: "example.com")),
            ("text that few have, until", RecordFilter(until: until, text: "98765")),
            ("text that none has", RecordFilter(text: "zzz")),
            ("device, done", RecordFilter(device: "pc2", done: .hidden)),
            ("identified by nobody, action", RecordFilter(action: "dele", identifiedBy: RecordFilter.nobody)),
            ("address, outcome", RecordFilter(outcome: "failure", address: "192.168.1.10")),
            ("rare account, action", RecordFilter(account: "user17", action: "refusal")),
            (
                "rare device, account, outcome",
                RecordFilter(device: "other7", account: "orders@example.com", outcome: "success")
            ),
            (
                "account, rare outcome, action",
                RecordFilter(account: "info@example.com", action: "retr", outcome: "failure")
            ),
            ("device, action: nothing", RecordFilter(device: "pc1", action: "dele")),
            ("two that never meet", RecordFilter(device: "pc1", account: "sales@example.com")),
            ("text, two that never meet", RecordFilter(device: "pc1", account: "sales@example.com", text: "e")),
            ("address and device that never meet", RecordFilter(device: "pc1", address: "192.168.1.11")),
            ("identified by, done: nothing", RecordFilter(done: .served, identifiedBy: "neighbour")),
            ("session", RecordFilter(session: newest?.session)),
            (
                "all ten",
                RecordFilter(
                    since: since,
                    device: newest?.device,
                    account: newest?.account,
                    action: "retr",
                    outcome: "success",
                    done: .served,
                    text: "example",
                    address: newest?.address,
                    session: newest?.session,
                    identifiedBy: "tag"
                )
            ),
        ]
    }

    func others() async throws {
        var table = Table(["what", "milliseconds", "found"], rightAligned: [1, 2])
        func add(_ name: String, _ body: () async throws -> Int) async throws {
            let (milliseconds, found) = try await Self.median(body)
            table.add([name, Self.text(milliseconds), "\(found)"])
        }
        let store = self.store
        let (since, until) = ("2026-08-01", "2026-09-01")
        guard let device = try await store.devices().first(where: { $0.device.name == "pc1" })?.device.id else {
            return
        }
        let list = RecordFilter(since: "2026-11-01", device: "pc1")
        try await add("100 of a device since a day") { try await store.page(list, limit: 100).records.count }
        try await add("all of a device since a day") { try await store.page(list, limit: .max).records.count }
        try await add("activity of a month") { try await store.activity(since: since, until: until).count }
        try await add("activity of all") { try await store.activity(since: "", until: "~").count }
        try await add("days of a month") { try await store.dailyAttempts(since: since, until: until).count }
        try await add("days of all") { try await store.dailyAttempts(since: "", until: "~").count }
        try await add("days of a device") {
            try await store.dailyAttempts(since: "", until: "~", device: device).count
        }
        try await add("devices") { try await store.devices().count }
        for text in ["見積", "e", "example.com", "98765"] {
            try await add("messages with \(text)") { try await store.messages(matching: text, limit: 50).count }
        }
        if let key = try await store.messages(matching: "見積", limit: 50).last?.key {
            try await add("a message's life") { try await store.life(of: key)?.records.count ?? 0 }
        }
        try await add("what a device has not fetched") { try await store.unfetched(by: device, limit: 50).count }
        for line in table.lines { print(line) }
    }

    func verification() async throws {
        let begin = ContinuousClock.now
        let result = try await self.store.verify()
        print(
            "\(result.records) records verified in \(ContinuousClock.now - begin), clean: \(result.isClean), \(Self.peak)"
        )
    }

    /// All records that fit as a file for a spreadsheet, which is thrown away. Stands on record, as any export.
    func export(_ filter: RecordFilter) async throws {
        let begin = ContinuousClock.now
        guard let file = FileHandle(forWritingAtPath: "/dev/null") else { return }
        let result = try await RecordExport(filter, .csv, in: .of(.japanese)).write(
            from: self.store,
            by: .operatorCommand(user: "mill"),
            now: { Int64(Date().timeIntervalSince1970 * 1_000_000) },
            to: { try file.write(contentsOf: Data($0)) }
        )
        print("\(result.rows) records, \(result.octets) octets of CSV in \(ContinuousClock.now - begin), \(Self.peak)")
    }
}
