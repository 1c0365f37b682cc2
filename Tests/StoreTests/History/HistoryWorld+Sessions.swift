import Gateway
import IMAP
import Linux
import POP3

// What devices do.
extension HistoryWorld {
    func inSession(
        _ index: Int,
        _ body: (inout HistorySession) async throws -> Void
    ) async throws {
        guard !self.sessions.isEmpty else { return }
        let index = index == HistoryStep.latest ? self.sessions.count - 1 : index % self.sessions.count
        var session = self.sessions.remove(at: index)
        try await body(&session)
        if !session.isClosed { self.sessions.append(session) }
    }

    func login(_ profile: HistoryProfile) async throws {
        guard self.sessions.count < 4 else { return }
        self.sessionsMade += 1
        let key = self.model.known[profile]
        let settings = key.flatMap { self.model.devices[$0]?.profile } ?? profile
        var session = try HistorySession(settings, saying: profile, number: self.sessionsMade)
        try await self.perform(session.machine.connected(), in: &session)
        session.read(acknowledged: true)
        try await self.say(.user(name: Array("info@example.com".utf8)), in: &session)
        try await self.say(.pass(Secret(Array("secret".utf8))), in: &session)
        guard session.takeHeard().hasSuffix("+OK Logged in\r\n"), let maildrop = session.maildrop else {
            throw HistoryModel.Broken("\(profile) was not let in")
        }
        if profile == .unidentified { session.withheld = self.model.withheld }
        session.mail = maildrop.listed.compactMap(\.entry.message).compactMap {
            self.ids[[session.epoch, $0.uid.value]]
        }
        try await self.say(.uidl(nil), in: &session)
        let lines = session.takeHeard().split(separator: "\r\n").dropFirst().dropLast()
        guard lines.count == session.mail.count else {
            throw HistoryModel.Broken("UIDL and the maildrop differ")
        }
        let texts = lines.compactMap { $0.split(separator: " ").last.map(String.init) }
        try self.model.see(zip(session.mail, texts).map { (id: $0, uniqueID: $1) }, by: session.device)
        self.sessions.append(session)
    }

    func quit(_ session: inout HistorySession) async throws {
        session.read(acknowledged: true)
        try await self.say(.quit, in: &session)
        let device = session.device.flatMap { self.model.current($0) }
        let isOrphan = session.device != nil && device == nil && !session.marks.isEmpty
        try self.expect(isOrphan ? "-ERR [SYS/TEMP]" : "+OK bye", in: &session)
        if !isOrphan { self.model.commit(Set(session.marks.keys), of: device) }
    }

    /// The line is lost: what is confirmed is committed where the device is set so.
    func lose(_ session: inout HistorySession, _ loss: (inout SessionStateMachine) -> [SessionAction]) async throws {
        try await self.perform(loss(&session.machine), in: &session)
        guard session.isClosed else { throw HistoryModel.Broken("a session goes on without a line") }
        guard session.profile.commitsConfirmed,
            let device = session.device.flatMap({ self.model.current($0) })
        else {
            return
        }
        self.model.commit(session.confirmed, of: device)
    }

    func retrieve(_ message: Int, in session: inout HistorySession) async throws {
        guard let (number, id) = self.pick(message, in: session) else { return }
        session.fetched = nil
        try await self.say(.retr(number), in: &session)
        let heard = session.takeHeard()
        let isThere = session.epoch == self.epoch && self.upstream.contains { $0.id == id }
        let isServed = session.marks[id] == nil && isThere && !session.withheld.contains(id)
        guard heard.hasPrefix(isServed ? "+OK" : "-ERR") else {
            throw HistoryModel.Broken("\(session.profile) asked for \(id) and heard \(heard.prefix(60))")
        }
        guard isServed else { return }
        guard session.fetched.map({ self.ids[[session.epoch, $0.value]] }) == id,
            heard.contains("mail \(id)\r\n.\r\n")
        else {
            throw HistoryModel.Broken("\(session.profile) asked for \(id) and was served another message")
        }
        session.served.insert(id)
    }

    func delete(_ message: Int, in session: inout HistorySession) async throws {
        guard let (number, id) = self.pick(message, in: session) else { return }
        try await self.say(.dele(number), in: &session)
        let isMarked = session.marks[id] != nil
        try self.expect(isMarked ? "-ERR" : "+OK", in: &session)
        if !isMarked { session.marks[id] = session.arrived.contains(id) }
    }

    func pick(_ message: Int, in session: HistorySession) -> (MessageNumber, Int)? {
        guard !session.mail.isEmpty else { return nil }
        let index = message % session.mail.count
        return MessageNumber(index + 1).map { ($0, session.mail[index]) }
    }

    func say(_ command: POP3.Command, in session: inout HistorySession) async throws {
        guard session.machine.takes(.success(command)) else {
            throw HistoryModel.Broken("\(command) is not taken")
        }
        try await self.perform(session.machine.commandReceived(.success(command)), in: &session)
    }

    func expect(_ start: String, in session: inout HistorySession) throws {
        let heard = session.takeHeard()
        guard heard.hasPrefix(start) else {
            throw HistoryModel.Broken("\(session.profile) heard \(heard.prefix(60)) in place of \(start)")
        }
    }
}
