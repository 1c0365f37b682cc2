import Gateway
import IMAP
import NIOCore

// What the connection tells.
extension AccountConnection {
    func told(_ told: UpstreamConnection.Told) {
        switch told {
        case .action(let action): self.told(action)
        case .readComplete:
            self.collectLines()
            self.current?.readCompleted()
        case .ended(let reason, let isLost): self.ended(reason: reason, isLost: isLost)
        }
    }

    private func told(_ action: ClientAction) {
        switch action {
        case .opened(let mailbox): self.opened(mailbox)
        case .quota(let used, let limit): self.hear(used: used, limit: limit)
        case .refused(.throttled(let seconds)): self.throttled(seconds: seconds)
        case .notice(let text): self.hear(notice: text)
        case .refused(let refusal) where self.current == nil: self.refused(refusal)
        case .listed, .listingEnded, .present, .bodyBegan, .bodyPiece, .bodyEnded, .bodyGone, .fetchEnded, .header,
            .headersEnded, .alive, .refused:
            self.current?.hear(action)
        case .send, .startTLS, .computeSCRAM, .close: break
        }
    }

    private func opened(_ mailbox: ExaminedMailbox) {
        guard let connection = self.connection else { return }
        self.openingDeadline?.cancel()
        self.asksQuota = false
        self.line = .up(connection, mailbox)
        self.agreed = nil
        self.countsGone = false
        self.examinations &+= 1
        self.examinedAt = .now()
        // A job had EXAMINE said again.
        if let job = self.current { return job.hear(.opened(mailbox)) }
        let opening = self.opening
        self.opening = nil
        opening?(.success(mailbox))
        self.next()
    }

    private func refused(_ refusal: ServerRefusal) {
        self.warn(of: refusal)
        self.refusal = self.refusal ?? UpstreamFailure(refusal)
    }

    private func throttled(seconds: Int?) {
        self.pause(seconds: seconds)
        if let job = self.current { return job.hear(.refused(.throttled(seconds: seconds))) }
        self.refused(.throttled(seconds: seconds))
    }

    func ended(reason: String, isLost: Bool = false) {
        self.keepAlive?.cancel()
        self.openingDeadline?.cancel()
        self.collectLines()
        self.connection = nil
        self.line = .down
        self.agreed = nil
        let failure = self.refusal ?? .unavailable(reason: reason)
        self.refusal = nil
        let job = self.current
        self.current = nil
        // No connection is made for what can wait.
        if self.isReleased { self.jobs = [] }
        if let opening = self.opening {
            self.opening = nil
            opening(.failure(failure))
            return self.isReleased ? self.rest() : ()
        }
        if let job {
            if isLost, !self.isReleased, job.beginsAgain {
                self.jobs.insert(job, at: 0)
                return self.reopen()
            }
            job.fail(failure)
        }
        self.fail(failure, .lost)
    }
}
