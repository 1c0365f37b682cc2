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
        case bodyCame, bodyBegan, bodyPiece, bodyEnded, bodyFailed, drained, acknowledged, disconnected, quiesce
        case timer(SessionTimer)
    }

    private enum Body: Hashable { case none, asked, began, pulled }
    /// What a record that is not answered yet is of.
    private enum Awaited: Hashable { case quit, served, other }

    var machine: SessionStateMachine
    private(set) var isClosed = false
    /// The first promise that was broken.
    private(set) var broken: String?
    private(set) var trace: [Step] = []

    private let speaker: Speaker
    private let disconnect: DisconnectPolicy
    /// The maildrop has a notice of our own, and nothing else.
    private let hasNotice: Bool
    private var commandsLeft: Int
    /// Commands without a reply, oldest first.
    private var open: [Command] = []
    /// Records not answered.
    private var records: [Awaited] = []
    private var body = Body.none
    private var awaitsListing = false
    private var awaitsDrained = false
    private var timers: Set<SessionTimer> = []
    private var loginIsRecorded = false
    private var retrievalIsRecorded = false
    private var resultIsRecorded = false
    private var quitIsKept = false
    private var bodyIsWhole = false
    /// The row of the message whose answer is under way.
    private var retrieving: UInt32?
    /// Rows whose final dot was said, those of them that were acknowledged since, and those of these with a mark.
    private var sent: Set<UInt32> = []
    private var arrived: Set<UInt32> = []
    private var confirmed: Set<UInt32> = []
    private var isMarked = false
    private var isOpen = false
    /// A DELE that waits for the listing.
    private var deleteWaits = false
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
            && left.resultIsRecorded == right.resultIsRecorded && left.retrieving == right.retrieving
            && left.sent == right.sent && left.arrived == right.arrived && left.confirmed == right.confirmed
            && left.isMarked == right.isMarked && left.deleteWaits == right.deleteWaits
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(self.machine)
        hasher.combine(self.records)
        hasher.combine(self.commandsLeft)
        hasher.combine(self.body)
        hasher.combine(self.timers)
        hasher.combine(self.sent)
        hasher.combine(self.arrived)
        hasher.combine(self.open.count)
        hasher.combine(self.isClosed)
    }

    /// Logged in upstream, and the maildrop asked for.
    init(
        speaker: Speaker,
        disconnect: DisconnectPolicy = .never,
        hasNotice: Bool = false,
        commandsLeft: Int
    ) throws {
        self.hasNotice = hasNotice
        self.disconnect = disconnect
        self.machine = Samples.machine()
        self.speaker = speaker
        self.commandsLeft = commandsLeft
        _ = self.machine.connected()
        _ = self.machine.commandReceived(.success(.user(name: Array("info".utf8))))
        _ = self.machine.commandReceived(.success(.pass(Samples.secret)))
        self.open = [.pass(Samples.secret)]
        let settings = DeviceSettings(onDisconnect: disconnect)
        let admission = Admission(account: "info", speaker: speaker, settings: settings, transcript: [])
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
        if !self.sent.isEmpty { steps.append(.acknowledged) }
        switch self.body {
        case .none: break
        case .asked: steps += [.bodyCame, .bodyBegan, .bodyFailed]
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
            self.note(command)
            self.see(self.machine.commandReceived(.success(command)))
        case .recorded(let succeeds): self.takeRecorded(succeeds)
        case .listed(let succeeds):
            self.awaitsListing = false
            self.isOpen = succeeds
            self.isMarked = self.deleteWaits && succeeds
            self.see(
                self.machine.maildropAnswered(
                    succeeds ? Samples.opened(hasNotice: self.hasNotice) : .failure(.preparing)
                )
            )
        case .bodyCame:
            self.body = .none
            self.bodyIsWhole = true
            let octets = ByteBuffer(string: "Subject: a\r\n\r\n.\r\n")
            self.see(self.machine.bodyCame(octets: 17, [octets], transcript: []))
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
        case .acknowledged:
            self.arrived.formUnion(self.sent)
            self.sent = []
            self.machine.inputBegan(isAcknowledged: true)
        case .disconnected:
            let actions = self.machine.disconnected(reason: "gone")
            self.see(actions)
            self.isClosed = true
        case .quiesce: self.see(self.machine.quiesce())
        case .timer(let timer):
            self.timers.remove(timer)
            if timer == .listing { self.deleteWaits = false }
            self.see(self.machine.timerFired(timer))
        }
    }

    /// The marks that may be committed when the line is lost, as the rule says it.
    private mutating func note(_ command: Command) {
        switch command {
        case .dele where !self.isOpen: self.deleteWaits = true
        case .dele:
            if self.arrived.contains(7), !self.isMarked { self.confirmed.insert(7) }
            self.isMarked = true
        case .rset:
            self.confirmed = []
            self.isMarked = false
        case _: break
        }
    }

    private mutating func takeRecorded(_ succeeds: Bool) {
        let awaited = self.records.removeFirst()
        if succeeds {
            if awaited == .quit { self.quitIsKept = true }
            if awaited == .served { self.resultIsRecorded = true }
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
            if self.hasNotice { self.broken = "something of a notice goes upstream" }
            self.body = .asked
            self.bodyIsWhole = false
            self.piecesLeft = 1
            self.retrievalIsRecorded = false
            self.resultIsRecorded = false
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
        if case .retr = command, !self.hasNotice { self.retrieving = 7 }
        if case .pass = command, !self.loginIsRecorded { self.broken = "a login that is not on record" }
        if case .stat = command, text == "0 0", !self.hasNotice {
            self.broken = "an empty maildrop in place of a failure"
        }
        if case .quit = command, !self.quitIsKept { self.broken = "+OK to QUIT before it was kept" }
        if case .retr = command, !self.retrievalIsRecorded { self.broken = "a message that is not on record" }
    }

    private mutating func seePiece(_ piece: ByteBuffer) {
        guard piece == Response.finalDot else { return }
        if !self.bodyIsWhole, !self.hasNotice { self.broken = "a final dot after a body that did not come whole" }
        if self.retrieving != nil, !self.resultIsRecorded { self.broken = "a final dot whose result is not on record" }
        if let row = self.retrieving, self.disconnect == .confirmed, case .device = self.speaker {
            self.sent.insert(row)
        }
        self.retrieving = nil
    }

    private mutating func seeRecord(_ attempts: [Attempt], _ changes: [Change], _ durability: Durability) {
        let isQuit = attempts.contains { $0.action == .quit && $0.outcome == .success }
        let isServed = attempts.contains { $0.action == .retr && $0.outcome == .success }
        self.records.append(isQuit ? .quit : isServed ? .served : .other)
        self.seeEnd(attempts, changes)
        for change in changes {
            switch change {
            case .hide(_, _, let rows):
                if durability != .synced { self.broken = "hidden and not synced" }
                if !isQuit, rows != NumberRanges(numbers: self.confirmed) { self.broken = "hidden without QUIT" }
                guard case .device = self.speaker else {
                    self.broken = "hidden for nobody known"
                    return
                }
            case .withhold:
                if self.open.last != .quit || durability != .synced { self.broken = "withheld without QUIT" }
                if self.speaker != .unidentified(.once) { self.broken = "withheld from the wrong one" }
            case .size, .details, .headers:
                if self.hasNotice { self.broken = "a notice is taken for a message" }
            case .endNotice:
                if !isQuit || durability != .synced || !self.isMarked { self.broken = "a notice taken away unasked" }
            }
        }
        let takesNotice = changes.contains { change in
            if case .endNotice = change { true } else { false }
        }
        if isQuit, self.hasNotice, self.isMarked, !takesNotice { self.broken = "a notice that stays" }
        if self.hasNotice, attempts.contains(where: { $0.message != nil || $0.numbers != nil }) {
            self.broken = "a notice on record as a message"
        }
    }

    /// When the line is lost, what is confirmed is hidden; else a session's end hides nothing.
    private mutating func seeEnd(_ attempts: [Attempt], _ changes: [Change]) {
        guard attempts.contains(where: { $0.action == .sessionEnd && $0.reason != "quit" }) else { return }
        let isLost = [.disconnected, .quiesce, .timer(.idle)].contains(self.trace.last)
        let hides = changes.contains { change in
            if case .hide = change { true } else { false }
        }
        if isLost, hides == self.confirmed.isEmpty { self.broken = "the line was lost, hidden: \(hides)" }
    }
}
