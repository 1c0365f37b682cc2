extension Texts {
    /// `20,000`.
    package func number(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var result = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return result
    }

    /// `1 message`, `20,000 messages`, by the keys `count.message.one` and `count.message`.
    package func counted(_ what: String, _ number: Int) -> String {
        self(number == 1 ? "count.\(what).one" : "count.\(what)", ["count": self.number(number)])
    }

    /// In the unit that people would use.
    package func duration(seconds: Int) -> String {
        switch seconds {
        case ..<90: self.counted("second", max(0, seconds))
        case ..<5_400: self.counted("minute", (seconds + 30) / 60)
        case ..<129_600: self.counted("hour", (seconds + 1_800) / 3_600)
        default: self.counted("day", seconds / 86_400)
        }
    }
}
