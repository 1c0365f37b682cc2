import Gateway
import Logging
import NIOCore
import TLS

extension SessionHandler {
    func begin() {
        guard self.handshake == nil else { return }
        self.run { $0.connected() }
        if self.isImplicitTLS { self.startTLS() }
    }

    func perform(_ action: SessionAction) {
        guard let context = self.context else { return self.performWithoutChannel(action) }
        switch action {
        case .reply(let response): self.answer(response)
        case .piece(let piece):
            self.writeAnswers()
            context.write(self.wrapOutboundOut(piece), promise: nil)
        case .startTLS: self.upgrade(context)
        case .login(let request): self.login(request)
        case .openMaildrop: self.openMaildrop()
        case .record(let attempts, let changes, let durability): self.record(attempts, changes, durability)
        case .fetch(let request): self.fetch(request)
        case .pullBody: self.pull(context)
        case .cancelBody:
            self.source?.cancel()
            self.source = nil
        case .awaitWritable: self.awaitWritable(context)
        case .awaitDrained: self.awaitDrained(context)
        case .startTimer(let timer, let seconds): self.start(timer, seconds: seconds)
        case .cancelTimer(let timer): self.timers.removeValue(forKey: timer)?.cancel()
        case .log(let text): self.log(text)
        case .close:
            self.writeAnswers()
            context.flush()
            context.close(promise: nil)
        }
    }

    /// After the connection has gone only what is kept still matters.
    private func performWithoutChannel(_ action: SessionAction) {
        guard case .record(let attempts, let changes, let durability) = action else { return }
        self.record(attempts, changes, durability)
    }

    private func log(_ text: String) {
        Logger(label: "leavecopy").notice("\(text)", metadata: ["session": "\(self.arrival.session)"])
    }

    // MARK: TLS

    /// Puts TLS in front of this handler, on the same connection.
    private func upgrade(_ context: ChannelHandlerContext) {
        self.writeAnswers()
        context.flush()
        guard !self.hasInput else {
            return self.refuse("plain text after STLS")
        }
        self.startTLS()
    }

    func startTLS() {
        guard let context = self.context, let tls = self.tls else { return self.refuse("no certificate") }
        do {
            try context.pipeline.syncOperations.addHandler(TLSHandler(server: tls), position: .before(self))
        } catch {
            return self.refuse("TLS cannot start")
        }
        self.handshake = context.eventLoop.assumeIsolated().scheduleTask(in: Self.handshakeDeadline) {
            self.handshake = nil
            self.refuse("no TLS handshake within 15 s")
        }
    }

    private func refuse(_ reason: String) {
        self.run { $0.refusedConnection(reason: reason) }
        self.context?.close(promise: nil)
    }

    // MARK: Asking

    /// Calls on this session's loop, whatever thread the answer comes on.
    private func onLoop<Answer: Sendable>(
        _ body: @escaping (SessionHandler, Answer) -> Void
    ) -> (@Sendable (Answer) -> Void)? {
        guard let loop = self.context?.eventLoop else { return nil }
        let bound = NIOLoopBound((self, body), eventLoop: loop)
        return { answer in loop.execute { bound.value.1(bound.value.0, answer) } }
    }

    private func login(_ request: LoginRequest) {
        let answer = self.onLoop { (me: SessionHandler, answer: SessionServices.LoginAnswer) in
            guard !me.isOver else {
                if case .success(let entrance) = answer { entrance.lease.release() }
                return
            }
            if case .success(let entrance) = answer { me.entrance = entrance }
            me.run { $0.loginAnswered(answer.map(\.admission)) }
        }
        if let answer { self.services.login(request, self.arrival, answer) }
    }

    private func openMaildrop() {
        let answer = self.onLoop { (me: SessionHandler, answer: Result<OpenedMaildrop, UpstreamFailure>) in
            me.run { $0.maildropAnswered(answer) }
        }
        guard let answer, let entrance = self.entrance else { return }
        self.services.maildrop(entrance, self.arrival, answer)
    }

    private func fetch(_ request: BodyRequest) {
        let sink = self.onLoop { (me: SessionHandler, event: BodyEvent) in me.received(event) }
        guard let sink, let entrance = self.entrance else { return }
        self.source = entrance.lease.body(request, sink: sink)
    }

    private func received(_ event: BodyEvent) {
        guard self.source != nil else { return }
        switch event {
        case .began(let octets):
            self.run { $0.bodyBegan(octets: octets) }
        case .pieces(let pieces):
            self.run { $0.bodyReceived(pieces) }
        case .ended(let transcript):
            self.source = nil
            self.run { $0.bodyEnded(transcript: transcript) }
        case .failed(let failure, let transcript):
            self.source = nil
            self.run { $0.bodyFailed(failure, transcript: transcript) }
        }
    }

    private func pull(_ context: ChannelHandlerContext) {
        self.writeAnswers()
        context.flush()
        if context.channel.isWritable { self.source?.more() } else { self.owesPull = true }
    }

    private func awaitWritable(_ context: ChannelHandlerContext) {
        self.writeAnswers()
        context.flush()
        guard context.channel.isWritable else {
            self.owesWritable = true
            return
        }
        self.onLoop { (me: SessionHandler, _: Bool) in me.run { $0.writable() } }?(true)
    }

    private func awaitDrained(_ context: ChannelHandlerContext) {
        self.writeAnswers()
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: written)
        let answer = self.onLoop { (me: SessionHandler, isWritten: Bool) in
            if isWritten { me.run { $0.drained() } }
        }
        written.futureResult.whenComplete { result in
            switch result {
            case .success: answer?(true)
            case .failure: answer?(false)
            }
        }
    }

    // MARK: Record and time

    private func record(_ attempts: [Attempt], _ changes: [Change], _ durability: Durability) {
        let time = self.services.now()
        let origin = AuditRecord.Origin.session(self.machine.origin)
        let records = attempts.map { AuditRecord(time: time, origin: origin, attempt: $0) }
        self.records.add(records, changes, durability)
    }

    func send(_ jobs: [RecordBatch.Job]) {
        for job in jobs {
            let count = job.actions
            let answer = self.onLoop { (me: SessionHandler, answer: Result<Void, StoreFailure>) in
                for _ in 0..<count { me.run { $0.recorded(answer) } }
            }
            self.services.recorder.write(job.entry, job.durability, answer: answer ?? { _ in })
        }
    }

    private func start(_ timer: SessionTimer, seconds: Int) {
        guard let loop = self.context?.eventLoop else { return }
        let delay: TimeAmount =
            switch timer {
            case .login: .seconds(Int64(self.services.limits.loginSeconds))
            case .idle: .seconds(Int64(self.services.limits.idleSeconds))
            case .refusalDelay: self.services.refusalDelay()
            case .listing, .listingAtLogin: .seconds(Int64(seconds))
            }
        self.timers.removeValue(forKey: timer)?.cancel()
        self.timers[timer] = loop.assumeIsolated().scheduleTask(in: delay) {
            self.timers[timer] = nil
            self.run { $0.timerFired(timer) }
        }
    }
}

/// Why a connection ended, in words of ours: a peer's are never repeated.
enum SessionReason {
    static func text(_ error: any Error) -> String {
        switch error as? TLSError {
        case .truncated: "connection cut without close_notify"
        case .handshake: "TLS handshake failed"
        case .certificate: "certificate not accepted"
        case .protocolViolation: "TLS protocol violation"
        case .configuration: "TLS settings"
        case nil: "connection lost"
        }
    }
}
