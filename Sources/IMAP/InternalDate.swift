/// The form of INTERNALDATE: `" 7-Jul-1996 02:44:25 -0700"` (RFC 3501 §9, date-time).
enum InternalDate {
    private static let months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]

    /// Seconds since 1970, UTC; nil if this is no date.
    static func seconds(_ octets: Span<UInt8>, in range: Range<Int>) -> Int64? {
        var scanner = Scanner()
        scanner.move(to: range.lowerBound)
        scanner.skipSpaces(in: octets)
        guard let day = scanner.number(in: octets), (1...31).contains(day),
            scanner.skip(UInt8(ascii: "-"), in: octets),
            let month = Self.month(octets, &scanner),
            scanner.skip(UInt8(ascii: "-"), in: octets),
            let year = scanner.number(in: octets), year <= 9999
        else { return nil }
        scanner.skipSpaces(in: octets)
        guard let hour = scanner.number(in: octets), hour <= 23, scanner.skip(UInt8(ascii: ":"), in: octets),
            let minute = scanner.number(in: octets), minute <= 59, scanner.skip(UInt8(ascii: ":"), in: octets),
            let second = scanner.number(in: octets), second <= 60
        else { return nil }
        scanner.skipSpaces(in: octets)
        guard let offset = Self.zone(octets, &scanner), scanner.index == range.upperBound else { return nil }
        let days = Self.days(year: Int64(year), month: month, day: Int64(day))
        return days * 86_400 + Int64(hour) * 3_600 + Int64(minute) * 60 + Int64(second) - offset
    }

    private static func month(_ octets: Span<UInt8>, _ scanner: inout Scanner) -> Int64? {
        let range = scanner.index..<(scanner.index + 3)
        guard let index = Self.months.firstIndex(where: { octets.equal(range, $0) }) else { return nil }
        scanner.move(to: range.upperBound)
        return Int64(index) + 1
    }

    /// Seconds east of Greenwich.
    private static func zone(_ octets: Span<UInt8>, _ scanner: inout Scanner) -> Int64? {
        let west = scanner.skip(UInt8(ascii: "-"), in: octets)
        guard west || scanner.skip(UInt8(ascii: "+"), in: octets) else { return nil }
        let start = scanner.index
        guard let zone = scanner.number(in: octets), scanner.index - start == 4, zone % 100 <= 59 else { return nil }
        let seconds = Int64(zone / 100) * 3_600 + Int64(zone % 100) * 60
        return west ? -seconds : seconds
    }

    /// Days since 1970-01-01 in the Gregorian calendar; years begin in March, so that a leap day is the last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
