import struct NIOCore.ByteBuffer

/// One message's text.
extension ClientStateMachine {
    struct Fetching: Hashable, Sendable {
        enum Body: Hashable, Sendable {
            case awaited
            /// Pieces are handed on; `confirmed` once the UID was told.
            case streaming(confirmed: Bool)
            /// Not ours, or a second one: its octets are dropped, within the budget.
            case dropped(after: Delivery)
            case delivered(confirmed: Bool)
        }

        enum Delivery: Hashable, Sendable {
            case nothing, body
        }

        let uid: UID
        let section: Section
        var body = Body.awaited
        /// NIL or EXPUNGEISSUED was told.
        var isGone = false
    }

    /// Answers `bodyBegan`, `bodyPiece`…, `bodyEnded`, or `refused`. `bodyEnded` comes with the tagged OK, when the
    /// whole text has come and the server named this UID. An empty text, where the listing told a size, is for the
    /// caller to judge (I-42).
    package mutating func fetch(_ uid: UID, _ section: Section, in mailbox: ExaminedMailbox) -> [ClientAction] {
        switch self.mailbox(for: mailbox) {
        case nil: return []
        case .failure(let refusal): return [.refused(refusal)]
        case .success(let current):
            self.state = .fetching(Fetching(uid: uid, section: section), current)
            return self.send(.fetchBody(uid, section, in: current))
        }
    }

    mutating func bodyBegan(head: ByteBuffer, octets: UInt64) throws(ProtocolViolation) -> [ClientAction] {
        guard case .fetching(var fetching, let mailbox) = self.state else { return [] }
        let told = try FetchParser.head(head.readableBytesUInt8Span)
        guard fetching.body == .awaited, told.body == .streamed, let confirmed = fetching.names(told.identifier) else {
            fetching.body = .dropped(after: fetching.body == .awaited ? .nothing : .body)
            self.state = .fetching(fetching, mailbox)
            return []
        }
        guard fetching.begins(at: told.origin) else { throw .otherMessage }
        fetching.body = .streaming(confirmed: confirmed)
        self.state = .fetching(fetching, mailbox)
        self.budget = self.budget.addingClamped(Int(clamping: octets))
        return [.bodyBegan(octets: octets)]
    }

    mutating func bodyReceived(_ piece: ByteBuffer) -> [ClientAction] {
        guard case .fetching(let fetching, _) = self.state, case .streaming = fetching.body else { return [] }
        return [.bodyPiece(piece)]
    }

    mutating func bodyEnded() -> [ClientAction] {
        guard case .fetching(var fetching, let mailbox) = self.state else { return [] }
        switch fetching.body {
        case .streaming(let confirmed): fetching.body = .delivered(confirmed: confirmed)
        case .dropped(.nothing): fetching.body = .awaited
        case .dropped(.body): fetching.body = .delivered(confirmed: true)
        case .awaited, .delivered: break
        }
        self.state = .fetching(fetching, mailbox)
        return []
    }

    mutating func fetched(_ fetch: FetchResponse) throws(ProtocolViolation) -> [ClientAction] {
        if case .listing = self.state {
            self.listed(fetch)
            return []
        }
        guard case .fetching(var fetching, let mailbox) = self.state, fetch.body != .absent else { return [] }
        var actions: [ClientAction] = []
        switch (fetch.body, fetching.body) {
        case (.streamed, .delivered(confirmed: false)):
            guard fetch.identifier == .uid(fetching.uid) else { throw .otherMessage }
            fetching.body = .delivered(confirmed: true)
        case (.none, .awaited):
            if fetch.identifier == .uid(fetching.uid) { fetching.isGone = true }
        case (.octets(let octets), .awaited):
            guard fetch.identifier == .uid(fetching.uid) else { break }
            guard fetching.begins(at: fetch.origin) else { throw .otherMessage }
            fetching.body = .delivered(confirmed: true)
            actions.append(.bodyBegan(octets: UInt64(clamping: octets.count)))
            if !octets.isEmpty { actions.append(.bodyPiece(ByteBuffer(bytes: octets))) }
        case (.absent, _), (.none, _), (.streamed, _), (.octets, _):
            break
        }
        self.state = .fetching(fetching, mailbox)
        return actions
    }

    mutating func fetchAnswered(
        _ status: StatusResponse,
        _ fetching: Fetching,
        _ mailbox: ExaminedMailbox
    ) -> [ClientAction] {
        if fetching.isGone, status.condition == .no {
            self.state = .idle(mailbox)
            return [.refused(.messageGone)]
        }
        guard status.condition == .ok else { return self.refuse(status, at: .fetch, mailbox) }
        self.state = .idle(mailbox)
        switch fetching.body {
        case .delivered(confirmed: true): return [.bodyEnded]
        case .delivered(confirmed: false): return self.fail(.misbehaved(.otherMessage))
        case .awaited, .streaming, .dropped: return [.refused(.messageGone)]
        }
    }
}

extension ClientStateMachine.Fetching {
    /// Whether the server speaks of this message: nil if of another, false if it has not said yet.
    func names(_ identifier: FetchResponse.Identifier) -> Bool? {
        switch identifier {
        case .absent: false
        case .invalid: nil
        case .uid(let uid): uid == self.uid ? true : nil
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
