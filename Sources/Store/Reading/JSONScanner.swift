/// JSON as `JSONValue` writes it, piece by piece: no blanks, whole numbers, strings of printable ASCII with the escapes
/// `\"`, `\\` and `\uXXXX`. Anything else is unusual.
struct JSONScanner {
    typealias Unusual = RecordReader.Unusual

    private static let deepest = 8

    private let octets: [UInt8]
    private var place = 0
    /// Nothing of the present object or array was read yet.
    private var isFirst = false

    init(_ octets: [UInt8]) { self.octets = octets }

    var isAtEnd: Bool { self.place == self.octets.count }

    /// Goes into an object.
    mutating func begin() throws(Unusual) {
        try self.expect(UInt8(ascii: "{"))
        self.isFirst = true
    }

    /// The name of the object's next member, whose value must be read then; nil, and out of the object, at its end.
    mutating func member() throws(Unusual) -> JSONName? {
        if self.take(UInt8(ascii: "}")) {
            self.isFirst = false
            return nil
        }
        try self.separate()
        try self.expect(UInt8(ascii: "\""))
        var name = JSONName()
        while true {
            guard let octet = self.next, (0x20...0x7E).contains(octet), octet != UInt8(ascii: "\\") else {
                throw Unusual()
            }
            self.place += 1
            if octet == UInt8(ascii: "\"") { break }
            name.append(octet)
        }
        try self.expect(UInt8(ascii: ":"))
        return name
    }

    mutating func text() throws(Unusual) -> String {
        try self.expect(UInt8(ascii: "\""))
        let start = self.place
        while let octet = self.next {
            if octet == UInt8(ascii: "\"") {
                self.place += 1
                return String(decoding: self.octets[start..<self.place - 1], as: UTF8.self)
            }
            if octet == UInt8(ascii: "\\") { return try self.escapedText(from: start) }
            guard (0x20...0x7E).contains(octet) else { throw Unusual() }
            self.place += 1
        }
        throw Unusual()
    }

    /// Nil when it does not fit.
    mutating func number<Number: FixedWidthInteger>() throws(Unusual) -> Number? {
        let isNegative = self.take(UInt8(ascii: "-"))
        let start = self.place
        var magnitude: UInt64 = 0
        var isTooMuch = false
        while let octet = self.next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) {
            let (tens, first) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, second) = tens.addingReportingOverflow(UInt64(octet - UInt8(ascii: "0")))
            isTooMuch = isTooMuch || first || second
            magnitude = sum
            self.place += 1
        }
        let count = self.place - start
        // "007", "-0" and what no integer of ours can be: let those judge who know all of JSON.
        guard count > 0, count == 1 || self.octets[start] != UInt8(ascii: "0"), !isTooMuch,
            !isNegative || magnitude > 0
        else { throw Unusual() }
        switch self.next {
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"): break
        case _: throw Unusual()
        }
        guard isNegative else { return Number(exactly: magnitude) }
        guard magnitude <= UInt64(Int64.max) else { throw Unusual() }
        return Number(exactly: -Int64(magnitude))
    }

    mutating func texts() throws(Unusual) -> [String] {
        try self.expect(UInt8(ascii: "["))
        self.isFirst = true
        var texts: [String] = []
        while !self.take(UInt8(ascii: "]")) {
            try self.separate()
            texts.append(try self.text())
        }
        self.isFirst = false
        return texts
    }

    /// An object of numbers; those that do not fit are left out.
    mutating func numbers() throws(Unusual) -> [String: Int] {
        try self.begin()
        var numbers: [String: Int] = [:]
        while !self.take(UInt8(ascii: "}")) {
            try self.separate()
            let name = try self.text()
            try self.expect(UInt8(ascii: ":"))
            numbers[name] = try self.number()
        }
        self.isFirst = false
        return numbers
    }

    /// Passes over a value.
    mutating func skip(_ depth: Int = 0) throws(Unusual) {
        guard depth < Self.deepest else { throw Unusual() }
        switch self.next {
        case UInt8(ascii: "\""): _ = try self.text()
        case UInt8(ascii: "{"):
            try self.begin()
            while try self.member() != nil { try self.skip(depth + 1) }
        case UInt8(ascii: "["):
            self.place += 1
            self.isFirst = true
            while !self.take(UInt8(ascii: "]")) {
                try self.separate()
                try self.skip(depth + 1)
            }
            self.isFirst = false
        case _:
            let number: Int64? = try self.number()
            guard number != nil else { throw Unusual() }
        }
    }

    private var next: UInt8? { self.place < self.octets.count ? self.octets[self.place] : nil }

    private mutating func take(_ octet: UInt8) -> Bool {
        guard self.next == octet else { return false }
        self.place += 1
        return true
    }

    private mutating func expect(_ octet: UInt8) throws(Unusual) {
        guard self.take(octet) else { throw Unusual() }
    }

    private mutating func separate() throws(Unusual) {
        if !self.isFirst { try self.expect(UInt8(ascii: ",")) }
        self.isFirst = false
    }

    /// The whole text, `place` being at its first backslash.
    private mutating func escapedText(from start: Int) throws(Unusual) -> String {
        var units = self.octets[start..<self.place].map { UInt16($0) }
        while let octet = self.next {
            self.place += 1
            switch octet {
            case UInt8(ascii: "\""):
                guard let text = String(validating: units, as: UTF16.self) else { throw Unusual() }
                return text
            case UInt8(ascii: "\\"): units.append(try self.escape())
            case 0x20...0x7E: units.append(UInt16(octet))
            case _: throw Unusual()
            }
        }
        throw Unusual()
    }

    private mutating func escape() throws(Unusual) -> UInt16 {
        guard let octet = self.next else { throw Unusual() }
        self.place += 1
        switch octet {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return UInt16(octet)
        case UInt8(ascii: "u"):
            var unit: UInt16 = 0
            for _ in 0..<4 {
                guard let digit = self.next.flatMap(Self.digit) else { throw Unusual() }
                unit = unit << 4 | digit
                self.place += 1
            }
            return unit
        case _: throw Unusual()
        }
    }

    private static func digit(_ octet: UInt8) -> UInt16? {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(octet - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(octet - UInt8(ascii: "a") + 10)
        case _: nil
        }
    }
}
