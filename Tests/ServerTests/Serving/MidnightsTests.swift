import Foundation
import Server
import Testing

@Suite("Midnights: where days begin")
struct MidnightsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let zone: String
        let now: String
        let days: Int
        let expected: String
        var testDescription: String { "\(self.zone): \(self.days) days before \(self.now)" }

        init(_ zone: String, _ now: String, _ days: Int, _ expected: String) {
            self.zone = zone
            self.now = now
            self.days = days
            self.expected = expected
        }
    }

    static let cases: [Case] = [
        Case("Asia/Tokyo", "2026-11-25T14:59:59Z", 0, "2026-11-24T15:00:00Z"),
        Case("Asia/Tokyo", "2026-11-25T15:00:00Z", 0, "2026-11-25T15:00:00Z"),
        Case("Asia/Tokyo", "2026-11-25T15:00:00Z", 30, "2026-10-26T15:00:00Z"),
        Case("UTC", "2024-03-01T12:00:00Z", 1, "2024-02-29T00:00:00Z"),
        // Clocks go forward on 2026-03-29 at 01:00 UTC and back on 2026-10-25.
        Case("Europe/Paris", "2026-03-30T10:00:00Z", 0, "2026-03-29T22:00:00Z"),
        Case("Europe/Paris", "2026-03-30T10:00:00Z", 1, "2026-03-28T23:00:00Z"),
        Case("Europe/Paris", "2026-03-29T22:30:00Z", 1, "2026-03-28T23:00:00Z"),
        Case("Europe/Paris", "2026-10-26T22:30:00Z", 1, "2026-10-24T22:00:00Z"),
        Case("Europe/Paris", "2026-10-26T22:30:00Z", 0, "2026-10-25T23:00:00Z"),
        Case("Europe/Paris", "2026-10-25T00:30:00Z", 0, "2026-10-24T22:00:00Z"),
        // There is no midnight on 2026-03-29 in Beirut: the day begins at one.
        Case("Asia/Beirut", "2026-03-29T12:00:00Z", 0, "2026-03-28T22:00:00Z"),
        Case("Asia/Beirut", "2026-04-05T12:00:00Z", 7, "2026-03-28T22:00:00Z"),
        Case("America/St_Johns", "2026-07-01T02:29:59Z", 0, "2026-06-30T02:30:00Z"),
        Case("America/St_Johns", "2026-07-01T02:30:00Z", 0, "2026-07-01T02:30:00Z"),
        Case("UTC", "2026-11-25T00:00:00Z", 36_500, "1926-12-20T00:00:00Z"),
        Case("UTC", "2026-11-25T00:00:00Z", -5, "2026-11-25T00:00:00Z"),
    ]

    @Test("days are counted back by the calendar of the zone, also where one has 23 or 25 hours", arguments: cases)
    func days(_ given: Case) throws {
        let midnights = Midnights(zone: try #require(TimeZone(identifier: given.zone)))
        let now = try Date(given.now, strategy: .iso8601).timeIntervalSince1970
        let found = midnights.seconds(daysAgo: given.days, now: Int64(now))
        #expect(Date(timeIntervalSince1970: TimeInterval(found)).formatted(.iso8601) == given.expected)
    }

    @Test("a clock that is far off stops nothing", arguments: [Int64.min, Int64.max, 0])
    func extremes(now: Int64) {
        let midnights = Midnights(zone: .gmt)
        for days in [Int.min, 0, 1, Int.max] { _ = midnights.seconds(daysAgo: days, now: now) }
    }
}
