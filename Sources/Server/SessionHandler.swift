package import Gateway
package import NIOCore
import POP3
package import TLS

/// A device's connection: feeds what happens into the session state machine and carries out what it decides, in order.
///
/// One command at a time is handed in, as the machine takes them. While none is taken, or the device does not read its
/// answers, what it sends waits in the framer, and above 16 KiB no more is read (P-10): TCP then holds the device back.
package final class SessionHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// Octets of waiting commands above which reading stops.
    static let longestQueue = 16 * 1024
    /// A TLS handshake that takes longer is given up (S-11).
    static let handshakeDeadline = TimeAmount.seconds(15)

    var machine: SessionStateMachine
    var context: ChannelHandlerContext?
    let services: SessionServices
    let arrival: Arrival
    let tls: TLSContext?
    let isImplicitTLS: Bool
    var framer = LineFramer()
    /// A command that was read and that the machine does not take yet.
    private var held: Result<Command, SyntaxError>?
    private var owesRead = false
    private var isPumping = false
    /// Answers of one pass, written together.
    private var answers = ByteBuffer()
    var records = RecordBatch()
    var timers: [SessionTimer: Scheduled<Void>] = [:]
    var handshake: Scheduled<Void>?
    var entrance: Entrance?
    var source: (any BodySource)?
    var owesPull = false
    var owesWritable = false
    private(set) var isOver = false

    package init(
        machine: SessionStateMachine,
        arrival: Arrival,
        services: SessionServices,
        tls: TLSContext?,
        isImplicitTLS: Bool
    ) {
        self.machine = machine
        self.arrival = arrival
        self.services = services
        self.tls = tls
        self.isImplicitTLS = isImplicitTLS
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { self.begin() }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.end(reason: "connection closed")
        self.context = nil
    }

    package func channelActive(context: ChannelHandlerContext) {
        self.begin()
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        self.end(reason: "connection closed")
        context.fireChannelInactive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.framer.receive(self.unwrapInboundIn(data))
        self.run { _ in [] }
    }

    package func read(context: ChannelHandlerContext) {
        if self.isFull { self.owesRead = true } else { context.read() }
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return context.fireChannelWritabilityChanged() }
        if self.owesPull {
            self.owesPull = false
            self.source?.more()
        }
        let isWanted = self.owesWritable
        self.owesWritable = false
        self.run { isWanted ? $0.writable() : [] }
        context.fireChannelWritabilityChanged()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSEvent.established(let session):
            self.handshake?.cancel()
            self.handshake = nil
            let description = TLSDescription(
                version: session.version,
                cipher: session.cipher,
                serverName: session.serverName
            )
            self.run { $0.tlsEstablished(description) }
        case TLSEvent.closeNotify:
            self.end(reason: "device closed")
            context.close(promise: nil)
        case is ChannelShouldQuiesceEvent:
            self.run { $0.quiesce() }
        default:
            break
        }
        context.fireUserInboundEventTriggered(event)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isHandshake = self.handshake != nil
        self.handshake?.cancel()
        self.handshake = nil
        if isHandshake {
            self.run { $0.refusedConnection(reason: SessionReason.text(error)) }
        }
        self.end(reason: SessionReason.text(error))
        context.close(promise: nil)
    }

    /// Hands an event in, carries out what comes of it, and goes on with the commands that wait.
    func run(_ event: (inout SessionStateMachine) -> [SessionAction]) {
        guard !self.isOver else { return }
        let actions = event(&self.machine)
        guard !self.isPumping else { return self.perform(actions) }
        self.isPumping = true
        self.perform(actions)
        self.pump()
        self.isPumping = false
        self.send(self.records.take())
        self.writeAnswers()
        self.context?.flush()
        self.readAgain()
    }

    private func perform(_ actions: [SessionAction]) {
        for action in actions { self.perform(action) }
    }

    private func pump() {
        while !self.isOver, self.handshake == nil, self.context?.channel.isWritable == true {
            if self.machine.awaitsSASL, self.held == nil {
                guard let frame = self.framer.next(.sasl) else { return }
                switch frame {
                case .line(let line): self.perform(self.machine.saslLineReceived(line))
                // RFC 5034 §4: "*" cancels; a response that is too long is as good as none.
                case .lineTooLong: self.perform(self.machine.saslLineReceived([UInt8(ascii: "*")]))
                }
                continue
            }
            guard let command = self.held ?? self.framer.next(.command).map(Self.parse) else { return }
            guard self.machine.takes(command) else {
                self.held = command
                return
            }
            self.held = nil
            self.perform(self.machine.commandReceived(command))
        }
    }

    private static func parse(_ frame: LineFramer.Frame) -> Result<Command, SyntaxError> {
        switch frame {
        case .line(let line): Result { () throws(SyntaxError) in try CommandParser.parse(line) }
        case .lineTooLong: .failure(.lineTooLong)
        }
    }

    /// Whether something stands behind the command under way.
    var hasInput: Bool { self.held != nil || self.framer.buffered > 0 }

    private var isFull: Bool {
        let isHeldBack = self.held != nil || self.context?.channel.isWritable == false
        return isHeldBack && self.framer.buffered >= Self.longestQueue
    }

    private func readAgain() {
        guard self.owesRead, !self.isFull else { return }
        self.owesRead = false
        self.context?.read()
    }

    func answer(_ response: Response) { response.write(into: &self.answers) }

    func writeAnswers() {
        guard self.answers.readableBytes > 0 else { return }
        self.context?.write(self.wrapOutboundOut(self.answers), promise: nil)
        self.answers = ByteBuffer()
    }

    /// The connection is over for the session: what it holds is given back, and its last records are written.
    func end(reason: String) {
        guard !self.isOver else { return }
        let actions = self.machine.disconnected(reason: reason)
        self.perform(actions)
        self.isOver = true
        self.send(self.records.take())
        for timer in self.timers.values { timer.cancel() }
        self.timers = [:]
        self.handshake?.cancel()
        self.handshake = nil
        self.source?.cancel()
        self.source = nil
        self.entrance?.lease.release()
        self.entrance = nil
    }
}
