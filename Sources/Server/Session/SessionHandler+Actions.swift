import Gateway
import Logging
import NIOCore
import TLS

/// A message on its way to the device.
struct RunningBody {
    let source: any BodySource
    /// The device's channel was full when more was due.
    var owesDemand = false
}

extension SessionHandler {
    func perform(_ actions: [SessionAction]) {
        for action in actions { self.perform(action) }
    }

    private func perform(_ action: SessionAction) {
        switch action {
        case .reply(let response): self.output.reply(response)
        case .piece(let piece): for write in self.output.piece(piece) ?? [] { self.write(write) }
        case .startTLS: self.startTLS()
        case .login(let request): self.login(request)
        case .openMaildrop: self.openMaildrop()
        case .record(let attempts, let changes, let durability): self.record(attempts, changes: changes, durability)
        case .fetch(let request): self.fetch(request)
        case .pullBody: self.pullBody()
        case .cancelBody:
            self.body?.source.cancel()
            self.body = nil
        case .awaitWritable: self.awaitWritable()
        case .awaitDrained: self.awaitDrained()
        case .startTimer(let timer, let seconds): self.startTimer(timer, seconds: seconds)
        case .cancelTimer(let timer): self.cancelTimer(timer)
        case .log(let text): self.logger.warning("\(text)")
        case .close: self.close()
        }
    }

    /// Records that came with the end are handed over first: the channel takes the handler's context away.
    private func close() {
        self.submitRecords()
        self.flush()
        self.release()
        self.closeOnceWritten()
    }

    private func startTLS() {
        self.flush()
        guard !self.hasInputWaiting else {
            self.perform(self.machine.refusedConnection(reason: "plain text behind STLS"))
            return
        }
        self.forgetInput()
        guard let context = self.context, let tls = self.settings.tls() else {
            self.perform(self.machine.refusedConnection(reason: "TLS: no certificate"))
            return
        }
        self.awaitHandshake()
        do {
            try context.pipeline.syncOperations.addHandler(TLSHandler(server: tls), position: .first)
        } catch {
            self.perform(self.machine.refusedConnection(reason: "TLS: not started"))
        }
    }

    private func login(_ request: LoginRequest) {
        guard let loop = self.loop else { return }
        let reception = Reception(environment: self.environment, chain: self.settings.chain)
        let arrival = self.machine.origin.arrival
        loop.makeFuture { await reception.login(request, arrival: arrival) }
            .assumeIsolated().whenSuccess { result in
                switch result {
                case .success(let guest): self.admit(guest)
                case .failure(let refusal): self.perform(self.machine.loginAnswered(.failure(refusal)))
                }
                self.drive()
            }
    }

    private func admit(_ guest: Reception.Guest) {
        guard !self.machine.hasEnded else {
            guest.place?.leave()
            guest.lease.takeBack(guest.admission.transcript)
            return guest.lease.release()
        }
        self.lease = guest.lease
        self.place = guest.place
        self.admission = guest.admission
        self.perform(self.machine.loginAnswered(.success(guest.admission)))
    }

    private func openMaildrop() {
        guard let loop = self.loop, let lease = self.lease, let admission = self.admission else { return }
        let me = NIOLoopBound(self, eventLoop: loop)
        // Not awaited in a task: a lease that was released answers nothing, and the task would wait for ever.
        lease.snapshot { listed in
            loop.execute { me.value.listed(listed, admission, lease) }
        }
    }

    private func listed(
        _ answer: Result<ListedMailbox, UpstreamFailure>,
        _ admission: Admission,
        _ lease: any MailboxLease
    ) {
        guard let loop = self.loop, !self.machine.hasEnded else {
            if case .success(let mailbox) = answer { lease.takeBack(mailbox.transcript) }
            return
        }
        let listed: ListedMailbox
        switch answer {
        case .success(let mailbox): listed = mailbox
        case .failure(let failure):
            self.perform(self.machine.maildropAnswered(.failure(failure)))
            return self.drive()
        }
        let reception = Reception(environment: self.environment, chain: self.settings.chain)
        let arrival = self.machine.origin.arrival
        loop.makeFuture { await reception.maildrop(listed, admission: admission, arrival: arrival) }
            .assumeIsolated().whenSuccess { result in
                // Its lines are in no record when the session is over, or the store failed.
                if self.machine.hasEnded || (try? result.get()) == nil { lease.takeBack(listed.transcript) }
                self.perform(self.machine.maildropAnswered(result))
                self.drive()
            }
    }

    private func fetch(_ request: BodyRequest) {
        guard let loop = self.loop, let lease = self.lease else { return }
        guard !self.isGone else {
            self.perform(self.machine.disconnected(reason: "connection closed by the device"))
            return
        }
        let me = NIOLoopBound(self, eventLoop: loop)
        self.bodiesFetched &+= 1
        let number = self.bodiesFetched
        let source = lease.body(request) { event in
            loop.execute {
                // What a cancelled fetch still had on its way is not for the next one.
                guard me.value.bodiesFetched == number, me.value.body != nil else {
                    return lease.takeBack(event.transcript)
                }
                me.value.bodyHappened(event)
            }
        }
        self.body = RunningBody(source: source)
    }

    private func bodyHappened(_ event: BodyEvent) {
        switch event {
        case .came(let octets, let pieces, let transcript):
            self.body = nil
            self.perform(self.machine.bodyCame(octets: octets, pieces, transcript: transcript))
        case .began(let octets): self.perform(self.machine.bodyBegan(octets: octets))
        case .pieces(let pieces): self.perform(self.machine.bodyReceived(pieces))
        case .ended(let transcript):
            self.body = nil
            self.perform(self.machine.bodyEnded(transcript: transcript))
        case .failed(let failure, let transcript):
            self.body = nil
            self.perform(self.machine.bodyFailed(failure, transcript: transcript))
        }
        self.drive()
    }

    private func pullBody() {
        self.flush()
        guard self.context?.channel.isWritable == true else {
            self.body?.owesDemand = true
            return
        }
        self.body?.source.more()
    }

    private func awaitWritable() {
        self.flush()
        self.output.writableIsAwaited = true
        guard self.context?.channel.isWritable == true, let loop = self.loop else { return }
        // Not at once: a long list would pile up on the stack.
        let me = NIOLoopBound(self, eventLoop: loop)
        loop.execute {
            me.value.deviceCanTakeMore()
            me.value.drive()
        }
    }
}

extension BodyEvent {
    fileprivate var transcript: [String] {
        switch self {
        case .began, .pieces: []
        case .came(_, _, let transcript), .ended(let transcript), .failed(_, let transcript): transcript
        }
    }
}
