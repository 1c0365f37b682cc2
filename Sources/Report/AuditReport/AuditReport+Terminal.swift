package import Foundation

extension AuditReport {
    /// Lines for a terminal, `width` columns wide; safe to be written to it.
    package func terminal(in texts: Texts, width: Int, zone: TimeZone = .current) -> [String] {
        let content = ReportContent(self, in: texts, zone: zone)
        var lines = [content.title] + Wrapping.lines(Table.printable(content.period), width: width)
        for section in content.sections {
            lines += ["", section.heading, String(repeating: "─", count: min(width, Table.width(section.heading)))]
            for paragraph in section.paragraphs { lines += Wrapping.lines(paragraph, width: width) }
            if let table = section.table { lines += Self.lines(table, width) }
            for finding in section.findings { lines += Self.lines(finding, width) }
        }
        lines += [""] + Wrapping.lines(content.checkpointNote, width: width)
        lines += self.checkpoint.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return lines.map(Table.printable)
    }

    /// As a table where there is room; else each row as its own few lines.
    private static func lines(_ table: ReportContent.ReportTable, _ width: Int) -> [String] {
        var whole = Table(table.headings, rightAligned: table.numbers)
        for row in table.rows { whole.add(row) }
        if whole.lines.allSatisfy({ Table.width($0) <= width }) { return whole.lines }
        return table.rows.flatMap { row in
            let pairs = zip(table.headings, row).filter { !$1.isEmpty }
            guard let first = pairs.first else { return [String]() }
            let rest = pairs.dropFirst().map { "\($0): \($1)" }.joined(separator: ", ")
            return Wrapping.lines(Table.printable(first.1), width: width)
                + Wrapping.lines(Table.printable(rest), width: width - 2).map { "  \($0)" }
        }
    }

    private static func lines(_ finding: ReportContent.Finding, _ width: Int) -> [String] {
        var lines = [""] + Wrapping.lines(Table.printable("\(finding.device): \(finding.title)"), width: width)
        lines += Wrapping.lines(Table.printable(finding.sentence), width: width - 2).map { "  \($0)" }
        for (program, steps) in finding.steps {
            lines += Wrapping.lines(program + ":", width: width - 2).map { "  \($0)" }
            for step in steps {
                let wrapped = Wrapping.lines(step, width: width - 6)
                lines += wrapped.enumerated().map { ($0.offset == 0 ? "    - " : "      ") + $0.element }
            }
        }
        return lines
    }
}

/// Breaks text into lines of a terminal: English between words, Japanese between letters.
enum Wrapping {
    /// What must not begin a line in Japanese (kinsoku).
    private static let noStart = Set("、。，．」』）】〉》・：；？！ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ)]},.:;!?")
    /// What must not end one.
    private static let noEnd = Set("「『（【〈《([{")

    static func lines(_ text: String, width: Int) -> [String] {
        let width = max(20, width)
        var lines: [String] = []
        var line = ""
        for unit in self.units(text) {
            let isBlank = unit.allSatisfy { $0 == " " }
            if Table.width(line) + Table.width(unit) > width, !line.isEmpty {
                lines.append(self.trimmed(line))
                line = isBlank ? "" : unit
            } else {
                line += unit
            }
        }
        if !line.isEmpty || lines.isEmpty { lines.append(self.trimmed(line)) }
        return lines
    }

    /// Pieces that may not be broken: words, and single letters of scripts without spaces with what clings to them.
    private static func units(_ text: String) -> [String] {
        var units: [String] = []
        var mayGrow = false
        for letter in text {
            let isWide = Table.width(String(letter)) > 1
            let clings = self.noStart.contains(letter) && letter != " "
            if !units.isEmpty, clings || mayGrow && letter != " " && !isWide || units.last.map(self.isOpen) == true {
                units[units.count - 1].append(letter)
            } else {
                units.append(String(letter))
            }
            mayGrow = letter != " " && !isWide
        }
        return units
    }

    private static func isOpen(_ unit: String) -> Bool { unit.last.map(self.noEnd.contains) == true }

    private static func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}
