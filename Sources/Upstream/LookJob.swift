import Gateway
import IMAP

/// Looks at a mailbox for `check`: which UIDs exist, the flags of the newest, and whether reading one changes them.
final class LookJob: UpstreamJob {
    private enum Phase {
        case searching
        case flagsBefore
        case reading
        case flagsAfter
        case over
    }

    private static let newest = 20
    /// As much of a message as shows that it can be read.
    private static let sample: UInt32 = 65_536

    private var account: AccountConnection?
    private let answer: (Result<LookedMailbox, UpstreamFailure>) -> Void
    private weak var connection: UpstreamConnection?
    private var mailbox: ExaminedMailbox?
    private var phase = Phase.searching
    private var uids: [ClosedRange<UInt32>] = []
    private var before: [UInt32: [String]] = [:]
    private var after: [UInt32: [String]] = [:]
    private var newestWasRead: Bool?

    init(answer: @escaping (Result<LookedMailbox, UpstreamFailure>) -> Void) {
        self.answer = answer
    }

    func begin(on account: AccountConnection, _ connection: UpstreamConnection, _ mailbox: ExaminedMailbox) {
        self.account = account
        self.connection = connection
        self.mailbox = mailbox
        connection.command { $0.findPresent(in: mailbox) }
    }

    func hear(_ action: ClientAction) {
        switch action {
        case .present(let ranges):
            self.uids = ranges
            ranges.isEmpty ? self.done() : self.askFlags(.flagsBefore)
        case .listed(let messages): self.listed(messages)
        case .listingEnded: self.listingEnded()
        case .bodyPiece: self.newestWasRead = true
        case .fetchEnded: self.askFlags(.flagsAfter)
        case .refused(let refusal): self.refused(refusal)
        case .send, .startTLS, .computeSCRAM, .opened, .quota, .bodyBegan, .bodyEnded, .bodyGone, .alive,
            .header, .headersEnded, .notice, .close:
            break
        }
    }

    func fail(_ failure: UpstreamFailure) {
        if case .over = self.phase { return }
        self.phase = .over
        self.answer(.failure(failure))
    }

    private func askFlags(_ phase: Phase) {
        guard let mailbox = self.mailbox else { return }
        self.phase = phase
        let after = self.lowestOfNewest.flatMap { $0 > 1 ? UID($0 - 1) : nil }
        self.connection?.command { $0.listFlags(after: after, in: mailbox) }
    }

    /// The least of the newest UIDs; those between them need not exist.
    private var lowestOfNewest: UInt32? {
        var wanted = UInt32(Self.newest)
        for range in self.uids.reversed() {
            let (place, overflow) = range.upperBound.subtractingReportingOverflow(wanted - 1)
            if !overflow, place >= range.lowerBound { return place }
            wanted -= range.upperBound - range.lowerBound + 1
        }
        return self.uids.first?.lowerBound
    }

    private func listed(_ messages: [ListedMessage]) {
        for message in messages {
            guard let flags = message.flags?.filter({ $0.uppercased() != "\\RECENT" }).sorted() else { continue }
            if case .flagsAfter = self.phase {
                self.after[message.uid.value] = flags
            } else if self.before.count < Self.newest {
                self.before[message.uid.value] = flags
            }
        }
    }

    private func listingEnded() {
        guard case .flagsBefore = self.phase, let mailbox = self.mailbox else { return self.done() }
        guard let newest = (self.uids.last?.upperBound).flatMap(UID.init) else { return self.done() }
        self.phase = .reading
        self.newestWasRead = false
        self.connection?.command { $0.fetch([newest], .octets(offset: 0, length: Self.sample), in: mailbox) }
    }

    private func refused(_ refusal: ServerRefusal) {
        if case .reading = self.phase, self.connection?.isIdle == true { return self.askFlags(.flagsAfter) }
        self.fail(UpstreamFailure(refusal))
        if self.connection?.isIdle == true { self.account?.finished() }
    }

    private func done() {
        guard let mailbox = self.mailbox else { return }
        self.phase = .over
        self.account?.finished()
        self.answer(
            .success(
                LookedMailbox(
                    saysReadOnly: mailbox.saysReadOnly,
                    exists: mailbox.exists,
                    validity: mailbox.validity.value,
                    uids: self.uids,
                    flags: self.before.sorted { $0.key < $1.key }.map { uid, flags in
                        LookedMailbox.Flags(uid: uid, before: flags, after: self.after[uid])
                    },
                    newestWasRead: self.newestWasRead,
                    quota: self.account?.quota.map { LookedMailbox.Quota(usedKB: $0.used, limitKB: $0.limit) }
                )
            )
        )
    }
}
