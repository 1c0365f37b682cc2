/// ID, EXAMINE, quota, search and NOOP.
extension ClientStateMachine {
    /// What EXAMINE told so far.
    struct Examination: Hashable, Sendable {
        enum Attempt: Hashable, Sendable {
            case first
            /// After `Unsafe Login`, once (I-16).
            case second
            /// On a connection that had the mailbox open already: quota was told.
            case again
        }

        let attempt: Attempt
        var exists: UInt32?
        var validity: UIDValidity?
        var uidNext: UID?
        var isSticky = true
        var saysReadOnly = false
        var saysReadWrite = false

        mutating func learn(_ status: StatusResponse) {
            switch status.code {
            case .uidValidity(let validity): self.validity = validity
            case .uidNext(let uid): self.uidNext = uid
            case .named(.uidNotSticky): self.isSticky = false
            case .named(.readOnly): self.saysReadOnly = true
            case .named(.readWrite): self.saysReadWrite = true
            case .named, .capability, .other, nil: break
            }
        }
    }

    struct Search: Hashable, Sendable {
        let compact: Bool
        var found: UIDRanges?
    }

    /// NetEase's servers refuse EXAMINE until ID was said (I-16).
    mutating func identify() -> [ClientAction] {
        guard self.capabilities?.contains(.id) == true else { return self.examine(.first) }
        return self.identify(before: .first)
    }

    private mutating func identify(before attempt: Examination.Attempt) -> [ClientAction] {
        let product = self.configuration.product
        guard let name = QuotedString(product.name.utf8), let version = QuotedString(product.version.utf8) else {
            return self.examine(attempt)
        }
        self.state = .identifying(attempt)
        return self.send(.id(name: name, version: version))
    }

    mutating func examine(_ attempt: Examination.Attempt) -> [ClientAction] {
        self.state = .examining(Examination(attempt: attempt))
        return self.send(.examine(MailboxName(self.configuration.mailbox)))
    }

    mutating func examined(_ status: StatusResponse, _ told: Examination) throws(ProtocolViolation) -> [ClientAction] {
        var examination = told
        examination.learn(status)
        guard status.condition == .ok else {
            if examination.attempt == .first, status.says("unsafe login") { return self.identify(before: .second) }
            return self.leave(RefusalTable.refusal(status, at: .examine))
        }
        guard !examination.saysReadWrite else { return self.leave(.readWrite) }
        guard examination.isSticky, let validity = examination.validity else { return self.leave(.uidsNotPersistent) }
        // Taking it for 0 would make a failure look like an empty mailbox.
        guard let exists = examination.exists else { throw .noExists }
        let isAgain = examination.attempt == .again
        let notice = examination.saysReadOnly || isAgain ? [] : self.notice("EXAMINE was not answered [READ-ONLY]")
        let mailbox = ExaminedMailbox(
            validity: validity,
            exists: exists,
            uidNext: examination.uidNext,
            saysReadOnly: examination.saysReadOnly
        )
        guard self.configuration.asksQuota, !isAgain, self.capabilities?.contains(.quota) == true else {
            return notice + self.open(mailbox)
        }
        self.state = .askingQuota(mailbox)
        return notice + self.send(.getQuotaRoot(MailboxName(self.configuration.mailbox), in: mailbox))
    }

    mutating func open(_ mailbox: ExaminedMailbox) -> [ClientAction] {
        self.state = .idle(mailbox)
        return [.opened(mailbox)]
    }

    /// EXAMINEs the mailbox once more, to see what is in it now; counting begins anew. Answers `opened` with what is true
    /// from here on, another UIDVALIDITY where the mailbox was made anew; or ends the connection, as the first time.
    package mutating func examineAgain() -> [ClientAction] {
        guard case .idle = self.state else {
            if self.state == .closed || self.state == .loggingOut { return [] }
            preconditionFailure("one command at a time, and only after `opened`")
        }
        (self.exists, self.expunged) = (nil, 0)
        return self.examine(.again)
    }

    /// The mailbox for a command, or why it cannot be asked: UIDs of another UIDVALIDITY name other messages.
    func mailbox(for proof: ExaminedMailbox) -> Result<ExaminedMailbox, ServerRefusal>? {
        switch self.state {
        case .closed, .loggingOut: nil
        case .idle(let mailbox): mailbox.validity == proof.validity ? .success(mailbox) : .failure(.uidsNotPersistent)
        case .initial, .awaitingGreeting, .askingCapabilities, .startingTLS, .securing, .authenticating, .identifying,
            .examining, .askingQuota, .listing, .searching, .fetching, .fetchingHeaders, .probing:
            preconditionFailure("one command at a time, and only after `opened`")
        }
    }

    /// Asks which UIDs exist (I-31). Answers `present`, or `refused`.
    package mutating func findPresent(in mailbox: ExaminedMailbox) -> [ClientAction] {
        switch self.mailbox(for: mailbox) {
        case nil: return []
        case .failure(let refusal): return [.refused(refusal)]
        case .success(let current):
            return self.search(compact: self.capabilities?.contains(.extendedSearch) == true, in: current)
        }
    }

    private mutating func search(compact: Bool, in mailbox: ExaminedMailbox) -> [ClientAction] {
        self.state = .searching(Search(compact: compact), mailbox)
        return self.send(.searchAll(compact: compact, in: mailbox), budget: Self.listingBudget)
    }

    mutating func found(_ uids: UIDRanges) {
        guard case .searching(var search, let mailbox) = self.state else { return }
        // What is held in two places is copied when it changes.
        self.state = .idle(mailbox)
        search.found = search.found ?? UIDRanges()
        search.found?.append(contentsOf: uids)
        self.state = .searching(search, mailbox)
    }

    mutating func searched(
        _ status: StatusResponse,
        _ search: Search,
        _ mailbox: ExaminedMailbox
    ) throws(ProtocolViolation) -> [ClientAction] {
        // A server that announces ESEARCH and does not understand it is asked the old way.
        if status.condition == .bad, search.compact { return self.search(compact: false, in: mailbox) }
        guard status.condition == .ok else { return self.refuse(status, at: .other, mailbox) }
        guard let found = search.found else { throw .noSearchData }
        self.state = .idle(mailbox)
        return [.present(found.sorted)]
    }

    /// Answers `alive`.
    package mutating func noop() -> [ClientAction] {
        guard case .idle(let mailbox) = self.state else {
            if self.state == .closed || self.state == .loggingOut { return [] }
            preconditionFailure("one command at a time, and only after `opened`")
        }
        self.state = .probing(mailbox)
        return self.send(.noop)
    }

    mutating func probed(_ status: StatusResponse, _ mailbox: ExaminedMailbox) -> [ClientAction] {
        guard status.condition == .ok else { return self.refuse(status, at: .other, mailbox) }
        let alive = ClientAction.alive(exists: self.exists, expunged: self.expunged)
        (self.exists, self.expunged) = (nil, 0)
        self.state = .idle(mailbox)
        return [alive]
    }

    /// The command failed; the connection goes on, unless the server has no mailbox behind it any more (I-15).
    mutating func refuse(
        _ status: StatusResponse,
        at moment: RefusalTable.Moment,
        _ mailbox: ExaminedMailbox
    ) -> [ClientAction] {
        let refusal = RefusalTable.refusal(status, at: moment)
        if status.condition == .bad, refusal == .unavailable { return self.leave(refusal) }
        self.state = .idle(mailbox)
        return [.refused(refusal)]
    }
}
