import Gateway
import IMAP
import NIOCore

/// What a session holds: every call is a message to the mailbox's event loop.
struct ConnectionLease: MailboxLease {
    let mailbox: NIOLoopBound<LeasedMailbox>

    func snapshot(answer: @escaping @Sendable (Result<ListedMailbox, UpstreamFailure>) -> Void) {
        self.mailbox.eventLoop.execute { self.mailbox.value.snapshot(answer: answer) }
    }

    func headers(
        of uids: [UID],
        answer: @escaping @Sendable (Result<[FetchedHeader], UpstreamFailure>) -> Void
    ) {
        self.mailbox.eventLoop.execute { self.mailbox.value.headers(of: uids, answer: answer) }
    }

    func body(_ request: BodyRequest, sink: @escaping @Sendable (BodyEvent) -> Void) -> any BodySource {
        let source = ConnectionBody(reader: NIOLoopBoundBox.makeEmptyBox(eventLoop: self.mailbox.eventLoop))
        self.mailbox.eventLoop.execute { source.reader.value = self.mailbox.value.body(request, sink: sink) }
        return source
    }

    func takeBack(_ transcript: [String]) {
        guard !transcript.isEmpty else { return }
        self.mailbox.eventLoop.execute { self.mailbox.value.takeBack(transcript) }
    }

    func release() {
        self.mailbox.eventLoop.execute { self.mailbox.value.release() }
    }
}

/// The handle of one fetch. Calls made before the fetch was begun come after it on the loop.
struct ConnectionBody: BodySource {
    let reader: NIOLoopBoundBox<BodyReader?>

    func more() { self.reader.eventLoop.execute { self.reader.value?.more() } }
    func cancel() { self.reader.eventLoop.execute { self.reader.value?.cancel() } }
}
