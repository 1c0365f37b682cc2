import NIOCore

// Headers that are read once a session has ended.
extension SharedMailbox {
    /// Behind the end of a session, before headers are read: the next poll may be there already.
    private static let pause = TimeAmount.milliseconds(200)

    func scheduleAfterward() {
        guard !self.isClosed, self.afterward == nil, !self.isReadingAfterward else { return }
        self.afterward = self.loop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.afterward = nil
            self.readAfterward()
        }
    }

    /// Only on a connection that stands idle, and where nobody waits.
    private func readAfterward() {
        guard !self.isClosed, self.waiting.isEmpty, let job = self.afterwardJob else { return }
        guard let connection = self.connections.first(where: \.isIdle) else { return self.scheduleAfterward() }
        self.isReadingAfterward = true
        connection.run(job)
    }

    var afterwardJob: AfterwardJob? {
        guard let mailbox = self.listing.mailbox else { return nil }
        let purpose = AfterwardJob.Purpose(
            mailbox: mailbox,
            collectsKeys: self.surroundings.dialler.configuration.collectsHeaderKeys,
            details: self.surroundings.records(of: self.session)
        )
        guard purpose.collectsKeys || purpose.details != nil else { return nil }
        return AfterwardJob(loop: self.loop, self.surroundings, purpose) { [weak self] in
            self?.isReadingAfterward = false
        }
    }
}
