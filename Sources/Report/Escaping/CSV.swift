/// Comma-separated values as RFC 4180 has them, and as Excel reads them: UTF-8 with a byte order mark, lines ended by CRLF.
package enum CSV {
    package static let byteOrderMark = "\u{FEFF}"

    /// Whether it makes a spreadsheet take a cell for a formula, also in full width.
    private static func beginsFormula(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠": true
        case _: false
        }
    }

    /// One line with its CRLF.
    package static func line(_ cells: [String]) -> String {
        var line = ""
        line.reserveCapacity(512)
        for (index, cell) in cells.enumerated() {
            if index > 0 { line += "," }
            self.add(cell, to: &line)
        }
        return line + "\r\n"
    }

    /// A cell that could be a formula begins with an apostrophe; what would drive a terminal or cannot be seen is made
    /// visible (S-09), line ends too: each record is one line.
    package static func cell(_ text: String) -> String {
        var cell = ""
        self.add(text, to: &cell)
        return cell
    }

    private static func add(_ text: String, to line: inout String) {
        let isFormula = text.unicodeScalars.first.map(self.beginsFormula) == true
        let shown = Table.printable(text)
        let isQuoted = shown.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x27 || $0 == 0x20 }
        guard isFormula || isQuoted else {
            line += shown
            return
        }
        line += isFormula ? "\"'" : "\""
        if shown.utf8.contains(0x22) {
            // A quote with an accent behind it is one letter to a program, and still a quote to a spreadsheet.
            for scalar in shown.unicodeScalars {
                if scalar == "\"" { line.unicodeScalars.append(scalar) }
                line.unicodeScalars.append(scalar)
            }
        } else {
            line += shown
        }
        line += "\""
    }
}
