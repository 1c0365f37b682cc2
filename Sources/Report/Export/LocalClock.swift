package import Foundation

/// The record's times in a zone, many of them: what the zone says is asked once for each quarter of an hour.
package struct LocalClock: Sendable {
    private let zone: TimeZone
    private var quarter = Int64.min
    private var offset = 0

    package init(_ zone: TimeZone = .current) { self.zone = zone }

    /// `2026-11-07 09:12:59` and `UTC+09:00`. The text itself, and nothing, when it is no time of the record.
    package mutating func local(_ recorded: String) -> (time: String, zone: String) {
        guard let seconds = Self.seconds(recorded) else { return (recorded, "") }
        let quarter = seconds / 900
        if quarter != self.quarter {
            self.quarter = quarter
            self.offset = self.zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds)))
        }
        let sign = self.offset < 0 ? "-" : "+"
        let minutes = Int64(self.offset.magnitude) / 60
        let zone = "UTC\(sign)\(Self.digits(minutes / 60)):\(Self.digits(minutes % 60))"
        return (Self.text(seconds + Int64(self.offset)), zone)
    }

    /// The zone that holds then, `UTC+09:00`.
    package static func zoneName(of recorded: String, _ zone: TimeZone) -> String {
        var clock = LocalClock(zone)
        return clock.local(recorded).zone
    }

    /// Seconds since 1970 of `2026-11-24T20:14:37.000001Z`; years before 1970 are none of ours.
    private static func seconds(_ text: String) -> Int64? {
        let octets = Array(text.utf8)
        guard octets.count >= 20, octets.last == UInt8(ascii: "Z") else { return nil }
        for (place, mark) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")]
        where octets[place] != mark.utf8.first {
            return nil
        }
        var fields: [Int64] = []
        for range in [0..<4, 5..<7, 8..<10, 11..<13, 14..<16, 17..<19] {
            var value: Int64 = 0
            for octet in octets[range] {
                guard (0x30...0x39).contains(octet) else { return nil }
                value = value * 10 + Int64(octet - 0x30)
            }
            fields.append(value)
        }
        guard fields[0] >= 1970, (1...12).contains(fields[1]), (1...31).contains(fields[2]) else { return nil }
        // Days from civil, with years that begin in March (Hinnant).
        let year = fields[1] <= 2 ? fields[0] - 1 : fields[0]
        let dayOfYear = (153 * (fields[1] > 2 ? fields[1] - 3 : fields[1] + 9) + 2) / 5 + fields[2] - 1
        let days = 365 * year + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
        return days * 86_400 + fields[3] * 3_600 + fields[4] * 60 + fields[5]
    }

    private static func text(_ seconds: Int64) -> String {
        let (day, rest) = (seconds / 86_400, seconds % 86_400)
        // Civil from days (Hinnant).
        let (era, dayOfEra) = ((day + 719_468) / 146_097, (day + 719_468) % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(year)-\(self.digits(month))-\(self.digits(dayOfYear - (153 * shifted + 2) / 5 + 1)) "
            + "\(self.digits(rest / 3_600)):\(self.digits(rest / 60 % 60)):\(self.digits(rest % 60))"
    }

    private static func digits(_ number: Int64) -> String { number < 10 ? "0\(number)" : String(number) }
}
