package import Foundation
import Store

extension AuditReport {
    /// One file that needs nothing from elsewhere: charts and style are in it, and it prints well.
    package func html(in texts: Texts, zone: TimeZone = .current) -> String {
        let content = ReportContent(self, in: texts, zone: zone)
        let charts = [
            AttemptCharts.perDay(self.days, since: self.since, until: self.until, in: texts).html(
                id: "per-day",
                in: texts
            ),
            AttemptCharts.perDevice(self.devices.map(\.activity), in: texts).html(id: "per-device", in: texts),
        ]
        let sections = content.sections.enumerated().map { index, section in
            Self.html(section) + (index == 0 ? charts.joined(separator: "\n") : "")
        }
        return """
            <!DOCTYPE html>
            <html lang="\(texts.code)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(HTMLText.escaped(content.title))</title>
            <style>
            \(Self.style)
            \(ChartStyle.css)
            </style>
            </head>
            <body>
            <main>
            <h1>\(HTMLText.escaped(content.title))</h1>
            <p>\(HTMLText.escaped(content.period))</p>
            \(sections.joined(separator: "\n"))
            <section><p>\(HTMLText.escaped(content.checkpointNote))</p>
            <pre>\(self.checkpoint.split(separator: "\n", omittingEmptySubsequences: false)
                .map { HTMLText.escaped(String($0)) }.joined(separator: "\n"))</pre></section>
            </main>
            </body>
            </html>

            """
    }

    private static func html(_ section: ReportContent.Section) -> String {
        var parts = ["<section><h2>\(HTMLText.escaped(section.heading))</h2>"]
        parts += section.paragraphs.map { "<p>\(HTMLText.escaped($0))</p>" }
        if let table = section.table { parts.append(self.html(table)) }
        parts += section.findings.map(self.html)
        return parts.joined(separator: "\n") + "</section>"
    }

    private static func html(_ table: ReportContent.ReportTable) -> String {
        func cells(_ row: [String], _ element: String) -> String {
            row.enumerated().map { column, cell in
                let kind = table.numbers.contains(column) ? " class=\"number\"" : ""
                let scope = element == "th" ? " scope=\"col\"" : ""
                return "<\(element)\(scope)\(kind)>\(HTMLText.escaped(cell))</\(element)>"
            }.joined()
        }
        let rows = table.rows.map { "<tr>\(cells($0, "td"))</tr>" }
        return """
            <div class="table" tabindex="0"><table><thead><tr>\(cells(table.headings, "th"))</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            """
    }

    private static func html(_ finding: ReportContent.Finding) -> String {
        let programs = finding.steps.map { program, steps in
            let items = steps.map { "<li>\(HTMLText.escaped($0))</li>" }.joined()
            return "<dt>\(HTMLText.escaped(program))</dt><dd><ul>\(items)</ul></dd>"
        }
        return """
            <article><h3>\(HTMLText.escaped("\(finding.device): \(finding.title)"))</h3>
            <p>\(HTMLText.escaped(finding.sentence))</p>
            <dl>\(programs.joined(separator: "\n"))</dl></article>
            """
    }

    private static let style = """
        :root { color-scheme: light dark; --ground: #fff; --text: #1c1917; --line: #d6d3d1; --soft: #f5f5f4; }
        @media (prefers-color-scheme: dark) {
        :root { --ground: #1c1917; --text: #f5f5f4; --line: #57534e; --soft: #292524; }
        }
        body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 70rem; margin: 0 auto; padding: 1rem; }
        .table { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .9rem; }
        th, td { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; }
        th { background: var(--soft); }
        .number { text-align: right; font-variant-numeric: tabular-nums; }
        article { border-left: .25rem solid var(--line); padding-left: 1rem; margin: 1rem 0; break-inside: avoid-page; }
        dt { font-weight: 600; }
        dd { margin-left: 1rem; }
        dd ul { margin: 0; padding-left: 1rem; }
        pre { overflow-x: auto; background: var(--soft); padding: .5rem; }
        @media print {
        main { max-width: none; padding: 0; }
        .table, .chart-frame, pre { overflow: visible; }
        pre { white-space: pre-wrap; word-break: break-all; }
        table { font-size: .75rem; }
        tr, figure { break-inside: avoid; }
        }
        """
}
