/// A bar chart as SVG, for people who see it and for those who hear it: a title, a description, and a title at each bar.
/// Colours are classes of `ChartStyle`, so that it stands in a page that allows no styles of an element's own.
package struct BarChart: Sendable {
    package enum Form: Sendable {
        /// Groups side by side, bars upwards: days.
        case columns
        /// Groups one below the other, bars to the right: devices.
        case rows
    }

    /// What stands together: a day, a device.
    package struct Group: Sendable {
        package let label: String
        /// One for each series, in their order.
        package let values: [Int]

        package init(_ label: String, _ values: [Int]) {
            self.label = label
            self.values = values
        }
    }

    package let title: String
    /// What the numbers are, at most three.
    package let series: [String]
    package let groups: [Group]
    package let form: Form

    package init(title: String, series: [String], groups: [Group], form: Form) {
        self.title = title
        self.series = Array(series.prefix(3))
        self.groups = groups
        self.form = form
    }

    /// A figure with the chart and its legend; `id` is unique on the page, and plain.
    package func html(id: String, in texts: Texts) -> String {
        let legend = self.series.enumerated().map { index, name in
            "<li><svg class=\"chart-key\" viewBox=\"0 0 12 12\" aria-hidden=\"true\">"
                + "<rect class=\"chart-series-\(index + 1)\" width=\"12\" height=\"12\"/></svg>\(HTMLText.escaped(name))</li>"
        }
        return """
            <figure class="chart"><figcaption>\(HTMLText.escaped(self.title))</figcaption>
            <ul class="chart-legend">\(legend.joined())</ul>
            <div class="chart-frame" tabindex="0" role="group" aria-labelledby="\(id)-title">\(self.svg(id: id, in: texts))</div>
            </figure>
            """
    }

    package func svg(id: String, in texts: Texts) -> String {
        let scale = ChartScale(self.groups.flatMap(\.values).max() ?? 0)
        let drawing =
            switch self.form {
            case .columns: self.columns(scale, texts)
            case .rows: self.rows(scale, texts)
            }
        let totals = self.series.enumerated().map { index, name in
            let sum = self.groups.reduce(0) { sum, group in
                let (total, isTooMuch) = sum.addingReportingOverflow(max(0, Self.value(group, index)))
                return isTooMuch ? .max : total
            }
            return "\(name): \(texts.number(sum))"
        }
        return """
            <svg class="chart-drawing" role="img" aria-labelledby="\(id)-title \(id)-text" viewBox="0 0 \(Self.width) \
            \(drawing.height)" xmlns="http://www.w3.org/2000/svg"><title id="\(id)-title">\(HTMLText.escaped(self.title))</title>\
            <desc id="\(id)-text">\(HTMLText.escaped(totals.joined(separator: ", ")))</desc>\(drawing.content)</svg>
            """
    }

    static let width = 720

    static func value(_ group: Group, _ series: Int) -> Int {
        group.values.indices.contains(series) ? max(0, group.values[series]) : 0
    }

    /// A bar, with what it stands for.
    func bar(
        _ group: Group,
        _ series: Int,
        x: Double,
        y: Double,
        width: Double,
        height: Double,
        _ texts: Texts
    ) -> String {
        let name = self.series.indices.contains(series) ? self.series[series] : ""
        let title = "\(group.label), \(name): \(texts.number(Self.value(group, series)))"
        return "<rect class=\"chart-series-\(series + 1)\" x=\"\(Self.text(x))\" y=\"\(Self.text(y))\" "
            + "width=\"\(Self.text(width))\" height=\"\(Self.text(height))\"><title>\(HTMLText.escaped(title))</title></rect>"
    }

    /// A length with one digit behind the point.
    static func text(_ length: Double) -> String {
        let tenths = Int((length * 10).rounded())
        return tenths.isMultiple(of: 10) ? String(tenths / 10) : "\(tenths / 10).\(tenths % 10)"
    }
}
