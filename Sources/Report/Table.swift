/// A table for people on a terminal: columns as wide as their widest cell, Japanese counted as two columns a letter.
package struct Table {
    private let headings: [String]
    private var rows: [[String]] = []
    /// Columns whose numbers stand at the right.
    private let rightAligned: Set<Int>

    package init(_ headings: [String], rightAligned: Set<Int> = []) {
        self.headings = headings
        self.rightAligned = rightAligned
    }

    package var isEmpty: Bool { self.rows.isEmpty }

    /// One cell for each heading; what a terminal would act on is made visible.
    package mutating func add(_ cells: [String]) { self.rows.append(cells.map(Self.printable)) }

    package var lines: [String] {
        let all = [self.headings] + self.rows
        let widths = self.headings.indices.map { column in
            all.map { $0.indices.contains(column) ? Self.width($0[column]) : 0 }.max() ?? 0
        }
        return all.map { row in
            let cells = zip(row, widths).enumerated().map { column, cell in
                let padding = String(repeating: " ", count: max(0, cell.1 - Self.width(cell.0)))
                return self.rightAligned.contains(column) ? padding + cell.0 : cell.0 + padding
            }
            return Self.trimmed(cells.joined(separator: "  "))
        }
    }

    private static func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }

    /// Columns of a terminal that `text` takes.
    package static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + Self.width($1) }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        return Self.wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// The blocks that Unicode's East Asian Width counts as wide or full-width.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
        0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]

    /// What most texts consist of, so that its category need not be asked: ASCII, kana, kanji and their punctuation.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0x3001...0x3029, 0x3041...0x3096, 0x30A1...0x30FE, 0x4E00...0x9FA5: true
        case _: false
        }
    }

    /// Control, format and bidirectional characters as `\u{…}`: text from outside must not drive a terminal (S-09).
    package static func printable(_ text: String) -> String {
        if text.unicodeScalars.allSatisfy(Self.isPlain) { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
