/// Reads the items of a FETCH response, in whatever order they stand (RFC 3501 §7.4.2).
enum FetchParser {
    static func parse(
        _ octets: Span<UInt8>,
        _ scanner: inout Scanner,
        bodyAt: Int?
    ) throws(ProtocolViolation) -> FetchResponse {
        var fetch = FetchResponse()
        scanner.skipSpaces(in: octets)
        guard scanner.skip(UInt8(ascii: "("), in: octets) else { throw .malformedFetch }
        while true {
            scanner.skipSpaces(in: octets)
            if scanner.skip(UInt8(ascii: ")"), in: octets) { return fetch }
            let start = scanner.index
            let name = scanner.word(in: octets)
            if octets.equal(name, "UID") {
                try Self.readUID(octets, &scanner, into: &fetch)
            } else if octets.equal(name, "RFC822.SIZE") {
                try Self.readSize(octets, &scanner, into: &fetch)
            } else if octets.equal(name, "INTERNALDATE") {
                try Self.readDate(octets, &scanner, into: &fetch)
            } else if octets.equal(name, "EMAILID") {
                try Self.readEmailID(octets, &scanner, into: &fetch)
            } else if octets.equal(name, "X-GM-MSGID") {
                try Self.readGmailID(octets, &scanner, into: &fetch)
            } else if octets.equal(name, "FLAGS") {
                try Self.readFlags(octets, &scanner, into: &fetch)
            } else if octets.equal(name, "BODY"), scanner.peek(in: octets) == UInt8(ascii: "[") {
                try Self.readBody(octets, &scanner, bodyAt: bodyAt, into: &fetch)
            } else {
                try scanner.skipValue(in: octets)
            }
            guard scanner.index > start, scanner.index < octets.count else { throw .malformedFetch }
        }
    }

    /// The UID in what has come of a FETCH response so far, and which section stands behind it.
    static func head(_ octets: Span<UInt8>) throws(ProtocolViolation) -> FetchResponse {
        var scanner = Scanner()
        scanner.move(to: 1)
        scanner.skipSpaces(in: octets)
        _ = scanner.number(in: octets)
        scanner.skipSpaces(in: octets)
        _ = scanner.word(in: octets)
        var fetch = FetchResponse()
        scanner.skipSpaces(in: octets)
        guard scanner.skip(UInt8(ascii: "("), in: octets) else { throw .malformedFetch }
        while scanner.index < octets.count {
            scanner.skipSpaces(in: octets)
            let start = scanner.index
            let name = scanner.word(in: octets)
            if octets.equal(name, "UID") {
                try Self.readUID(octets, &scanner, into: &fetch)
            } else if octets.equal(name, "BODY"), scanner.peek(in: octets) == UInt8(ascii: "[") {
                try Self.readBody(octets, &scanner, bodyAt: octets.count, into: &fetch)
            } else {
                try scanner.skipValue(in: octets)
            }
            guard scanner.index > start else { throw .malformedFetch }
        }
        return fetch
    }

    private static func readUID(
        _ octets: Span<UInt8>,
        _ scanner: inout Scanner,
        into fetch: inout FetchResponse
    ) throws(ProtocolViolation) {
        scanner.skipSpaces(in: octets)
        let start = scanner.index
        let number = scanner.number(in: octets)
        // A second UID in one response could make one message pass for another.
        guard fetch.identifier == .absent else { throw .malformedFetch }
        if let number, let value = UInt32(exactly: number), let uid = UID(value), Self.ends(octets, scanner) {
            fetch.identifier = .uid(uid)
        } else {
            fetch.identifier = .invalid
            if scanner.index == start { try scanner.skipValue(in: octets) }
        }
    }

    private static func readSize(
        _ octets: Span<UInt8>,
        _ scanner: inout Scanner,
        into fetch: inout FetchResponse
    ) throws(ProtocolViolation) {
        scanner.skipSpaces(in: octets)
        if let number = scanner.number(in: octets), let size = UInt32(exactly: number), Self.ends(octets, scanner) {
            fetch.size = .octets(size)
        } else {
            fetch.size = .unknown
            if !Self.ends(octets, scanner) { try scanner.skipValue(in: octets) }
        }
    }

    private static func readDate(
        _ octets: Span<UInt8>,
        _ scanner: inout Scanner,
        into fetch: inout FetchResponse
    ) throws(ProtocolViolation) {
        scanner.skipSpaces(in: octets)
        switch try scanner.string(in: octets) {
        case .octets(let range): fetch.internalDate = InternalDate.seconds(octets, in: range)
        case .null: break
        case nil: try scanner.skipValue(in: octets)
        }
    }

    /// `(` objectid `)` (RFC 8474 §7).
    private static func readEmailID(
        _ octets: Span<UInt8>,
        _ scanner: inout Scanner,
        into fetch: inout FetchResponse
    ) throws(ProtocolViolation) {
        scanner.skipSpaces(in: octets)
        var inside = scanner
        try scanner.skipValue(in: octets)
        guard inside.skip(UInt8(ascii: "("), in: octets) else { return }
        let id = inside.word(in: octets)
        guard inside.skip(UInt8(ascii: ")"), in: octets), inside.index == scanner.index, (1...255).contains(id.count),
            octets.copy(id).allSatisfy(Self.isObjectIDOctet)
        else { return }
        fetch.serverID = .emailID(String(decoding: octets.copy(id), as: UTF8.self))
    }

