package import Foundation

/// The record's times as people of this place read them in a sentence, and how long something took.
package enum LocalMoment {
    /// `7 Nov 2026 09:12`, in local time; the text itself when it is no time of the record.
    package static func text(_ recorded: String, in texts: Texts, zone: TimeZone = .current) -> String {
        self.formatted(recorded, "time.moment", texts, zone)
    }

    /// `7 Nov 2026`.
    package static func day(_ recorded: String, in texts: Texts, zone: TimeZone = .current) -> String {
        self.formatted(recorded, "time.day", texts, zone)
    }

    /// `4 minutes`; empty when one of them is no time.
    package static func duration(from begin: String, to end: String, in texts: Texts) -> String {
        guard let begin = self.date(begin), let end = self.date(end) else { return "" }
        return texts.duration(seconds: Int(clamping: Int64(max(0, end.timeIntervalSince(begin)).rounded())))
    }

    /// Of `2026-11-24T20:14:37.000001Z`.
    package static func date(_ recorded: String) -> Date? {
        (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(recorded))
            ?? (try? Date.ISO8601FormatStyle().parse(recorded))
    }

    /// Of seconds since 1970.
    package static func text(seconds: Int64, in texts: Texts, zone: TimeZone = .current) -> String {
        self.formatted(Date(timeIntervalSince1970: TimeInterval(seconds)), "time.moment", texts, zone)
    }

    private static func formatted(_ recorded: String, _ key: String, _ texts: Texts, _ zone: TimeZone) -> String {
        self.date(recorded).map { self.formatted($0, key, texts, zone) } ?? recorded
    }

    private static func formatted(_ date: Date, _ key: String, _ texts: Texts, _ zone: TimeZone) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: texts.code)
        formatter.calendar = Calendar(identifier: .gregorian)
        formatter.timeZone = zone
        formatter.dateFormat = texts(key)
        return formatter.string(from: date)
    }
}
