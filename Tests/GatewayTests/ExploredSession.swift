import Gateway
import NIOCore
import POP3
import Testing

/// A session together with what its world owes it, and what was seen of it so far. Two of them are equal when they can
/// do the same from here on.
struct ExploredSession: Hashable {
    enum Step: Hashable {
        case command(Command)
        case recorded(succeeds: Bool)
        case listed(succeeds: Bool)
        case bodyBegan, bodyPiece, bodyEnded, bodyFailed, drained, disconnected, quiesce
        case timer(SessionTimer)
    }

    private enum Body: Hashable { case none, asked, began, pulled }

    var machine: SessionStateMachine
    private(set) var isClosed = false
    /// The first promise that was broken.
    private(set) var broken: String?
    private(set) var trace: [Step] = []

    private let speaker: Speaker
    private var commandsLeft: Int
    /// Commands without a reply, oldest first.
    private var open: [Command] = []
    /// Records not answered: whether each is QUIT's.
    private var records: [Bool] = []
    private var body = Body.none
    private var awaitsListing = false
    private var awaitsDrained = false
    private var timers: Set<SessionTimer> = []
    private var loginIsRecorded = false
    private var retrievalIsRecorded = false
    private var quitIsKept = false
    private var bodyIsWhole = false
    /// A body of more pieces leads nowhere new.
    private var piecesLeft = 1

    static func == (left: ExploredSession, right: ExploredSession) -> Bool {
        left.machine == right.machine && left.records == right.records && left.body == right.body
            && left.awaitsListing == right.awaitsListing && left.awaitsDrained == right.awaitsDrained
            && left.timers == right.timers && left.commandsLeft == right.commandsLeft
            && left.piecesLeft == right.piecesLeft
            && left.isClosed == right.isClosed && left.broken == right.broken && left.open == right.open
            && left.quitIsKept == right.quitIsKept && left.bodyIsWhole == right.bodyIsWhole
            && left.retrievalIsRecorded == right.retrievalIsRecorded
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(self.machine)
        hasher.combine(self.records)
        hasher.combine(self.commandsLeft)
    }

    /// Logged in upstream, and the maildrop asked for.
    init(speaker: Speaker, commandsLeft: Int) throws {
        self.machine = Samples.machine()
        self.speaker = speaker
        self.commandsLeft = commandsLeft
        _ = self.machine.connected()
        _ = self.machine.commandReceived(.success(.user(name: Array("info".utf8))))
        _ = self.machine.commandReceived(.success(.pass(Samples.secret)))
        self.open = [.pass(Samples.secret)]
        let admission = Admission(account: "info", speaker: speaker, transcript: [])
        self.see(self.machine.loginAnswered(.success(admission)))
    }

    var possibleSteps: [Step] {
        guard !self.isClosed else { return [] }
        var steps: [Step] = [.disconnected, .quiesce]
        if self.commandsLeft > 0 {
            steps += Samples.commands.filter { self.machine.takes(.success($0)) }.map(Step.command)
        }
        if !self.records.isEmpty { steps += [.recorded(succeeds: true), .recorded(succeeds: false)] }
        if self.awaitsListing { steps += [.listed(succeeds: true), .listed(succeeds: false)] }
        if self.awaitsDrained { steps.append(.drained) }
        switch self.body {
        case .none: break
        case .asked: steps += [.bodyBegan, .bodyFailed]
        case .began: steps.append(.bodyFailed)
        case .pulled: steps += (self.piecesLeft > 0 ? [.bodyPiece] : []) + [.bodyEnded, .bodyFailed]
        }
        return steps + self.timers.map(Step.timer)
    }