    private static func isObjectIDOctet(_ octet: UInt8) -> Bool {
        (0x30...0x39).contains(octet) || (0x61...0x7A).contains(octet | 0x20) || octet == UInt8(ascii: "-")
            || octet == UInt8(ascii: "_")
    }

    private static func readGmailID(
        _ octets: Span<UInt8>,
        _ scanner: inout Scanner,
        into fetch: inout FetchResponse
    ) throws(ProtocolViolation) {
        scanner.skipSpaces(in: octets)
        if let number = scanner.number(in: octets), number > 0, Self.ends(octets, scanner) {
            fetch.serverID = .gmail(number)
        } else if !Self.ends(octets, scanner) {
            try scanner.skipValue(in: octets)
        }
    }

    /// As many as anybody reads; a server may push thousands unasked.
    private static let maximumFlags = 64

    private static func readFlags(
        _ octets: Span<UInt8>,
        _ scanner: inout Scanner,
        into fetch: inout FetchResponse
    ) throws(ProtocolViolation) {
        let start = scanner.index
        try scanner.skipValue(in: octets)
        let list = octets.copy(start..<min(scanner.index, octets.count))
        fetch.flags = list.split { octet in " ()".utf8.contains(octet) }.prefix(Self.maximumFlags).map { flag in
            String(decoding: flag.prefix(64).map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
        }
    }

    private static func readBody(
        _ octets: Span<UInt8>,
        _ scanner: inout Scanner,
        bodyAt: Int?,
        into fetch: inout FetchResponse
    ) throws(ProtocolViolation) {
        scanner.advance()
        let section = scanner.index
        var quoted = false
        while let octet = scanner.peek(in: octets), quoted || octet != UInt8(ascii: "]") {
            if octet == UInt8(ascii: "\"") { quoted.toggle() }
            scanner.advance()
        }
        let isWholeText = scanner.index == section
        let part = Self.headerPart(octets, section..<scanner.index)
        guard scanner.skip(UInt8(ascii: "]"), in: octets) else { throw .malformedFetch }
        var origin: UInt64?
        if scanner.skip(UInt8(ascii: "<"), in: octets) {
            origin = scanner.number(in: octets)
            guard scanner.skip(UInt8(ascii: ">"), in: octets) else { throw .malformedFetch }
        }
        let value = scanner.index
        scanner.skipSpaces(in: octets)
        // The space behind a text that was taken out may stand right here.
        if let bodyAt, (value...scanner.index).contains(bodyAt) {
            // A literal longer or shorter than announced shows here: the rest would be read as items.
            guard scanner.index > bodyAt || Self.ends(octets, scanner) else { throw .malformedFetch }
            if isWholeText, fetch.body == .absent { (fetch.body, fetch.origin) = (.streamed, origin) }
            if part != nil, origin == nil, fetch.header == .absent {
                (fetch.header, fetch.headerPart) = (.streamed, part)
            }
            return
        }
        let string = try scanner.string(in: octets)
        let isFirst = isWholeText ? fetch.body == .absent : part != nil && origin == nil && fetch.header == .absent
        guard isFirst else {
            if string == nil { try scanner.skipValue(in: octets) }
            return
        }
        let body: FetchResponse.Body =
            if case .octets(let range) = string { .octets(Self.unescaped(octets, range)) } else { .none }
        if isWholeText {
            (fetch.body, fetch.origin) = (body, origin)
        } else {
            (fetch.header, fetch.headerPart) = (body, part)
        }
    }

    /// Servers repeat the list of fields as they like, in upper case or quoted, so that is not compared.
    private static func headerPart(_ octets: Span<UInt8>, _ section: Range<Int>) -> HeaderPart? {
        if octets.equal(section, "HEADER") { return .whole }
        let name = "HEADER.FIELDS"
        let end = section.lowerBound + name.utf8.count
        guard end < section.upperBound, octets.equal(section.lowerBound..<end, name) else { return nil }
        return octets[end] == UInt8(ascii: " ") || octets[end] == UInt8(ascii: "(") ? .details : nil
    }

    /// Whether a value ends here.
    private static func ends(_ octets: Span<UInt8>, _ scanner: Scanner) -> Bool {
        switch scanner.peek(in: octets) {
        case UInt8(ascii: " "), UInt8(ascii: ")"), nil: true
        default: false
        }
    }

    /// In a quoted string `\` stands before `"` and `\`; a literal is taken as it is.
    private static func unescaped(_ octets: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        guard range.lowerBound > 0, octets[range.lowerBound - 1] == UInt8(ascii: "\"") else {
            return octets.copy(range)
        }
        var output: [UInt8] = []
        var escaped = false
        for index in range {
            if !escaped, octets[index] == UInt8(ascii: "\\") {
                escaped = true
            } else {
                output.append(octets[index])
                escaped = false
            }
        }
        return output
    }
}
