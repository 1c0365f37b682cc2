import IMAP
import NIOCore
import NIOPosix
import TLS

/// One connection to a mail server: octets become events for IMAP's `ClientStateMachine`, and what it wants sent goes
/// through the guard. Lives on its channel's event loop; what the machine tells goes to `tell`.
///
/// While nobody takes a body's pieces the channel is not read, so that a slow device holds back the mail server and
/// nothing piles up here.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What its owner hears, always on the event loop. `.ended` is the last, and comes once, with the reason where the
    /// connection was lost: `.refused(.disconnected)` is never told.
    enum Told {
        case action(ClientAction)
        /// All pieces that one read brought have been told.
        case readComplete
        /// `isLost` when the mail server or the network ended it, not we.
        case ended(reason: String, isLost: Bool)
    }

    private let client: TLSContext?
    private let serverName: String
    let readOnly: ReadOnlyGuard
    private let limits: ConnectionLimits
    private var machine: ClientStateMachine
    private var context: ChannelHandlerContext?
    private var deadline: Scheduled<Void>?
    private var endReason = "the mail server closed the connection"
    private var hasEnded = false
    /// LOGOUT is said: what else the server sends wins it no time.
    private var isLeaving = false
    /// Whether reading goes on by itself. Off while a body waits to be taken.
    var readsFreely = true {
        didSet { if self.readsFreely, !oldValue { self.readOn() } }
    }
    var tell: (Told) -> Void = { _ in }

    init(
        machine: ClientStateMachine,
        client: TLSContext?,
        serverName: String,
        readOnly: ReadOnlyGuard,
        limits: ConnectionLimits
    ) {
        self.machine = machine
        self.client = client
        self.serverName = serverName
        self.readOnly = readOnly
        self.limits = limits
    }

    var isIdle: Bool { self.machine.isIdle && !self.hasEnded }

    /// Messages have come or gone since the last answer to EXAMINE or NOOP.
    var hasHeardChange: Bool { self.machine.hasHeardChange }

    func takeTranscript() -> [String] { self.readOnly.takeTranscript() }

    /// One more burst of octets, while `readsFreely` is off.
    func readOn() {
        if !self.machine.isIdle { self.watch(self.limits.silence) }
        self.context?.read()
    }

    /// Carries out one command of the machine; only while `isIdle`. Out of turn it would never be sent, and its answer be waited
    /// for until the mail server's time is over: the connection ends at once instead.
    func command(_ body: (inout ClientStateMachine) -> [ClientAction]) {
        guard self.isIdle else { return self.close(reason: "a command was asked for out of turn") }
        self.watch(self.limits.silence)
        self.perform(body(&self.machine))
    }

    /// Says LOGOUT, and closes soon whatever the answer.
    func leave() {
        guard !self.hasEnded else { return }
        self.readsFreely = true
        self.watch(self.limits.farewell)
        self.isLeaving = true
        self.perform(self.machine.logout())
    }

    /// Ends it for its owner at once, whatever still happens on the channel.
    func close(reason: String) {
        self.endReason = reason
        let context = self.context
        self.end(isLost: false)
        context?.close(promise: nil)
    }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { self.begin() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.end(isLost: true)
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        self.begin()
    }

    private func begin() {
        self.watch(self.limits.greeting)
        self.perform(self.machine.connected())
        self.context?.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.hasEnded else { return }
        self.perform(self.machine.received(self.unwrapInboundIn(data)))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // While a body waits to be taken, the silence is ours.
        if self.machine.isIdle || !self.readsFreely {
            self.deadline?.cancel()
        } else {
            self.watch(self.limits.silence)
        }
        self.tell(.readComplete)
        if self.readsFreely { self.context?.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event as? TLSEvent {
        case .established: self.perform(self.machine.tlsEstablished())
        // The channel becomes inactive next, and what that means depends on what the machine waits for.
        case .closeNotify: context.close(promise: nil)
        case nil: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as TLSError: self.endReason = "TLS: \(error)"
        case let error as GuardRefusal: return self.close(reason: "the guard refused to send: \(error.reason)")
        default: self.endReason = "the connection failed: \(error)"
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.perform(self.machine.disconnected())
        self.end(isLost: true)
        context.fireChannelInactive()
    }

    private func end(isLost: Bool) {
        guard !self.hasEnded else { return }
        self.hasEnded = true
        self.deadline?.cancel()
        self.tell(.ended(reason: self.endReason, isLost: isLost))
        self.tell = { _ in }
    }

    /// Ends the connection unless something comes within `amount`.
    private func watch(_ amount: TimeAmount) {
        guard !self.isLeaving else { return }
        self.deadline?.cancel()
        guard let loop = self.context?.eventLoop, !self.hasEnded else { return }
        self.deadline = loop.assumeIsolated().scheduleTask(in: amount) {
            self.close(reason: "the mail server did not answer in time")
        }
    }

    // MARK: - Actions

    private func perform(_ actions: [ClientAction]) {
        for action in actions {
            switch action {
            case .send(let octets): self.context?.writeAndFlush(self.wrapOutboundOut(octets), promise: nil)
            case .startTLS: self.startTLS()
            case .computeSCRAM(let computation): self.compute(computation)
            case .close:
                let context = self.context
                self.end(isLost: true)
                context?.close(promise: nil)
            // The end itself is told with its reason.
            case .refused(.disconnected): break
            case .opened, .quota, .listed, .listingEnded, .present, .bodyBegan, .bodyPiece, .bodyEnded, .bodyGone,
                .fetchEnded, .header, .headersEnded, .alive, .refused, .notice:
                self.tell(.action(action))
            }
        }
    }

    private func compute(_ computation: SCRAMComputation) {
        guard let loop = self.context?.eventLoop, !self.hasEnded else { return }
        NIOThreadPool.singleton.runIfActive(eventLoop: loop) { computation.proof() }
            .assumeIsolated().whenComplete { result in
                switch result {
                case .success(let proof): self.perform(self.machine.scramComputed(proof))
                case .failure(let error): self.close(reason: "no thread for SCRAM: \(error)")
                }
            }
    }

    private func startTLS() {
        guard let context = self.context, let client = self.client else { return self.close(reason: "TLS: not set up") }
        do {
            let handler = try TLSHandler(client: client, serverName: self.serverName)
            try context.pipeline.syncOperations.addHandler(handler, position: .first)
        } catch {
            self.close(reason: "TLS: \(error)")
        }
    }
}

/// How long a mail server may be silent.
struct ConnectionLimits {
    var greeting = TimeAmount.seconds(15)
    var silence = TimeAmount.seconds(60)
    var farewell = TimeAmount.seconds(2)
}
