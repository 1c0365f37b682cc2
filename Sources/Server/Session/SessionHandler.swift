package import Gateway
import Logging
package import NIOCore
import NIOExtras
import POP3
import TLS

/// A device's channel: octets become commands and events for the `SessionStateMachine`, its actions are carried out in
/// order. Decides nothing.
///
/// Commands are handed in one at a time, as the machine takes them; what has come too early waits in the framer, and
/// with 16 KiB waiting, or with replies the device does not read, the channel is not read any further (P-10).
package final class SessionHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// Octets that may wait for their turn before reading stops.
    private static let maximumWaiting = 16_384

    let environment: SessionEnvironment
    let settings: SessionSettings
    let logger: Logger
    var machine: SessionStateMachine
    var context: ChannelHandlerContext?
    /// The channel's loop; stays when the channel has gone, since answers still come.
    private(set) var loop: (any EventLoop)?
    private var framer = LineFramer()
    /// Taken from the framer, and not yet by the machine.
    private var waiting: LineFramer.Frame?
    private var readIsHeld = false
    /// The device has closed its side: what it had sent before is still carried out, but nothing more is fetched.
    private(set) var isGone = false
    private var isDriving = false
    /// Something happened while commands were handed in, e.g. a flush made the channel writable again.
    private var isDriveDue = false
    private var endReason = "connection closed by the device"

    var output = SessionOutput()
    var records = SessionRecords()
    var timers: [SessionTimer: RunningTimer] = [:]
    var handshake: Scheduled<Void>?
    /// The session has ended, and its last octets are not with the kernel yet.
    var linger: Scheduled<Void>?
    var lease: (any MailboxLease)?
    /// Who was let in.
    var admission: Admission?
    /// Nil when nobody knows which device it is.
    var place: Presence.Place?
    /// The rows that were delivered whole, where there is a place.
    var fetched = NumberRanges()
    var body: RunningBody?
    /// Numbers the fetches of this session, so that a late event of a cancelled one is told apart.
    var bodiesFetched = 0
    var commandStarted: Int64 = 0

    package init(environment: SessionEnvironment, settings: SessionSettings, arrival: Arrival) {
        self.environment = environment
        self.settings = settings
        self.machine = SessionStateMachine(configuration: settings.session, arrival: arrival)
        var logger = environment.logger
        logger[metadataKey: "session"] = "\(arrival.session)"
        self.logger = logger
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.loop = context.eventLoop
        if context.channel.isActive { self.begin() }
    }

    package func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    package func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        self.begin()
    }

    private func begin() {
        if self.settings.session.encryption == .implicit { self.awaitHandshake() }
        self.commandStarted = self.environment.now()
        self.perform(self.machine.connected())
        self.drive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.machine.hasEnded else { return }
        self.inputBegins()
        self.framer.receive(self.unwrapInboundIn(data))
        self.drive()
    }

    package func read(context: ChannelHandlerContext) {
        if self.mayRead { context.read() } else { self.readIsHeld = true }
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            self.deviceCanTakeMore()
            self.drive()
        }
        context.fireChannelWritabilityChanged()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as TLSEvent: self.tlsHappened(event)
        case is ChannelShouldQuiesceEvent:
            self.perform(self.machine.quiesce())
            self.drive()
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case TLSError.truncated: self.endReason = "connection cut by the device"
        case let error as TLSError: self.perform(self.machine.refusedConnection(reason: Self.reason(of: error)))
        default: self.endReason = "connection failed"
        }
        self.logger.debug("session error", metadata: ["error": "\(type(of: error))"])
        self.drive()
        context.close(promise: nil)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        self.deviceIsGone()
        context.fireChannelInactive()
    }

    private func tlsHappened(_ event: TLSEvent) {
        switch event {
        case .established(let session):
            self.handshake?.cancel()
            self.handshake = nil
            let description = TLSDescription(
                version: session.version,
                cipher: session.cipher,
                serverName: session.serverName,
                clientCertificate: session.clientCertificate.map {
                    ClientCertificate(keyDigest: $0.keyDigest, commonName: $0.commonName)
                }
            )
            self.perform(self.machine.tlsEstablished(description))
        case .closeNotify:
            self.context?.close(promise: nil)
        }
        self.drive()
    }

    private static func reason(of error: TLSError) -> String {
        switch error {
        case .certificate(let reason): "TLS: the device's certificate was not accepted: \(reason)"
        case .handshake(let reason), .protocolViolation(let reason): "TLS: \(reason)"
        case .configuration(_, let reason): "TLS: \(reason)"
        case .truncated: "TLS: cut"
        }
    }

    // MARK: - Commands

    /// Hands commands in as long as the machine takes them, then sends what came of it: one job for the recorder, one
    /// write for the device, or some when the replies are long.
    func drive() {
        guard !self.isDriving else {
            self.isDriveDue = true
            return
        }
        self.isDriving = true
        repeat {
            self.isDriveDue = false
            while self.handInOne() { self.flushIfMuch() }
            self.submitRecords()
            self.flush()
        } while self.isDriveDue
        self.isDriving = false
        self.finishIfGone()
        self.resumeReading()
    }

    private func handInOne() -> Bool {
        guard self.isGone || self.context?.channel.isWritable == true else { return false }
        if self.machine.awaitsSASL { return self.handInSASL() }
        if self.waiting == nil { self.waiting = self.framer.next(.command) }
        guard let frame = self.waiting else { return false }
        let command = Self.command(frame)
        guard self.machine.takes(command) else { return false }
        self.waiting = nil
        self.commandStarted = self.environment.now()
        self.perform(self.machine.commandReceived(command))
        return true
    }

    private func handInSASL() -> Bool {
        guard let frame = self.waiting ?? self.framer.next(.sasl) else { return false }
        self.waiting = nil
        self.commandStarted = self.environment.now()
        switch frame {
        case .line(let line): self.perform(self.machine.saslLineReceived(line))
        case .lineTooLong: self.perform(self.machine.commandReceived(.failure(.lineTooLong)))
        }
        return true
    }

    private static func command(_ frame: LineFramer.Frame) -> Result<Command, SyntaxError> {
        switch frame {
        case .line(let line): Result { () throws(SyntaxError) in try CommandParser.parse(line) }
        case .lineTooLong: .failure(.lineTooLong)
        }
    }

    /// Octets that came and were not handed in: after STLS there must be none (S-01).
    var hasInputWaiting: Bool { self.waiting != nil || self.framer.buffered > 0 }

    /// The framer of the time before TLS must not live on (RFC 2595 §4).
    func forgetInput() {
        self.framer = LineFramer()
        self.waiting = nil
    }

    private var mayRead: Bool {
        guard let context = self.context, !self.isGone else { return true }
        return context.channel.isWritable && (self.waiting == nil || self.framer.buffered < Self.maximumWaiting)
    }

    private func resumeReading() {
        guard self.readIsHeld, self.mayRead else { return }
        self.readIsHeld = false
        self.lookForCrossing()
        self.context?.read()
    }

    // MARK: - The end

    /// What the device had sent before it closed counts (P-61): a QUIT that has come commits. But nothing is fetched for
    /// it any more, and an answer to RETR that could not be written ends the session at once.
    private func deviceIsGone() {
        guard !self.isGone else { return }
        self.isGone = true
        self.handshake?.cancel()
        self.linger?.cancel()
        self.linger = nil
        self.drive()
    }

    private func finishIfGone() {
        guard self.isGone, self.machine.hasEnded || self.records.isEmpty else { return }
        self.perform(self.machine.disconnected(reason: self.endReason))
        self.submitRecords()
        self.release()
    }

    /// Called when the machine has said `.close`, or the connection has ended with nothing left to do.
    func release() {
        for timer in self.timers.values { timer.task.cancel() }
        self.timers = [:]
        self.handshake?.cancel()
        self.handshake = nil
        self.body?.source.cancel()
        self.body = nil
        self.lease?.release()
        self.lease = nil
        self.place?.leave()
        self.place = nil
    }
}
