package import Foundation

extension AuditReport {
    package func markdown(in texts: Texts, zone: TimeZone = .current) -> String {
        let content = ReportContent(self, in: texts, zone: zone)
        var lines = ["# \(MarkdownText.escaped(content.title))", "", MarkdownText.escaped(content.period)]
        for section in content.sections {
            lines += ["", "## \(MarkdownText.escaped(section.heading))", ""]
            for paragraph in section.paragraphs { lines += [MarkdownText.escaped(paragraph), ""] }
            if let table = section.table { lines += Self.markdown(table) }
            for finding in section.findings { lines += Self.markdown(finding) }
        }
        lines += ["", MarkdownText.escaped(content.checkpointNote), ""]
        // An indented block: nothing in it is markup.
        lines += self.checkpoint.split(separator: "\n", omittingEmptySubsequences: false).map {
            "    " + Table.printable(String($0))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func markdown(_ table: ReportContent.ReportTable) -> [String] {
        let rules = table.headings.indices.map { table.numbers.contains($0) ? "---:" : "---" }
        let rows = [table.headings.map(MarkdownText.escaped), rules] + table.rows.map { $0.map(MarkdownText.escaped) }
        return rows.map { "| " + $0.joined(separator: " | ") + " |" }
    }

    private static func markdown(_ finding: ReportContent.Finding) -> [String] {
        var lines = ["### \(MarkdownText.escaped("\(finding.device): \(finding.title)"))", ""]
        lines += [MarkdownText.escaped(finding.sentence), ""]
        for (program, steps) in finding.steps {
            lines.append("- **\(MarkdownText.escaped(program))**")
            lines += steps.map { "    - \(MarkdownText.escaped($0))" }
        }
        return lines + [""]
    }
}
