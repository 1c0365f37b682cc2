import Gateway
import IMAP
import Linux
import NIOCore
import POP3

/// Everything round one session, scripted: a device's line, a store, and a mail server's side that answers at once,
/// later, or not at all. Carries out the actions of a `SessionStateMachine` as the server's shell does, and writes down
/// what it saw.
package struct SessionWorld {
    private var script = SessionScript()
    private var session: SessionStateMachine?
    private var framer = LineFramer()
    private var held: [UInt8] = []
    /// A parsed command that the session did not take yet.
    private var waiting: Result<POP3.Command, POP3.SyntaxError>?
    private var events: [(inout SessionStateMachine) -> [SessionAction]] = []
    private var delayed: [(inout SessionStateMachine) -> [SessionAction]] = []
    private var body = ScriptedBody(pieces: [], ending: .ended)
    private var unanswered: [String: [(inout SessionStateMachine) -> [SessionAction]]] = [:]
    private var toDevice: [UInt8] = []
    private var output: [String] = []
    package private(set) var isClosed = false

    package init() {}

    package mutating func connect() {
        var session = SessionStateMachine(configuration: self.script.configuration, arrival: self.script.arrival)
        let actions = session.connected()
        self.session = session
        self.carryOut(actions)
        if self.script.configuration.encryption == .implicit { self.happen { $0.tlsEstablished(SessionScript.tls) } }
        self.run()
    }

    package mutating func hold(_ octets: [UInt8]) { self.held += octets }

    /// What was held and this come in one read.
    package mutating func send(_ octets: [UInt8]) {
        if self.waiting == nil, self.framer.buffered == 0 {
            self.session?.inputBegan(isAcknowledged: self.script.isAcknowledged)
        }
        self.framer.receive(ByteBuffer(bytes: self.held + octets))
        self.held = []
        self.run()
    }

    mutating func happen(_ event: @escaping (inout SessionStateMachine) -> [SessionAction]) {
        self.events.append(event)
        self.run()
    }

    package mutating func fire(_ name: String) {
        guard let timer = SessionTimer.allCases.first(where: { "\($0)" == name }) else {
            self.output.append("no timer \(name)")
            return
        }
        self.happen { $0.timerFired(timer) }
    }

    /// `release NAME` lets answers through that were held back; everything else is a setting of the script.
    package mutating func set(_ key: String, _ value: String) {
        guard key == "release" else {
            if !self.script.set(key, value) { self.output.append("no setting \(key) \(value)") }
            return
        }
        self.events += self.unanswered.removeValue(forKey: value) ?? []
        self.run()
    }

    package mutating func takeOutput() -> [String] {
        self.flushLines()
        defer { self.output = [] }
        return self.output
    }

    private mutating func run() {
        while let event = self.nextEvent() {
            guard var session = self.session else { return }
            let actions = event(&session)
            self.session = session
            self.carryOut(actions)
        }
    }

    private mutating func nextEvent() -> ((inout SessionStateMachine) -> [SessionAction])? {
        if !self.events.isEmpty { return self.events.removeFirst() }
        if let command = self.nextCommand() { return command }
        return self.delayed.isEmpty ? nil : self.delayed.removeFirst()
    }

    private mutating func nextCommand() -> ((inout SessionStateMachine) -> [SessionAction])? {
        guard let session = self.session, !self.isClosed else { return nil }
        if self.waiting == nil, session.awaitsSASL {
            guard let frame = self.framer.next(.sasl) else { return nil }
            switch frame {
            case .line(let line): return { $0.saslLineReceived(line) }
            case .lineTooLong: return { $0.commandReceived(.failure(.lineTooLong)) }
            }
        }
        guard session.takes(.success(.noop)) || session.takes(.success(.quit)) || self.isMarking else { return nil }
        if self.waiting == nil {
            switch self.framer.next(.command) {
            case .line(let line): self.waiting = Result { () throws(POP3.SyntaxError) in try CommandParser.parse(line) }
            case .lineTooLong: self.waiting = .failure(.lineTooLong)
            case nil: return nil
            }
        }
        guard let command = self.waiting, session.takes(command) else { return nil }
        self.waiting = nil
        return { $0.commandReceived(command) }
    }

    private var isMarking: Bool {
        guard let one = MessageNumber(1) else { return false }
        return self.session?.takes(.success(.dele(one))) == true
    }

    private mutating func carryOut(_ actions: [SessionAction]) {
        for action in actions { self.carryOut(action) }
    }

    private mutating func carryOut(_ action: SessionAction) {
        if self.isClosed, case .record = action {
        } else if self.isClosed {
            self.output.append("after close: \(action)")
        }
        switch action {
        case .reply(let response):
            var buffer = ByteBuffer()
            response.write(into: &buffer)
            self.toDevice += buffer.readableBytesView
        case .piece(let piece): self.toDevice += piece.readableBytesView
        case .startTLS:
            self.say("-- TLS")
            let isClean = self.framer.takeRest().readableBytes == 0
            self.events.append {
                isClean ? $0.tlsEstablished(SessionScript.tls) : $0.refusedConnection(reason: "octets behind STLS")
            }
        case .login(let request):
            let kind = if case .token = request.secret { " with a token" } else { "" }
            self.say("-> login \(request.name.pictures) by \(request.method)\(kind)")
            let answer = self.script.loginAnswer
            self.answer("login", held: self.script.isHeld("login")) { $0.loginAnswered(answer) }
        case .openMaildrop:
            let answer = self.script.listingAnswer
            self.answer("listing", held: self.script.isHeld("listing")) { $0.maildropAnswered(answer) }
        case .record(let attempts, let changes, let durability): self.record(attempts, changes, durability)
        case .fetch(let request): self.fetch(request)
        case .pullBody:
            let event = self.body.next()
            self.answer("body", held: self.script.isHeld("body")) { event.apply(to: &$0) }
        case .cancelBody: self.say("-> cancel")
        case .awaitWritable: self.answer("writable", held: self.script.isHeld("writable")) { $0.writable() }
        case .awaitDrained: self.answer("drained", held: self.script.isHeld("drained")) { $0.drained() }
        case .startTimer(.refusalDelay, seconds: _): self.delayed.append { $0.timerFired(.refusalDelay) }
        case .startTimer(let timer, let seconds):
            if self.script.shows("timers"), timer != .idle { self.say("timer \(timer) \(seconds)") }
        case .cancelTimer(let timer): if self.script.shows("timers") { self.say("no timer \(timer)") }
        case .log(let text): self.say("log: \(text)")
        case .close:
            self.isClosed = true
            self.say("closed")
        }
    }

    private mutating func record(_ attempts: [Attempt], _ changes: [Change], _ durability: Durability) {
        let succeeds = self.script.storeWorks
        if self.script.shows("records") { for attempt in attempts { self.say("R: \(attempt.line)") } }
        if succeeds {
            for change in changes { self.say("DB: \(change.line)\(durability == .synced ? ", synced" : "")") }
        }
        let answer: Result<Void, StoreFailure> = succeeds ? .success(()) : .failure(.full)
        self.answer("store", held: self.script.isHeld("store")) { $0.recorded(answer) }
    }

    private mutating func fetch(_ request: BodyRequest) {
        self.say("-> fetch \(request.uid.value) \(request.section.line)")
        switch self.script.bodyAnswer(to: request) {
        case .success(let body):
            let octets = UInt64(body.pieces.reduce(0) { $0 + $1.readableBytes })
            if self.script.arrivesWhole, octets <= 65_536, body.ending == .ended {
                self.answer("body", held: self.script.isHeld("body")) {
                    $0.bodyCame(octets: octets, body.pieces, transcript: [body.line])
                }
                return
            }
            self.body = body
            self.answer("body", held: self.script.isHeld("body")) { $0.bodyBegan(octets: octets) }
        case .failure(let failure):
            self.answer("body", held: self.script.isHeld("body")) { $0.bodyFailed(failure, transcript: []) }
        }
    }

    private mutating func answer(
        _ name: String,
        held: Bool,
        _ event: @escaping (inout SessionStateMachine) -> [SessionAction]
    ) {
        if held { self.unanswered[name, default: []].append(event) } else { self.events.append(event) }
    }

    private mutating func say(_ line: String) {
        self.flushLines()
        self.output.append(line)
    }

    private mutating func flushLines() {
        while let end = self.toDevice.firstIndex(of: 10) {
            var line = Array(self.toDevice[..<end])
            self.toDevice.removeFirst(end + 1)
            if line.last == 13 { line.removeLast() } else { line += Array("<LF alone>".utf8) }
            self.output.append(line.isEmpty ? "S:" : "S: \(line.pictures)")
        }
        if !self.toDevice.isEmpty, self.isClosed {
            self.output.append("S: \(self.toDevice.pictures)<cut>")
            self.toDevice = []
        }
    }
}
