/// What an operator should look at. The raw value is the `reason` of the record with the action `alert`.
package enum AlertKind: String, Hashable, Sendable, CaseIterable {
    case massDeletion = "mass deletion"
    /// An address that was never seen without a name before.
    case unidentifiedDevice = "new unidentified device"
    case repeatedFailures = "repeated failures"
    case sharedName = "two PCs on one name"
    case recordBroken = "record broken"
    case diskFull = "disk full"
    case diskNearlyFull = "disk nearly full"
    case mailboxNearlyFull = "mailbox nearly full"
    /// Something would have written to a mailbox, and was kept from it.
    case stoppedWrite = "write upstream stopped"
}

/// Of whom an alert speaks. What is nil is not known, or there is nobody.
package struct AlertSubject: Hashable, Sendable {
    package var device: Device?
    package var account: String?
    package var address: IPAddress?
    package var session: SessionID?

    package init(
        device: Device? = nil,
        account: String? = nil,
        address: IPAddress? = nil,
        session: SessionID? = nil
    ) {
        self.device = device
        self.account = account
        self.address = address
        self.session = session
    }
}

extension AuditRecord {
    /// `sentence` says what was noticed; a record of it is no attempt of anybody.
    package static func alert(
        _ kind: AlertKind,
        about subject: AlertSubject,
        sentence: String,
        counts: [String: Int] = [:],
        at time: Int64
    ) -> AuditRecord {
        let attempt = Attempt(
            action: .alert,
            outcome: .success,
            asked: "",
            answered: "",
            done: sentence,
            reason: kind.rawValue,
            counts: counts
        )
        return AuditRecord(time: time, origin: .notice(subject), attempt: attempt)
    }
}
