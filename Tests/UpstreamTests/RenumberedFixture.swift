import Gateway
import IMAP
import POP3
import TestSupport
import Upstream

extension Fixture {
    /// A login that lists and leaves.
    func poll() async throws -> Result<ListedMailbox, UpstreamFailure> {
        let lease = try await self.lease()
        let result = await lease.snapshot()
        lease.release()
        return result
    }

    /// Waits until the connections have gone and so many header keys are kept; these are kept while LOGOUT is said.
    func whenKept(_ count: Int) async {
        await self.server.whenQuiet()
        while self.store.headerKeys.count < count { await Task.yield() }
    }

    /// The mail server gives the messages the UIDs from `first`, under another UIDVALIDITY.
    func renumber(to validity: UInt32, from first: UInt32) {
        self.server.change { settings in
            guard var mailbox = settings.mailboxes[Fixture.name] else { return }
            for index in mailbox.mails.indices { mailbox.mails[index].uid = first + UInt32(index) }
            mailbox.validity = validity
            mailbox.uidNext = first + UInt32(mailbox.mails.count)
            settings.mailboxes[Fixture.name] = mailbox
        }
    }

    /// The UIDs of each FETCH of headers.
    var headerFetches: [[UInt32]] {
        let every = ScriptedMailbox.sample(1_000)
        return self.server.requests.filter { $0.isForHeaders }.map { every.uids(in: $0.arguments) }
    }
}

extension ScriptedMailServer.Request {
    var isForHeaders: Bool { self.verb == "UID FETCH" && self.arguments.contains("HEADER") }
    var isForList: Bool { self.verb == "UID FETCH" && self.arguments.contains("RFC822.SIZE") }
}

extension ScriptedMailServer.Settings {
    /// `count` messages, each longer than the one before: they can be told from each other without headers.
    static func distinct(_ count: Int) -> Self {
        var settings = Self()
        var mailbox = ScriptedMailbox.sample(count)
        for index in mailbox.mails.indices { mailbox.mails[index].octets += Array(repeating: 0x61, count: index * 7) }
        settings.mailboxes[Fixture.name] = mailbox
        return settings
    }

    /// `count` messages of one size and date.
    static func alike(_ count: Int) -> Self {
        var settings = Self()
        settings.mailboxes[Fixture.name] = .sample(count)
        return settings
    }
}

extension ListedMailbox {
    var uids: [UInt32] { (0..<self.snapshot.count).compactMap { self.snapshot[$0]?.uid.value } }
    var names: [String] { (0..<self.snapshot.count).compactMap { self.snapshot[$0]?.uniqueID.text } }
}
