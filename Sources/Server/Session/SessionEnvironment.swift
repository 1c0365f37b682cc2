package import Gateway
package import Logging

package import class TLS.TLSContext

/// What all sessions of a server share: the ports behind the gateway, the clock and chance. Handed in, so that a test
/// can run real sessions in a world of its own.
package struct SessionEnvironment: Sendable {
    package let mailboxes: any Mailboxes
    package let store: any Store
    package let recorder: any Recorder
    package let identityChain: IdentityChain
    package let unidentified: UnidentifiedPolicy
    /// Microseconds since 1970, UTC.
    package let now: @Sendable () -> Int64
    /// How long a refused login waits for its answer, in milliseconds (S-15: 1 to 3 seconds, at random).
    package let refusalDelay: @Sendable () -> Int64
    package let floods: FloodCounter
    package let logger: Logger

    package init(
        mailboxes: any Mailboxes,
        store: any Store,
        recorder: any Recorder,
        identityChain: IdentityChain,
        unidentified: UnidentifiedPolicy,
        now: @escaping @Sendable () -> Int64,
        refusalDelay: @escaping @Sendable () -> Int64,
        floods: FloodCounter,
        logger: Logger
    ) {
        self.mailboxes = mailboxes
        self.store = store
        self.recorder = recorder
        self.identityChain = identityChain
        self.unidentified = unidentified
        self.now = now
        self.refusalDelay = refusalDelay
        self.floods = floods
        self.logger = logger
    }
}

/// What a listener says about its sessions.
package struct SessionSettings: Sendable {
    package let session: SessionConfiguration
    /// The TLS context of this moment: certificates are exchanged while the server runs. Nil on a listener without TLS.
    package let tls: @Sendable () -> TLSContext?
    /// Seconds for USER and PASS, TLS included (S-11), in place of the machine's; tests and small offices change it.
    package let loginSeconds: Int?
    package let idleSeconds: Int?

    package init(
        session: SessionConfiguration,
        tls: @escaping @Sendable () -> TLSContext?,
        loginSeconds: Int? = nil,
        idleSeconds: Int? = nil
    ) {
        self.session = session
        self.tls = tls
        self.loginSeconds = loginSeconds
        self.idleSeconds = idleSeconds
    }
}
