import Gateway

import struct IMAP.UID

// The ports that answer by a closure, for who waits in a task.
extension Mailboxes {
    func open(_ login: UpstreamLogin) async throws(UpstreamRefusal) -> OpenedMailbox {
        try await withCheckedContinuation { continuation in
            self.open(login) { continuation.resume(returning: $0) }
        }.get()
    }
}

extension MailboxLease {
    func snapshot() async throws(UpstreamFailure) -> ListedMailbox {
        try await withCheckedContinuation { continuation in
            self.snapshot { continuation.resume(returning: $0) }
        }.get()
    }

    func headers(of uids: [UID]) async throws(UpstreamFailure) -> [FetchedHeader] {
        try await withCheckedContinuation { continuation in
            self.headers(of: uids) { continuation.resume(returning: $0) }
        }.get()
    }
}
