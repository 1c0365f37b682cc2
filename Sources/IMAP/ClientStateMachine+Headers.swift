import struct NIOCore.ByteBuffer

/// The header blocks of many messages.
extension ClientStateMachine {
    struct HeaderFetching: Hashable, Sendable {
        let part: HeaderPart
        /// UIDs that were asked for and not answered yet.
        var wanted: Set<UInt32>
        /// Octets that may still be kept.
        var room: Int
        /// The header that is coming; nil when it is none, or too long: its octets are dropped.
        var literal: ByteBuffer?
    }

    /// Octets of one header block; a longer one is left out.
    package static let maximumHeader = 262_144
    /// Octets of headers that one command brings at most; those beyond are left out.
    static let maximumHeaderOctets = 8_388_608

    /// How many of the first of `uids` one command can ask for.
    package static func headersOfOneCommand(_ uids: [UID], _ part: HeaderPart) -> Int {
        CommandEncoder.fitting(uids, atMost: part.maximum)
    }

    /// Answers `header`… in any order, `headersEnded`, or `refused`. Messages that do not exist, and headers that are too
    /// long, are left out. Asks for as many of the first of `uids` as one command can.
    package mutating func fetchHeaders(
        of uids: [UID],
        _ part: HeaderPart,
        in mailbox: ExaminedMailbox
    ) -> [ClientAction] {
        switch self.mailbox(for: mailbox) {
        case nil: return []
        case .failure(let refusal): return [.refused(refusal)]
        case .success(let current):
            let asked = uids.prefix(Self.headersOfOneCommand(uids, part))
            guard !asked.isEmpty else { return [.headersEnded] }
            let fetching = HeaderFetching(
                part: part,
                wanted: Set(asked.map(\.value)),
                room: Self.maximumHeaderOctets
            )
            self.state = .fetchingHeaders(fetching, current)
            return self.send(.fetchHeaders(UIDRanges(asked).sorted, part, in: current), budget: Self.listingBudget)
        }
    }

    mutating func headerBegan(head: ByteBuffer, octets: UInt64) throws(ProtocolViolation) -> [ClientAction] {
        guard case .fetchingHeaders(var fetching, let mailbox) = self.state else { return [] }
        let told = try FetchParser.head(head.readableBytesUInt8Span)
        let limit = UInt64(clamping: min(fetching.room, Self.maximumHeader))
        fetching.literal =
            told.header == .streamed && told.headerPart == fetching.part && octets <= limit ? ByteBuffer() : nil
        self.state = .fetchingHeaders(fetching, mailbox)
        return []
    }

    mutating func headerReceived(_ piece: ByteBuffer) -> [ClientAction] {
        guard case .fetchingHeaders(var fetching, let mailbox) = self.state else { return [] }
        // What is held in two places is copied when it changes.
        self.state = .idle(mailbox)
        fetching.literal?.writeImmutableBuffer(piece)
        self.state = .fetchingHeaders(fetching, mailbox)
        return []
    }

    /// One FETCH response is whole.
    mutating func headerFetched(_ fetch: FetchResponse) -> [ClientAction] {
        guard case .fetchingHeaders(var fetching, let mailbox) = self.state else { return [] }
        self.state = .idle(mailbox)
        defer { self.state = .fetchingHeaders(fetching, mailbox) }
        let literal = fetching.literal
        fetching.literal = nil
        guard fetch.header != .absent, fetch.headerPart == fetching.part, case .uid(let uid) = fetch.identifier,
            fetching.wanted.remove(uid.value) != nil
        else { return [] }
        let header: ByteBuffer? =
            switch fetch.header {
            case .streamed: literal
            case .octets(let octets): ByteBuffer(bytes: octets)
            case .absent, .none: nil
            }
        guard let header else { return [] }
        fetching.room -= header.readableBytes
        return [.header(uid, header)]
    }

    mutating func headersAnswered(_ status: StatusResponse, _ mailbox: ExaminedMailbox) -> [ClientAction] {
        guard status.condition == .ok else { return self.refuse(status, at: .fetch, mailbox) }
        self.state = .idle(mailbox)
        return [.headersEnded]
    }
}
