/// Reads what the kernel answers on a routing socket (rtnetlink(7)): messages, their fixed part, their attributes. Every
/// length in it is checked against what is there; a message that does not add up ends the reading.
package enum Netlink {
    /// The kinds of message that are asked for and read here.
    package enum Kind: UInt16, Hashable, Sendable, CaseIterable {
        case link = 16
        case address = 20
        case route = 24
        case neighbour = 28

        /// The request whose dump brings these.
        var request: UInt16 { self.rawValue + 2 }

        /// Octets between the header and the attributes.
        var fixedPart: Int {
            switch self {
            case .link: 16
            case .address: 8
            case .route, .neighbour: 12
            }
        }
    }

    package struct Message: Hashable, Sendable {
        package let kind: Kind
        /// The fixed part, `kind.fixedPart` octets.
        package let fixed: [UInt8]
        package let attributes: [Attribute]
    }

    package struct Attribute: Hashable, Sendable {
        package let type: UInt16
        package let value: [UInt8]
    }

    /// What one datagram of a dump brought.
    package struct Batch: Hashable, Sendable {
        package var messages: [Message] = []
        /// The dump is complete.
        package var isLast = false
        /// The kernel refused, with this errno.
        package var failure: Int32?
        /// The table changed under the dump, which may be wrong (NLM_F_DUMP_INTR).
        package var interrupted = false

        package init() {}
    }

    /// A request for all messages of `kind`, of both IPv4 and IPv6.
    static func dumpRequest(_ kind: Kind, sequence: UInt32) -> [UInt8] {
        let length = self.headerLength + kind.fixedPart
        var octets: [UInt8] = []
        self.append(UInt32(length), to: &octets)
        self.append(kind.request, to: &octets)
        self.append(self.isRequest | self.wantsDump, to: &octets)
        self.append(sequence, to: &octets)
        self.append(UInt32(0), to: &octets)
        return octets + [UInt8](repeating: 0, count: kind.fixedPart)
    }

    /// The messages of a datagram that answer `sequence`; others are left out.
    package static func parse(_ datagram: [UInt8], sequence: UInt32) -> Batch {
        var batch = Batch()
        var rest = datagram[...]
        while let length = self.integer(UInt32.self, in: rest, at: 0).flatMap({ Int(exactly: $0) }),
            let type = self.integer(UInt16.self, in: rest, at: 4),
            let flags = self.integer(UInt16.self, in: rest, at: 6),
            let answered = self.integer(UInt32.self, in: rest, at: 8),
            length >= self.headerLength, length <= rest.count
        {
            let body = rest.prefix(length).dropFirst(self.headerLength)
            rest = rest.dropFirst(self.aligned(length))
            guard answered == sequence else { continue }
            if flags & self.dumpInterrupted != 0 { batch.interrupted = true }
            switch type {
            case self.done: batch.isLast = true
            case self.error:
                let code = self.integer(Int32.self, in: body, at: 0) ?? 0
                batch.isLast = true
                batch.failure = code == .min ? .max : abs(code)
            case _:
                guard let kind = Kind(rawValue: type), body.count >= kind.fixedPart else { continue }
                let attributes = self.attributes(body.dropFirst(kind.fixedPart))
                batch.messages.append(
                    Message(kind: kind, fixed: Array(body.prefix(kind.fixedPart)), attributes: attributes)
                )
            }
        }
        return batch
    }

    static func attributes(_ octets: ArraySlice<UInt8>) -> [Attribute] {
        var attributes: [Attribute] = []
        var rest = octets
        while let length = self.integer(UInt16.self, in: rest, at: 0).map({ Int($0) }),
            let type = self.integer(UInt16.self, in: rest, at: 2),
            length >= 4, length <= rest.count
        {
            attributes.append(Attribute(type: type & 0x3FFF, value: Array(rest.prefix(length).dropFirst(4))))
            rest = rest.dropFirst(self.aligned(length))
        }
        return attributes
    }

    /// An integer in the byte order of this machine, which is the kernel's; nil if it does not lie inside.
    static func integer<Value: FixedWidthInteger>(
        _ type: Value.Type,
        in octets: ArraySlice<UInt8>,
        at offset: Int
    ) -> Value? {
        let size = Value.bitWidth / 8
        let field = octets.dropFirst(offset).prefix(size)
        guard field.count == size else { return nil }
        return unsafe field.withUnsafeBytes { unsafe $0.loadUnaligned(as: Value.self) }
    }

    private static func append(_ value: some FixedWidthInteger, to octets: inout [UInt8]) {
        unsafe withUnsafeBytes(of: value) { unsafe octets.append(contentsOf: $0) }
    }

    private static func aligned(_ length: Int) -> Int { (length + 3) & ~3 }

    private static let headerLength = 16
    private static let isRequest: UInt16 = 0x1
    private static let wantsDump: UInt16 = 0x300
    private static let dumpInterrupted: UInt16 = 0x10
    private static let error: UInt16 = 2
    private static let done: UInt16 = 3
}
