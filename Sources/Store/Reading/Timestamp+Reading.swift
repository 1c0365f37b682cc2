extension Timestamp {
    /// Microseconds since 1970 of a time as the record writes it; nil for any other text.
    static func microseconds(_ text: String) -> Int64? {
        let octets = Array(text.utf8)
        guard octets.count == 27, octets[26] == UInt8(ascii: "Z") else { return nil }
        for (place, mark) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (19, ".")] {
            guard octets[place] == mark.utf8.first else { return nil }
        }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for octet in octets[range] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) else { return nil }
                value = value * 10 + Int64(octet - UInt8(ascii: "0"))
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            let fraction = number(20..<26), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let seconds = self.day(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
        return seconds * 1_000_000 + fraction
    }

    /// Days since 1970, by years that begin in March (Hinnant's days_from_civil).
    private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Days between two times, to the nearest; nil when one is no time.
    static func days(from first: String, to second: String) -> Int? {
        guard let first = self.microseconds(first), let second = self.microseconds(second) else { return nil }
        return Int((second - first + self.microsecondsOfDay / 2) / self.microsecondsOfDay)
    }

    private static let microsecondsOfDay: Int64 = 86_400_000_000
}
