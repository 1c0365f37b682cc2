import ArgumentParser
import Dispatch
import Foundation
import Linux
import Report
import Store

struct AuditFollow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow",
        abstract: "Show records as they are written, until Ctrl-C."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @OptionGroup var filters: FilterOptions
    @Option(name: .long, help: "So many records from before, first.")
    var limit = 10
    @Option(name: .long, help: "Go on behind the record of this number, in place of --limit.")
    var after: Int64?

    /// People see it at once, and an idle database is asked twice a second.
    private static let pause = Duration.milliseconds(500)

    func run() async throws {
        let store = try self.common.openStore()
        let filter = try self.filters.filter(forPeople: !self.form.json)
        let interruptions = [SIGINT, SIGTERM].map(Self.ending)
        defer { for interruption in interruptions { interruption.cancel() } }
        try await Failure.telling(self.common.spoken) {
            var last = try await self.begin(filter, store)
            while true {
                let size = try await store.recordSize()
                if size > last {
                    try await store.forEach(filter, size: size, after: last) { self.show($0) }
                    last = size
                }
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    private func begin(_ filter: RecordFilter, _ store: SQLiteStore) async throws -> Int64 {
        if let after = self.after { return max(0, after) }
        let page = try await store.page(filter, limit: max(0, self.limit))
        self.show(page.records.reversed())
        return page.size
    }

    private func show(_ records: [StoredRecord]) {
        if self.form.json {
            for record in records { Output.give(String(decoding: RecordJSON.line(record), as: UTF8.self)) }
            return
        }
        let table = RecordTable(in: .of(self.common.spoken), width: Terminal.columns, isColoured: Output.isColoured)
        for record in RecordTable.forPeople(records, withDetails: true) { Output.show(table.line(record)) }
    }

    /// Ctrl-C is how this command ends: with success, and no line cut in half.
    private static func ending(_ number: Int32) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { Foundation.exit(0) }
        source.resume()
        return source
    }
}
