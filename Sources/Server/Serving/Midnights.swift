package import Foundation

/// Where days begin in a time zone: what `days N` counts back to.
package struct Midnights: Sendable {
    private let calendar: Calendar

    /// What the calendar is asked: 1970 to 9999, and a few thousand years back.
    private static let times: ClosedRange<Int64> = 0...253_402_300_799
    private static let days = 0...1_000_000

    package init(zone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        self.calendar = calendar
    }

    /// The first second of the day so many days before today; both times in seconds since 1970. Where clocks are put
    /// forward at midnight, that day begins an hour late.
    package func seconds(daysAgo days: Int, now: Int64) -> Int64 {
        let now = min(max(now, Self.times.lowerBound), Self.times.upperBound)
        let today = self.calendar.startOfDay(for: Date(timeIntervalSince1970: TimeInterval(now)))
        // From noon: a day of 23 or 25 hours must not lead into another one.
        guard let noon = self.calendar.date(bySettingHour: 12, minute: 0, second: 0, of: today),
            let day = self.calendar.date(
                byAdding: .day,
                value: -min(max(days, Self.days.lowerBound), Self.days.upperBound),
                to: noon
            )
        else { return 0 }
        let start = self.calendar.startOfDay(for: day).timeIntervalSince1970
        return Int64(exactly: start.rounded(.down)) ?? 0
    }
}
