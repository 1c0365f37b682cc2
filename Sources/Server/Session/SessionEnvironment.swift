package import Gateway
package import Logging

package import class TLS.TLSContext

/// What all sessions of a server share: the ports behind the gateway, the clock and chance. Handed in, so that a test
/// can run real sessions in a world of its own.
package struct SessionEnvironment: Sendable {
    package let mailboxes: any Mailboxes
    package let store: any Store
    package let recorder: any Recorder
    /// The accounts that are served, and what holds for their devices.
    package let accounts: AccountList
    package let policies: DevicePolicies
    /// Nil where no account has a password or token with us.
    package let secrets: (any AccountSecrets)?
    /// Nil where no unique-ids are to be taken over (`adopt`).
    package let adoption: AdoptionDesk?
    /// Nil where no device is ever told by a message that it is set wrong.
    package let notices: NoticeDesk?
    package let unidentified: UnidentifiedPolicy
    /// Microseconds since 1970, UTC.
    package let now: @Sendable () -> Int64
    /// The beginning of the day so many days ago, in the configured zone, in seconds since 1970.
    package let midnight: @Sendable (Int) -> Int64
    /// How long a refused login waits for its answer, in milliseconds (S-15: 1 to 3 seconds, at random).
    package let refusalDelay: @Sendable () -> Int64
    package let floods: FloodCounter
    package let presence: Presence
    package let logger: Logger

    package init(
        mailboxes: any Mailboxes,
        store: any Store,
        recorder: any Recorder,
        accounts: AccountList = AccountList(nil),
        policies: DevicePolicies = DevicePolicies(),
        secrets: (any AccountSecrets)? = nil,
        adoption: AdoptionDesk? = nil,
        notices: NoticeDesk? = nil,
        unidentified: UnidentifiedPolicy,
        now: @escaping @Sendable () -> Int64,
        midnight: @escaping @Sendable (Int) -> Int64 = { _ in 0 },
        refusalDelay: @escaping @Sendable () -> Int64,
        floods: FloodCounter,
        presence: Presence = Presence(),
        logger: Logger
    ) {
        self.mailboxes = mailboxes
        self.store = store
        self.recorder = recorder
        self.accounts = accounts
        self.policies = policies
        self.secrets = secrets
        self.adoption = adoption
        self.notices = notices
        self.unidentified = unidentified
        self.now = now
        self.midnight = midnight
        self.refusalDelay = refusalDelay
        self.floods = floods
        self.presence = presence
        self.logger = logger
    }

    /// The same with what a configuration says.
    func with(
        accounts: AccountList,
        policies: DevicePolicies,
        secrets: (any AccountSecrets)?,
        unidentified: UnidentifiedPolicy,
        midnight: @escaping @Sendable (Int) -> Int64
    ) -> SessionEnvironment {
        SessionEnvironment(
            mailboxes: self.mailboxes,
            store: self.store,
            recorder: self.recorder,
            accounts: accounts,
            policies: policies,
            secrets: secrets,
            adoption: self.adoption,
            notices: self.notices,
            unidentified: unidentified,
            now: self.now,
            midnight: midnight,
            refusalDelay: self.refusalDelay,
            floods: self.floods,
            presence: self.presence,
            logger: self.logger
        )
    }
}

/// What a listener says about its sessions.
package struct SessionSettings: Sendable {
    package let session: SessionConfiguration
    package let chain: IdentityChain
    /// The TLS context of this moment: certificates are exchanged while the server runs. Nil on a listener without TLS.
    package let tls: @Sendable () -> TLSContext?
    /// Seconds for USER and PASS, TLS included (S-11), in place of the machine's; tests and small offices change it.
    package let loginSeconds: Int?
    package let idleSeconds: Int?

    package init(
        session: SessionConfiguration,
        chain: IdentityChain = IdentityChain(),
        tls: @escaping @Sendable () -> TLSContext?,
        loginSeconds: Int? = nil,
        idleSeconds: Int? = nil
    ) {
        self.session = session
        self.chain = chain
        self.tls = tls
        self.loginSeconds = loginSeconds
        self.idleSeconds = idleSeconds
    }
}
