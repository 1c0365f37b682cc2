import NIOCore
import TLS

import enum POP3.ClientAction
import struct POP3.ClientStateMachine
import enum POP3.ServiceFailure

/// One connection to a provider's own POP3 service: octets become events for POP3's `ClientStateMachine`, and what it
/// wants sent goes through the guard. Lives on its channel's event loop.
final class ProviderConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long the service may be silent; a large maildrop is listed slowly.
    private static let silence = TimeAmount.seconds(120)
    /// How long it may stand, whatever is said meanwhile: a service that says a little again and again would hold a run,
    /// and the first logins that wait for it, for ever. What was learned until then is kept.
    private static let lifetime = TimeAmount.hours(1)
    private static let farewell = TimeAmount.seconds(5)

    private let client: TLSContext?
    private let serverName: String
    let readOnly: POP3Guard
    private var machine: ClientStateMachine
    private var context: ChannelHandlerContext?
    private var deadline: Scheduled<Void>?
    private var limit: Scheduled<Void>?
    private var lastWords: ServiceFailure?
    private var hasLeft = false
    private var hasEnded = false
    /// What the machine has found, and `.failed` at the end if it did not end well; always on the event loop. `.close` is
    /// the last.
    var tell: (ClientAction) -> Void = { _ in }

    init(machine: ClientStateMachine, client: TLSContext?, serverName: String, readOnly: POP3Guard) {
        self.machine = machine
        self.client = client
        self.serverName = serverName
        self.readOnly = readOnly
    }

    /// Carries out one command of the machine.
    func command(_ body: (inout ClientStateMachine) -> [ClientAction]) {
        guard !self.hasEnded, !self.hasLeft else { return self.tell(self.lastWords.map { .failed($0) } ?? .close) }
        self.watch(Self.silence)
        self.perform(body(&self.machine))
    }

    /// Says QUIT, and closes soon whatever the answer.
    func leave() {
        guard !self.hasEnded, !self.hasLeft else { return }
        self.hasLeft = true
        self.deadline?.cancel()
        self.deadline = self.close(in: Self.farewell, .disconnected)
        self.perform(self.machine.quit())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.limit = self.close(in: Self.lifetime, .unavailable("the service took more than an hour"))
        guard context.channel.isActive else { return }
        self.watch(Self.silence)
        self.perform(self.machine.connected())
        context.read()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.end()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.hasEnded else { return }
        self.perform(self.machine.received(self.unwrapInboundIn(data)))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard !self.hasEnded else { return }
        if self.machine.isIdle { self.deadline?.cancel() } else if !self.hasLeft { self.watch(Self.silence) }
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event as? TLSEvent {
        case .established: self.perform(self.machine.tlsEstablished())
        case .closeNotify: context.close(promise: nil)
        case nil: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.lastWords =
            switch error {
            case let error as TLSError: .unavailable("TLS: \(error)")
            case let error as GuardRefusal: .unavailable("the guard refused to send: \(error.reason)")
            default: .unavailable("the connection failed: \(error)")
            }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.perform(self.machine.disconnected())
        self.end()
        context.fireChannelInactive()
    }

    private func end() {
        guard !self.hasEnded else { return }
        self.hasEnded = true
        self.deadline?.cancel()
        self.limit?.cancel()
        self.tell(.close)
        self.tell = { _ in }
    }

    private func watch(_ amount: TimeAmount) {
        self.deadline?.cancel()
        self.deadline = self.close(in: amount, .unavailable("the service did not answer in time"))
    }

    private func close(in amount: TimeAmount, _ words: ServiceFailure) -> Scheduled<Void>? {
        guard let loop = self.context?.eventLoop, !self.hasEnded else { return nil }
        return loop.assumeIsolated().scheduleTask(in: amount) {
            self.lastWords = words
            self.context?.close(promise: nil)
        }
    }

    private func perform(_ actions: [ClientAction]) {
        for action in actions {
            switch action {
            case .send(let octets): self.context?.writeAndFlush(self.wrapOutboundOut(octets), promise: nil)
            case .startTLS: self.startTLS()
            case .listed, .header, .headersEnded: self.tell(action)
            case .failed(let failure): self.tell(.failed(self.lastWords ?? failure))
            case .close:
                let context = self.context
                self.end()
                context?.close(promise: nil)
            }
        }
    }

    private func startTLS() {
        guard let context = self.context, let client = self.client else { return }
        do {
            let handler = try TLSHandler(client: client, serverName: self.serverName)
            try context.pipeline.syncOperations.addHandler(handler, position: .first)
        } catch {
            self.lastWords = .unavailable("TLS: \(error)")
            context.close(promise: nil)
        }
    }
}