    mutating func take(_ step: Step) {
        self.trace.append(step)
        switch step {
        case .command(let command):
            self.commandsLeft -= 1
            self.open.append(command)
            self.see(self.machine.commandReceived(.success(command)))
        case .recorded(let succeeds): self.takeRecorded(succeeds)
        case .listed(let succeeds):
            self.awaitsListing = false
            self.see(self.machine.maildropAnswered(succeeds ? Samples.opened() : .failure(.preparing)))
        case .bodyBegan:
            self.body = .began
            self.see(self.machine.bodyBegan(octets: 20))
        case .bodyPiece:
            self.body = .began
            self.piecesLeft -= 1
            self.see(self.machine.bodyReceived([ByteBuffer(string: "Subject: a\r\n\r\n.\r\n")]))
        case .bodyEnded:
            self.body = .none
            self.bodyIsWhole = true
            self.see(self.machine.bodyEnded(transcript: []))
        case .bodyFailed:
            self.body = .none
            self.see(self.machine.bodyFailed(.messageUnavailable, transcript: []))
        case .drained:
            self.awaitsDrained = false
            self.see(self.machine.drained())
        case .disconnected:
            let actions = self.machine.disconnected(reason: "gone")
            self.see(actions)
            self.isClosed = true
        case .quiesce: self.see(self.machine.quiesce())
        case .timer(let timer):
            self.timers.remove(timer)
            self.see(self.machine.timerFired(timer))
        }
    }

    private mutating func takeRecorded(_ succeeds: Bool) {
        let isQuit = self.records.removeFirst()
        if succeeds {
            if isQuit { self.quitIsKept = true }
            self.loginIsRecorded = true
            self.retrievalIsRecorded = true
        }
        self.see(self.machine.recorded(succeeds ? .success(()) : .failure(.full)))
    }

    private mutating func see(_ actions: [SessionAction]) {
        for action in actions {
            if self.isClosed, actions.last != .close { self.broken = "something after close" }
            self.see(action)
        }
        if !self.isClosed, self.machine.takes(.success(.noop)), !self.open.isEmpty {
            self.broken = "a reply is missing"
        }
    }

    private mutating func see(_ action: SessionAction) {
        switch action {
        case .reply(let response): self.seeReply(response)
        case .piece(let piece): self.seePiece(piece)
        case .record(let attempts, let changes, let durability): self.seeRecord(attempts, changes, durability)
        case .openMaildrop: self.awaitsListing = true
        case .fetch:
            self.body = .asked
            self.bodyIsWhole = false
            self.piecesLeft = 1
            self.retrievalIsRecorded = false
        case .pullBody: self.body = .pulled
        case .cancelBody: self.body = .none
        case .awaitDrained: self.awaitsDrained = true
        case .startTimer(let timer, seconds: _): self.timers.insert(timer)
        case .cancelTimer(let timer): self.timers.remove(timer)
        case .close: self.isClosed = true
        case .login, .startTLS, .awaitWritable, .log: break
        }
    }

    private mutating func seeReply(_ response: Response) {
        guard let command = self.open.first else {
            self.broken = "a reply without a command"
            return
        }
        self.open.removeFirst()
        guard case .ok(let text) = response else { return }
        if case .pass = command, !self.loginIsRecorded { self.broken = "a login that is not on record" }
        if case .stat = command, text == "0 0" { self.broken = "an empty maildrop in place of a failure" }
        if case .quit = command, !self.quitIsKept { self.broken = "+OK to QUIT before it was kept" }
        if case .retr = command, !self.retrievalIsRecorded { self.broken = "a message that is not on record" }
    }

    private mutating func seePiece(_ piece: ByteBuffer) {
        guard piece == Response.finalDot else { return }
        if !self.bodyIsWhole { self.broken = "a final dot after a body that did not come whole" }
    }

    private mutating func seeRecord(_ attempts: [Attempt], _ changes: [Change], _ durability: Durability) {
        let isQuit = attempts.contains { $0.action == .quit && $0.outcome == .success }
        self.records.append(isQuit)
        for change in changes {
            switch change {
            case .hide:
                if self.open.last != .quit || durability != .synced { self.broken = "hidden without QUIT" }
                guard case .device = self.speaker else {
                    self.broken = "hidden for nobody known"
                    return
                }
            case .withhold:
                if self.open.last != .quit || durability != .synced { self.broken = "withheld without QUIT" }
                if self.speaker != .unidentified(.once) { self.broken = "withheld from the wrong one" }
            case .size, .details: break
            }
        }
    }
}
