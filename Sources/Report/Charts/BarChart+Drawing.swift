// Where the bars stand. All lengths are in the units of the view box, which is 720 wide.
extension BarChart {
    struct Drawing {
        let content: String
        let height: Int
    }

    /// At most so many labels fit beneath the columns.
    private static let labels = 8

    func columns(_ scale: ChartScale, _ texts: Texts) -> Drawing {
        let (left, top, bottom, height) = (56.0, 10.0, 210.0, 240)
        let right = Double(Self.width) - 8
        var parts: [String] = []
        for tick in scale.ticks {
            let y = bottom - scale.part(tick) * (bottom - top)
            parts.append(
                "<line class=\"chart-line\" x1=\"\(Self.text(left))\" x2=\"\(Self.text(right))\" y1=\"\(Self.text(y))\" "
                    + "y2=\"\(Self.text(y))\"/><text class=\"chart-text\" text-anchor=\"end\" x=\"\(Self.text(left - 6))\" "
                    + "y=\"\(Self.text(y + 4))\">\(texts.number(tick))</text>"
            )
        }
        let step = (right - left) / Double(max(1, self.groups.count))
        let width = max(0.5, step * 0.8 / Double(max(1, self.series.count)))
        let every = max(1, (self.groups.count + Self.labels - 1) / Self.labels)
        for (index, group) in self.groups.enumerated() {
            let start = left + step * (Double(index) + 0.1)
            for series in self.series.indices where Self.value(group, series) > 0 {
                let length = max(1, scale.part(Self.value(group, series)) * (bottom - top))
                let x = start + width * Double(series)
                parts.append(self.bar(group, series, x: x, y: bottom - length, width: width, height: length, texts))
            }
            guard index.isMultiple(of: every) else { continue }
            let middle = left + step * (Double(index) + 0.5)
            parts.append(
                "<text class=\"chart-text\" text-anchor=\"middle\" x=\"\(Self.text(middle))\" y=\"\(Self.text(bottom + 18))\">"
                    + "\(HTMLText.escaped(group.label))</text>"
            )
        }
        return Drawing(content: parts.joined(), height: height)
    }

    func rows(_ scale: ChartScale, _ texts: Texts) -> Drawing {
        let names = self.groups.map { min(Self.longestName, Table.width($0.label)) }
        let left = Double((names.max() ?? 0) * 7 + 22)
        let (right, thickness) = (Double(Self.width) - 70, 12.0)
        let step = thickness * Double(max(1, self.series.count)) + 12
        var parts: [String] = []
        for (index, group) in self.groups.enumerated() {
            let top = 6 + step * Double(index)
            let middle = top + (step - 12) / 2 + 4
            parts.append(
                "<text class=\"chart-text\" text-anchor=\"end\" x=\"\(Self.text(left - 8))\" y=\"\(Self.text(middle))\">"
                    + "\(HTMLText.escaped(Self.shortened(group.label)))<title>\(HTMLText.escaped(group.label))</title></text>"
            )
            for series in self.series.indices {
                let value = Self.value(group, series)
                let length = value > 0 ? max(1, scale.part(value) * (right - left)) : 0
                let y = top + thickness * Double(series)
                if value > 0 {
                    parts.append(self.bar(group, series, x: left, y: y, width: length, height: thickness - 2, texts))
                }
                parts.append(
                    "<text class=\"chart-text chart-number\" x=\"\(Self.text(left + length + 4))\" "
                        + "y=\"\(Self.text(y + thickness - 2))\">\(texts.number(value))</text>"
                )
            }
        }
        let height = 12 + Int((step * Double(self.groups.count)).rounded(.up))
        return Drawing(content: parts.joined(), height: height)
    }

    /// What stands left of the bars, in columns of a terminal, which are about 7 units each.
    private static let longestName = 24

    private static func shortened(_ label: String) -> String {
        guard Table.width(label) > Self.longestName else { return label }
        var kept = ""
        for letter in label where Table.width(kept + String(letter)) < Self.longestName { kept.append(letter) }
        return kept + "…"
    }
}

/// Round numbers up to the largest value.
struct ChartScale {
    /// Never 0.
    let top: Int
    let ticks: [Int]

    init(_ largest: Int) {
        var step = 1
        while largest / step >= 5, step <= Int.max / 10 {
            // 1, 2, 5, 10, 20, 50 …
            let digits = String(step)
            step = digits.first == "2" ? step / 2 * 5 : step * 2
        }
        let count = max(1, largest / step + (largest.isMultiple(of: step) ? 0 : 1))
        let (top, isTooMuch) = step.multipliedReportingOverflow(by: count)
        self.top = isTooMuch ? .max : top
        self.ticks = (0...min(count, 6)).map { step.multipliedReportingOverflow(by: $0).partialValue }
    }

    /// 0 to 1.
    func part(_ value: Int) -> Double { min(1, Double(value) / Double(self.top)) }
}
