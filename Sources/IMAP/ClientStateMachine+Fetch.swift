import struct NIOCore.ByteBuffer

/// The texts of messages.
extension ClientStateMachine {
    struct Fetching: Hashable, Sendable {
        /// What has come of a text in the FETCH response under way.
        enum Body: Hashable, Sendable {
            case none
            /// Pieces are handed on; nil until the server tells whose they are.
            case streaming(UID?)
            /// The literal is whole, the response is not.
            case streamed(UID?)
            /// Not asked for, or a second one: its octets are dropped, within the budget.
            case dropped
        }

        let section: Section
        /// UIDs that were asked for and not answered yet.
        var wanted: Set<UInt32>
        let isOfOne: Bool
        var body = Body.none
        /// NIL or EXPUNGEISSUED was told.
        var isGone = false
    }

    /// The most messages of one command; each answer may have a thousand octets beside its text (`answerBudget`).
    static let maximumBodies = 1_000

    /// How many of the first of `uids` one command can ask for.
    package static func bodiesOfOneCommand(_ uids: [UID]) -> Int {
        CommandEncoder.fitting(uids, atMost: Self.maximumBodies)
    }

    /// Asks for as many of the first of `uids` as one command can. Answers, in whatever order the server likes, for each
    /// message `bodyBegan`, `bodyPiece`…, `bodyEnded`, or `bodyGone`; and then `fetchEnded`, or `refused`, which takes
    /// nothing back of what has ended. Where one message was asked for and nothing came, that is `refused(.messageGone)`;
    /// of many, those that did not come are for the caller to judge, and so is an empty text where the listing told a
    /// size (I-42).
    package mutating func fetch(_ uids: [UID], _ section: Section, in mailbox: ExaminedMailbox) -> [ClientAction] {
        switch self.mailbox(for: mailbox) {
        case nil: return []
        case .failure(let refusal): return [.refused(refusal)]
        case .success(let current):
            let asked = uids.prefix(Self.bodiesOfOneCommand(uids))
            guard !asked.isEmpty else { return [.fetchEnded] }
            let wanted = Set(asked.map(\.value))
            self.state = .fetching(Fetching(section: section, wanted: wanted, isOfOne: wanted.count == 1), current)
            return self.send(.fetchBodies(UIDRanges(asked).sorted, section, in: current))
        }
    }

    mutating func bodyBegan(head: ByteBuffer, octets: UInt64) throws(ProtocolViolation) -> [ClientAction] {
        if case .fetchingHeaders = self.state { return try self.headerBegan(head: head, octets: octets) }
        guard case .fetching(var fetching, let mailbox) = self.state else { return [] }
        let told = try FetchParser.head(head.readableBytesUInt8Span)
        guard told.body == .streamed, fetching.expects(told.identifier) else {
            fetching.body = .dropped
            self.state = .fetching(fetching, mailbox)
            return []
        }
        guard fetching.begins(at: told.origin) else { throw .otherMessage }
        fetching.body = .streaming(told.identifier.uid)
        self.state = .fetching(fetching, mailbox)
        self.budget = self.budget.addingClamped(Int(clamping: octets))
        return [.bodyBegan(told.identifier.uid, octets: octets)]
    }

    mutating func bodyReceived(_ piece: ByteBuffer) -> [ClientAction] {
        if case .fetchingHeaders = self.state { return self.headerReceived(piece) }
        guard case .fetching(let fetching, _) = self.state, case .streaming = fetching.body else { return [] }
        return [.bodyPiece(piece)]
    }

    mutating func bodyEnded() {
        guard case .fetching(var fetching, let mailbox) = self.state, case .streaming(let uid) = fetching.body else {
            return
        }
        fetching.body = .streamed(uid)
        self.state = .fetching(fetching, mailbox)
    }

    /// One FETCH response is whole.
    mutating func fetched(_ fetch: FetchResponse) throws(ProtocolViolation) -> [ClientAction] {
        if case .listing = self.state {
            self.listed(fetch)
            return []
        }
        if case .fetchingHeaders = self.state { return self.headerFetched(fetch) }
        guard case .fetching(var fetching, let mailbox) = self.state else { return [] }
        // What is held in two places is copied when it changes.
        self.state = .idle(mailbox)
        defer { self.state = .fetching(fetching, mailbox) }
        let body = fetching.body
        fetching.body = .none
        if case .streamed(let named) = body {
            guard fetch.body == .streamed, let uid = fetch.identifier.uid, named == nil || named == uid,
                fetching.wanted.remove(uid.value) != nil
            else { throw .otherMessage }
            return [.bodyEnded(uid)]
        }
        guard let uid = fetch.identifier.uid, fetching.wanted.contains(uid.value) else { return [] }
        switch fetch.body {
        case .none:
            fetching.wanted.remove(uid.value)
            fetching.isGone = true
            return [.bodyGone(uid)]
        case .octets(let octets):
            guard fetching.begins(at: fetch.origin) else { throw .otherMessage }
            fetching.wanted.remove(uid.value)
            let piece = octets.isEmpty ? [] : [ClientAction.bodyPiece(ByteBuffer(bytes: octets))]
            return [.bodyBegan(uid, octets: UInt64(clamping: octets.count))] + piece + [.bodyEnded(uid)]
        // Flags that the server pushes, or a text that was dropped.
        case .absent, .streamed:
            return []
        }
    }

    mutating func fetchAnswered(
        _ status: StatusResponse,
        _ fetching: Fetching,
        _ mailbox: ExaminedMailbox
    ) -> [ClientAction] {
        if fetching.isOfOne, fetching.isGone, status.condition == .no {
            self.state = .idle(mailbox)
            return [.refused(.messageGone)]
        }
        guard status.condition == .ok else { return self.refuse(status, at: .fetch, mailbox) }
        self.state = .idle(mailbox)
        return fetching.isOfOne && !fetching.wanted.isEmpty ? [.refused(.messageGone)] : [.fetchEnded]
    }
}

extension ClientStateMachine.Fetching {
    /// Whether a text that the server names so, or not yet, may be one that was asked for.
    func expects(_ identifier: FetchResponse.Identifier) -> Bool {
        switch identifier {
        case .absent: !self.wanted.isEmpty
        case .invalid: false
        case .uid(let uid): self.wanted.contains(uid.value)
        }
    }

    /// Whether a text that begins at `origin` is the part that was asked for; some servers do not say.
    func begins(at origin: UInt64?) -> Bool {
        guard let origin else { return true }
        switch self.section {
        case .whole: return origin == 0
        case .octets(let offset, _): return origin == UInt64(offset)
        }
    }
}

extension FetchResponse.Identifier {
    var uid: UID? {
        if case .uid(let uid) = self { uid } else { nil }
    }
}
