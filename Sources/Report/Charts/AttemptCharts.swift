import Foundation
package import Store

/// The two charts of the report and of the page: attempts a day, and attempts a device.
package enum AttemptCharts {
    /// More columns than this are no chart any more: days are put together then.
    private static let columns = 62
    /// The busiest; the table beside the chart has all.
    private static let devices = 20

    /// `since` and `until` are times of the record: days with nothing are shown, too.
    package static func perDay(
        _ days: [DailyAttempts],
        since: String,
        until: String,
        in texts: Texts
    ) -> BarChart {
        let found = Dictionary(days.map { ($0.day, $0) }) { first, _ in first }
        let all = self.days(from: since, to: until)
        let portion = max(1, (all.count + self.columns - 1) / self.columns)
        var groups: [BarChart.Group] = []
        for start in stride(from: 0, to: all.count, by: portion) {
            let part = all[start..<min(start + portion, all.count)]
            let values = part.compactMap { found[$0] }
            guard let first = part.first, let last = part.last else { continue }
            let label = portion == 1 ? self.short(first) : "\(self.short(first))–\(self.short(last))"
            let sums = [values.map(\.retrieved), values.map(\.askedToDelete), values.map(\.refused)].map(self.sum)
            groups.append(BarChart.Group(label, sums))
        }
        return BarChart(
            title: texts("chart.per-day"),
            series: [texts("chart.retrieved"), texts("chart.asked-to-delete"), texts("chart.refused")],
            groups: groups,
            form: .columns
        )
    }

    package static func perDevice(_ activities: [DeviceActivity], in texts: Texts) -> BarChart {
        let busiest = activities.sorted {
            (max($0.retrieved, $0.askedToDelete), $1.name) > (max($1.retrieved, $1.askedToDelete), $0.name)
        }
        return BarChart(
            title: texts("chart.per-device"),
            series: [texts("chart.retrieved"), texts("chart.asked-to-delete")],
            groups: busiest.prefix(self.devices).map { BarChart.Group($0.name, [$0.retrieved, $0.askedToDelete]) },
            form: .rows
        )
    }

    private static func sum(_ numbers: [Int]) -> Int {
        numbers.reduce(0) { sum, number in
            let (total, isTooMuch) = sum.addingReportingOverflow(number)
            return isTooMuch ? .max : total
        }
    }

    /// `11-24` of `2026-11-24`.
    private static func short(_ day: String) -> String { String(day.dropFirst(5)) }

    /// Ten years of days are enough for any chart.
    private static let mostDays = 3_660

    /// Days of UTC from that of `since` to that in which `until` ends.
    static func days(from since: String, to until: String) -> [String] {
        guard let begin = LocalMoment.date(since), let end = LocalMoment.date(until), begin < end else { return [] }
        var day = (begin.timeIntervalSince1970 / 86_400).rounded(.down)
        let last = ((end.timeIntervalSince1970 - 0.000_001) / 86_400).rounded(.down)
        var days: [String] = []
        let style = Date.ISO8601FormatStyle().year().month().day()
        while day <= last, days.count < self.mostDays {
            days.append(Date(timeIntervalSince1970: day * 86_400).formatted(style))
            day += 1
        }
        return days
    }
}
