import Foundation
import Gateway
package import Store

/// Records on a terminal: asked, answered and done as three columns, as wide as there is room; on a narrow one each record
/// takes two lines.
package struct RecordTable {
    private let texts: Texts
    private let width: Int
    private let isColoured: Bool
    private var clock = LocalClock()

    /// `width` is the terminal's; nil when it is none, and nothing needs to be cut.
    package init(in texts: Texts, width: Int?, isColoured: Bool) {
        self.texts = texts
        self.width = width ?? .max
        self.isColoured = isColoured
    }

    /// From this width on one line is enough.
    private static let wide = 120

    /// Safe to be written to a terminal; colours are the only control sequences.
    package func lines(_ records: [StoredRecord]) -> [String] {
        var clock = self.clock
        let rows = records.map { self.cells($0, &clock) }
        return self.width < Self.wide ? self.narrow(records, rows) : self.broad(records, rows)
    }

    /// One record as it comes, for `audit follow`: the columns as wide as they usually are.
    package func line(_ record: StoredRecord) -> String {
        var clock = self.clock
        let cells = self.cells(record, &clock)
        let head = [cells.number, cells.time, cells.who, cells.account].joined(separator: "  ")
        let text = Self.cut("\(head)  \(cells.said)", to: self.width)
        return self.coloured(text, record)
    }

    private struct Cells: Sendable {
        let number: String
        let time: String
        let who: String
        let account: String
        let address: String
        let session: String
        let asked: String
        let answered: String
        let done: String

        /// In one line, without what was not said.
        var said: String { [self.asked, self.answered, self.done].filter { !$0.isEmpty }.joined(separator: " → ") }
    }

    private func cells(_ record: StoredRecord, _ clock: inout LocalClock) -> Cells {
        let (time, zone) = clock.local(record.time)
        let moment = zone.isEmpty ? time : "\(time) \(zone.dropFirst(3))"
        return Cells(
            number: String(record.sequence),
            time: Table.printable(moment),
            who: Table.printable(RecordWords.who(record, in: self.texts)),
            account: Table.printable(record.account),
            address: Table.printable(record.address),
            session: Table.printable(record.session),
            asked: Table.printable(
                record.asked.isEmpty ? RecordWords.action(of: record, in: self.texts) : record.asked
            ),
            answered: Table.printable(record.answered),
            done: Table.printable(RecordWords.done(of: record, in: self.texts))
        )
    }

    /// A column: its heading, what stands in it, and from which width of the terminal on it is shown at all.
    private struct Column: Sendable {
        let heading: String
        let cell: @Sendable (Cells) -> String
        let from: Int
    }

    private static let columns = [
        Column(heading: "number", cell: \.number, from: 0),
        Column(heading: "time", cell: \.time, from: 0),
        Column(heading: "session", cell: \.session, from: 160),
        Column(heading: "device", cell: \.who, from: 0),
        Column(heading: "account", cell: \.account, from: 140),
        Column(heading: "address", cell: \.address, from: 0),
        Column(heading: "asked", cell: \.asked, from: 0),
        Column(heading: "answered", cell: \.answered, from: 0),
        Column(heading: "done", cell: \.done, from: 0),
    ]

    /// What is cut, in this order, and how far: first sentences that are longer than most, then what people can do
    /// without. Columns that are not shown are passed over.
    private static let cuts = [
        ("done", 60), ("asked", 30), ("session", 8), ("account", 12), ("done", 36), ("answered", 18), ("address", 10),
        ("done", 20), ("answered", 10), ("asked", 8), ("done", 10), ("device", 8),
    ]

    private func broad(_ records: [StoredRecord], _ rows: [Cells]) -> [String] {
        let columns = Self.columns.filter { $0.from <= self.width }
        var table = [columns.map { self.texts("column.\($0.heading)") }]
        table += rows.map { row in columns.map { $0.cell(row) } }
        var widths = columns.indices.map { column in table.map { Table.width($0[column]) }.max() ?? 0 }
        self.fit(&widths, of: columns)
        return table.enumerated().map { index, cells in
            let line = zip(cells, widths).enumerated().map { column, cell in
                let text = Self.cut(cell.0, to: cell.1)
                let padding = String(repeating: " ", count: max(0, cell.1 - Table.width(text)))
                return column == 0 ? padding + text : text + padding
            }
            let text = Self.trimmed(line.joined(separator: "  "))
            return index == 0 ? text : self.coloured(text, records[index - 1])
        }
    }

    private func fit(_ widths: inout [Int], of columns: [Column]) {
        guard self.width < .max else { return }
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - self.width
        for (heading, least) in Self.cuts where excess > 0 {
            guard let index = columns.firstIndex(where: { $0.heading == heading }) else { continue }
            let taken = min(excess, max(0, widths[index] - least))
            widths[index] -= taken
            excess -= taken
        }
    }

    private func narrow(_ records: [StoredRecord], _ rows: [Cells]) -> [String] {
        zip(records, rows).flatMap { record, cells in
            let first = "\(cells.number)  \(cells.time)  \(cells.who)  \(cells.address)"
            let second = "    \(cells.said)"
            return [Self.cut(first, to: self.width), self.coloured(Self.cut(second, to: self.width), record)]
        }
    }

    /// A deletion and what failed stand out; the words say the same.
    private func coloured(_ line: String, _ record: StoredRecord) -> String {
        guard self.isColoured else { return line }
        let colour: String? =
            switch (record.action, record.outcome) {
            case ("alert", _), ("vanished", _): "1;31"
            case (_, "failure"): "31"
            case ("dele", _),
                ("quit", _) where record.effect == .hidden || record.action == "dele":
                "33"
            case (_, _): nil
            }
        return colour.map { "\u{1B}[\($0)m\(line)\u{1B}[0m" } ?? line
    }

    static func cut(_ text: String, to width: Int) -> String {
        guard Table.width(text) > width else { return text }
        var kept = ""
        var used = 0
        for letter in text {
            let letterWidth = Table.width(String(letter))
            guard used + letterWidth < width else { break }
            kept.append(letter)
            used += letterWidth
        }
        return width > 0 ? kept + "…" : ""
    }

    private static func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }

    /// Without the records that a delivery began, where the one that says how it ended follows, and without those that hold
    /// a message's details for the proof, unless they were asked for.
    package static func forPeople(_ records: [StoredRecord], withDetails: Bool = false) -> [StoredRecord] {
        var ended: [String: Int] = [:]
        var kept: [StoredRecord] = []
        for record in records.reversed() where withDetails || record.action != Attempt.Action.details.rawValue {
            let key = "\(record.session) \(record.asked)"
            let isBegun = record.done == "begun" || record.isOfNotice && record.done.hasSuffix("begun")
            if isBegun, let count = ended[key], count > 0 {
                ended[key] = count - 1
                continue
            }
            if record.action == "retr" || record.action == "top" { ended[key, default: 0] += 1 }
            kept.append(record)
        }
        return kept.reversed()
    }
}
