import Gateway
import IMAP
import NIOCore

// The jobs that wait, and the connections that take them.
extension SharedMailbox {
    /// Waiting that is worth another connection, as long as the mail server grants one.
    private static let patience = TimeAmount.milliseconds(200)

    /// Gives `job` to the next connection that is free.
    func run(_ job: any UpstreamJob) {
        guard !self.isClosed else { return job.fail(Self.closed) }
        if self.surroundings.notes.mustWait(self.surroundings.key) {
            return job.fail(.unavailable(reason: AccountNotes.pause))
        }
        self.waiting.append(job)
        self.dispatch()
    }

    func dispatch() {
        while !self.waiting.isEmpty, let free = self.connections.first(where: \.isIdle) {
            let count = self.waiting.count
            free.next()
            if self.waiting.count == count { break }
        }
        guard !self.waiting.isEmpty else { return }
        for connection in self.connections { connection.yield() }
        if self.connections.isEmpty { return self.grow(waits: true) }
        guard self.growth == nil else { return }
        self.growth = self.loop.assumeIsolated().scheduleTask(in: Self.patience) {
            self.growth = nil
            if !self.waiting.isEmpty { self.grow(waits: false) }
        }
    }

    private func nextJob(for connection: AccountConnection) -> (any UpstreamJob)? {
        let mayWork = connection.isUnused || !self.leaving.contains(ObjectIdentifier(connection))
        guard mayWork, !self.waiting.isEmpty else { return nil }
        return self.waiting.removeFirst()
    }

    private func failWaiting(_ failure: UpstreamFailure) {
        let jobs = self.waiting
        self.waiting = []
        for job in jobs { job.fail(failure) }
    }
}

// One connection at first; more for jobs that have waited, as the mail server's limit for the account lets them be.
extension SharedMailbox {
    /// One connection more; with none at all it is worth waiting for, until the others of the account give one back.
    private func grow(waits: Bool) {
        guard !self.isGrowing, !self.isClosed else { return }
        let slots = self.surroundings.slots
        guard waits else {
            guard slots.takeFree(self.surroundings.key) else { return }
            return self.connect()
        }
        self.isGrowing = true
        let bound = NIOLoopBound(self, eventLoop: self.loop)
        slots.take(self.surroundings.key, on: self.loop) { isFree in
            bound.eventLoop.execute {
                bound.value.isGrowing = false
                guard isFree else { return bound.value.failWaiting(.tooManyConnections) }
                bound.value.connect()
            }
        }
    }

    private func connect() {
        self.isGrowing = true
        let surroundings = self.surroundings
        let connection = AccountConnection(
            dialler: surroundings.dialler,
            credentials: surroundings.credentials,
            account: surroundings.key,
            notes: surroundings.notes,
            records: surroundings.records(of: self.session),
            loop: self.loop,
            logger: surroundings.logger
        )
        connection.open { result in
            self.isGrowing = false
            switch result {
            // Nobody waits for it any more.
            case .success where self.isClosed:
                connection.release { surroundings.slots.giveBack(surroundings.key) }
            case .success(let examined):
                self.add(connection)
                self.listing.hear(examined)
            case .failure(let failure):
                connection.release { surroundings.slots.giveBack(surroundings.key) }
                self.unreachable(failure)
            }
            self.settle()
        }
    }

    func add(_ connection: AccountConnection) {
        let id = ObjectIdentifier(connection)
        connection.pool = AccountConnection.Pool(
            nextJob: { [weak self, unowned connection] in self?.nextJob(for: connection) },
            isFree: { [weak self, unowned connection] in self?.isFree(connection) },
            isLost: { [weak self, unowned connection] loss in
                guard let self else { return }
                self.remove(connection)
                if case .unreachable(let failure) = loss { self.unreachable(failure) }
                self.dispatch()
                self.settle()
            }
        )
        self.connections.append(connection)
        let bound = NIOLoopBound((self, connection), eventLoop: self.loop)
        self.claims[id] = self.surroundings.slots.claim(self.surroundings.key) {
            bound.eventLoop.execute {
                let (mailbox, connection) = bound.value
                mailbox.makeRoom(connection)
            }
        }
        // Somebody waits already.
        if self.claims[id] == nil { self.leaving.insert(id) }
    }

    /// Another login of the account waits for a connection: this one leaves as soon as it is free.
    private func makeRoom(_ connection: AccountConnection) {
        guard self.connections.contains(where: { $0 === connection }) else { return connection.yield() }
        self.leaving.insert(ObjectIdentifier(connection))
        connection.isIdle ? self.isFree(connection) : connection.yield()
    }

    /// Somebody waits for its place; the only one that a login was made for is used for that first.
    func mustLeave(_ connection: AccountConnection) -> Bool {
        guard self.leaving.contains(ObjectIdentifier(connection)), connection.isIdle else { return false }
        return !(connection.isUnused && self.leases > 0 && self.connections.count == 1)
    }

    private func isFree(_ connection: AccountConnection) {
        self.settle()
        if !self.waiting.isEmpty { self.dispatch() }
    }

    /// Takes it out; it finishes what is under way and leaves.
    func remove(_ connection: AccountConnection, last: (any UpstreamJob)? = nil) {
        let id = ObjectIdentifier(connection)
        guard let index = self.connections.firstIndex(where: { $0 === connection }) else { return }
        self.connections.remove(at: index)
        let wasLeaving = self.leaving.remove(id) != nil
        let (slots, key) = (self.surroundings.slots, self.surroundings.key)
        let claim = self.claims.removeValue(forKey: id)
        connection.release(last: wasLeaving ? nil : last) {
            claim.map { slots.yield($0) }
            slots.giveBack(key)
        }
    }

    private func unreachable(_ failure: UpstreamFailure) {
        if case .credentials = failure { self.verifiedUntil = .min }
        guard self.connections.isEmpty else { return }
        self.failWaiting(failure)
    }
}
