import Gateway
import IMAP
import NIOCore
import POP3
import Store
import TestSupport
import Testing

// Carries out what a session wants done, as the server does.
extension HistoryWorld {
    func perform(_ actions: [SessionAction], in session: inout HistorySession) async throws {
        var waiting = actions[...]
        while let action = waiting.popFirst() {
            waiting += try await self.perform(action, in: &session)
        }
    }

    private func text(of uid: UID, in session: HistorySession) -> String {
        "Subject: a\r\n\r\nmail \(self.ids[[session.epoch, uid.value]] ?? 0)\r\n"
    }

    func perform(
        _ action: SessionAction,
        in session: inout HistorySession
    ) async throws -> [SessionAction] {
        switch action {
        case .reply(let response):
            var octets = ByteBuffer()
            response.write(into: &octets)
            session.heard += String(buffer: octets)
            return []
        case .piece(let piece):
            session.heard += String(buffer: piece)
            return []
        case .login:
            let speaker = try await self.speaker(session.saying)
            let admission = Admission(
                account: "info@example.com",
                speaker: speaker,
                settings: session.profile.settings,
                transcript: []
            )
            return session.machine.loginAnswered(.success(admission))
        case .openMaildrop:
            let maildrop = try await self.open(&session)
            session.maildrop = maildrop
            return session.machine.maildropAnswered(
                .success(OpenedMaildrop(maildrop: maildrop, transcript: []))
            )
        case .record(let attempts, let changes, let durability):
            let origin = AuditRecord.Origin.session(session.machine.origin)
            let records = attempts.map {
                AuditRecord(time: 1_764_000_000_000_000, origin: origin, attempt: $0)
            }
            let entry = RecordEntry(records: records, changes: changes)
            let store = self.store
            return session.machine.recorded(
                await withCheckedContinuation { continuation in
                    store.write(entry, durability) { continuation.resume(returning: $0) }
                }
            )
        case .fetch(let request):
            guard session.epoch == self.epoch else {
                return session.machine.bodyFailed(.uidValidityChanged, transcript: [])
            }
            guard self.upstream.contains(where: { $0.uid == request.uid.value }) else {
                return session.machine.bodyFailed(.messageGone, transcript: [])
            }
            session.fetched = request.uid
            // What is short comes at once, what is long piece by piece.
            guard request.uid.value.isMultiple(of: 2) else { return session.machine.bodyBegan(octets: 20) }
            let text = ByteBuffer(string: self.text(of: request.uid, in: session))
            return session.machine.bodyCame(octets: 20, [text], transcript: [])
        case .pullBody:
            guard let uid = session.fetched else { return [] }
            let text = self.text(of: uid, in: session)
            return session.machine.bodyReceived([ByteBuffer(string: text)]).filter { $0 != .pullBody }
                + session.machine.bodyEnded(transcript: [])
        case .awaitDrained: return session.machine.drained()
        case .awaitWritable: return session.machine.writable()
        case .close:
            session.isClosed = true
            return []
        case .startTLS, .cancelBody, .startTimer, .cancelTimer, .log: return []
        }
    }

    func speaker(_ profile: HistoryProfile) async throws -> Speaker {
        guard profile != .unidentified else { return .unidentified(.once) }
        let tag = Identifier(kind: .tag, value: profile.rawValue.lowercased())
        return .device(try await self.store.device(self.account, identifier: tag), by: tag)
    }

    /// Lists the mailbox, and makes the maildrop as the server does.
    func open(_ session: inout HistorySession) async throws -> Maildrop {
        let listed = try await self.list()
        session.epoch = self.epoch
        self.model.list(Set(self.present.map(\.id)))
        session.device = self.model.login(session.saying)
        return try await self.maildrop(listed, session.machine.origin.speaker, session.profile)
    }

    func maildrop(
        _ listed: StoredListing,
        _ speaker: Speaker?,
        _ profile: HistoryProfile
    ) async throws -> Maildrop {
        var view = DeviceView.everything
        var withheld = NumberRanges()
        if case .device(let device, by: _) = speaker {
            view = try await self.store.view(device.id, of: self.mailbox, self.terms(profile))
        } else {
            withheld = try await self.store.withheld(
                self.mailbox,
                from: try #require(IPAddress("192.0.2.7"))
            )
        }
        return Maildrop(
            mailbox: self.mailbox,
            snapshot: listed.snapshot,
            view: view,
            withheld: withheld
        )
    }

    func terms(_ profile: HistoryProfile) -> ViewTerms {
        let settings = profile.settings
        let first: ViewTerms.FirstSees =
            switch settings.newDevice ?? .everything {
            case .everything: .everything
            case .fromNow: .nothing
            case .days(let days): .since(self.model.midnight(days))
            }
        return ViewTerms(
            firstSees: first,
            windowBegins: settings.windowDays.map { self.model.midnight($0) },
            uniqueIDs: settings.uniqueIDs
        )
    }
}
