import ArgumentParser
import Foundation
import Linux
import Report
import Store

struct AuditList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List who asked for what, what was answered, and what was done.",
        discussion: """
            A table leaves out what Leavecopy noted of its own work (details, upstream), unless --action asks for it, and the \
            beginning of what ended. With --json everything is there.
            """
    )

    /// Rows of a table without `--limit`: what a person can look through.
    private static let rows = 100

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @OptionGroup var filters: FilterOptions
    @Option(name: .long, help: "The newest so many (default: 100; with --json all).")
    var limit: Int?

    func run() async throws {
        let filter = try self.filters.filter(forPeople: !self.form.json)
        let store = try self.common.openStore()
        try await Failure.telling(self.common.spoken) {
            if self.form.json, self.limit == nil { return try await Self.printAll(filter, store) }
            let page = try await store.page(filter, limit: self.limit ?? Self.rows)
            let records = Array(page.records.reversed())
            if self.form.json { return Self.print(records) }
            self.printTable(records, isCut: page.hasMore)
        }
    }

    private static func print(_ records: [StoredRecord]) {
        Output.give("[")
        for (index, record) in records.enumerated() {
            Output.give(
                String(decoding: RecordJSON.line(record), as: UTF8.self) + (index == records.count - 1 ? "" : ",")
            )
        }
        Output.give("]")
    }

    /// However many there are: each as it comes, none kept.
    private static func printAll(_ filter: RecordFilter, _ store: SQLiteStore) async throws {
        let separator = Separator()
        Output.give("[")
        try await store.forEach(filter) { records in
            for record in records {
                await separator.give(String(decoding: RecordJSON.line(record), as: UTF8.self))
            }
        }
        await separator.end()
        Output.give("]")
    }

    private func printTable(_ records: [StoredRecord], isCut: Bool) {
        let language = self.common.spoken
        guard !records.isEmpty else { return Output.say(Wording.nothingOnRecord[language]) }
        let table = RecordTable(in: .of(language), width: Terminal.columns, isColoured: Output.isColoured)
        for line in table.lines(RecordTable.forPeople(records, withDetails: true)) { Output.show(line) }
        if isCut { Output.say(Wording.moreOnRecord[language]) }
    }
}

/// Puts a comma behind each object but the last.
private actor Separator {
    private var held: String?

    func give(_ object: String) {
        if let held = self.held { Output.give(held + ",") }
        self.held = object
    }

    func end() { if let held = self.held { Output.give(held) } }
}
