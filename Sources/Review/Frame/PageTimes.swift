import Foundation

/// Times of the record as people of the server's zone read and write them.
struct PageTimes: Sendable {
    let zone: TimeZone
    private let style: Date.ISO8601FormatStyle
    private let recorded = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    init(zone: TimeZone) {
        self.zone = zone
        self.style = Date.ISO8601FormatStyle(timeZone: zone).year().month().day().dateSeparator(.dash)
            .dateTimeSeparator(.space).time(includingFractionalSeconds: false).timeSeparator(.colon)
    }

    /// `2026-11-24 18:12:33` of a record's time; the text itself when it is none.
    func text(_ recorded: String) -> String {
        guard let date = self.date(recorded) else { return recorded }
        return date.formatted(self.style)
    }

    /// The moment a record names.
    func date(_ recorded: String) -> Date? { try? self.recorded.parse(recorded) }

    /// `2026-11-24 18:12:33 (Asia/Tokyo, UTC+09:00)`.
    func text(_ date: Date) -> String { "\(date.formatted(self.style)) (\(self.name(at: date)))" }

    /// `Asia/Tokyo, UTC+09:00`.
    func name(at date: Date) -> String {
        let minutes = self.zone.secondsFromGMT(for: date) / 60
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let offset = "UTC\(minutes < 0 ? "-" : "+")\(two(abs(minutes) / 60)):\(two(abs(minutes) % 60))"
        return "\(self.zone.identifier), \(offset)"
    }

    /// A local time as a form gives it, `2026-11-24` or `2026-11-24T09:30`, seconds or not, as the record writes it. Nil
    /// when it is none.
    func recorded(_ input: String) -> String? {
        let numbers = input.split { "-T: ".contains($0) }.map { $0.utf8.count <= 4 ? Int($0) : nil }
        guard (3...6).contains(numbers.count), numbers.count != 4 else { return nil }
        let parts = numbers.compactMap { $0 } + [0, 0, 0]
        guard parts.count == numbers.count + 3, (1970...9999).contains(parts[0]) else { return nil }
        var components = DateComponents()
        (components.year, components.month, components.day) = (parts[0], parts[1], parts[2])
        (components.hour, components.minute, components.second) = (parts[3], parts[4], parts[5])
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = self.zone
        guard (1...12).contains(parts[1]), (1...31).contains(parts[2]), (0...23).contains(parts[3]),
            (0...59).contains(parts[4]), (0...59).contains(parts[5]), let date = calendar.date(from: components),
            // 31 February would be taken for 3 March.
            calendar.component(.day, from: date) == parts[2]
        else { return nil }
        return self.recorded(date)
    }

    /// As the record writes its times.
    func recorded(_ date: Date) -> String {
        "\(date.formatted(Date.ISO8601FormatStyle().year().month().day().time(includingFractionalSeconds: false))).000000Z"
    }
}
