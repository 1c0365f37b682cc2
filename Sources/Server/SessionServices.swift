package import Gateway
package import NIOCore

/// What a session needs of the world; handed in, so that a test or a seeded world can give it another.
package struct SessionServices: Sendable {
    /// Runs the identity chain, opens the mailbox, finds the device. Answers exactly once, on any thread.
    package let login: @Sendable (LoginRequest, Arrival, @escaping @Sendable (LoginAnswer) -> Void) -> Void
    /// The maildrop of a login that was admitted. Answers exactly once, on any thread.
    package let maildrop:
        @Sendable (Entrance, Arrival, @escaping @Sendable (Result<OpenedMaildrop, UpstreamFailure>) -> Void) -> Void
    package let recorder: any Recorder
    /// Microseconds since 1970, UTC.
    package let now: @Sendable () -> Int64
    /// How long a refused login waits for its answer (S-15): 1 to 3 s, drawn anew each time.
    package let refusalDelay: @Sendable () -> TimeAmount
    package let limits: Configuration.Limits

    package typealias LoginAnswer = Result<Entrance, LoginRefusal>

    package init(
        login: @escaping @Sendable (LoginRequest, Arrival, @escaping @Sendable (LoginAnswer) -> Void) -> Void,
        maildrop:
            @escaping @Sendable (
                Entrance, Arrival, @escaping @Sendable (Result<OpenedMaildrop, UpstreamFailure>) -> Void
            ) ->
            Void,
        recorder: any Recorder,
        now: @escaping @Sendable () -> Int64,
        refusalDelay: @escaping @Sendable () -> TimeAmount,
        limits: Configuration.Limits
    ) {
        self.login = login
        self.maildrop = maildrop
        self.recorder = recorder
        self.now = now
        self.refusalDelay = refusalDelay
        self.limits = limits
    }
}

/// A login that was let in, with its hold on the mailbox.
package struct Entrance: Sendable {
    package let admission: Admission
    package let lease: any MailboxLease

    package init(admission: Admission, lease: any MailboxLease) {
        self.admission = admission
        self.lease = lease
    }
}
