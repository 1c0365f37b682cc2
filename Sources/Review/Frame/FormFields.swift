/// The fields of a query or a form, in order: `application/x-www-form-urlencoded` both ways. Reading takes anything.
struct FormFields: Hashable, Sendable {
    /// What is beyond is not looked at.
    private static let maximumCount = 100

    private(set) var fields: [Field] = []

    struct Field: Hashable, Sendable {
        let name: String
        let value: String
    }

    init() {}

    init(_ text: some StringProtocol) {
        for part in text.split(separator: "&", maxSplits: Self.maximumCount).prefix(Self.maximumCount) {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = halves.count > 1 ? Self.decoded(halves[1]) : ""
            self.fields.append(Field(name: Self.decoded(halves[0]), value: value))
        }
    }

    /// The first value of that name.
    subscript(name: String) -> String? { self.fields.first { $0.name == name }?.value }

    /// The first value of that name that says something; spaces around it are nobody's wish.
    func text(_ name: String) -> String? {
        guard let value = self[name] else { return nil }
        let words = value.drop(while: \.isWhitespace)
        let text = String(words.reversed().drop(while: \.isWhitespace).reversed())
        return text.isEmpty ? nil : text
    }

    mutating func add(_ name: String, _ value: String) { self.fields.append(Field(name: name, value: value)) }

    /// This and no other value of that name.
    mutating func set(_ name: String, _ value: String?) {
        self.fields.removeAll { $0.name == name }
        if let value { self.add(name, value) }
    }

    func setting(_ name: String, _ value: String?) -> FormFields {
        var fields = self
        fields.set(name, value)
        return fields
    }

    /// As it stands in an address.
    var encoded: String {
        self.fields.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
    }

    /// `path?query`, or the path alone.
    func address(_ path: String) -> String { self.fields.isEmpty ? path : "\(path)?\(self.encoded)" }

    /// Everything but letters, digits and `-._~` as `%XX`: safe in every part of an address.
    static func encoded(_ text: String) -> String {
        var octets: [UInt8] = []
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                octets.append(octet)
            case _:
                octets += [UInt8(ascii: "%"), Self.digit(octet >> 4), Self.digit(octet & 15)]
            }
        }
        return String(decoding: octets, as: UTF8.self)
    }

    private static func decoded(_ text: some StringProtocol) -> String {
        var octets: [UInt8] = []
        var rest = text.utf8[...]
        while let octet = rest.popFirst() {
            switch octet {
            case UInt8(ascii: "+"): octets.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = rest.prefix(2).compactMap(Self.value)
                guard digits.count == 2 else {
                    octets.append(octet)
                    continue
                }
                rest = rest.dropFirst(2)
                octets.append(digits.reduce(0) { $0 << 4 | $1 })
            case _: octets.append(octet)
            }
        }
        return String(decoding: octets, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") - 10 + value
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case _: nil
        }
    }
}
