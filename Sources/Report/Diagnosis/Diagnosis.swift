package import Store

/// What is wrong with a PC's settings, found in what it did; with the evidence.
package enum Diagnosis: Hashable, Sendable {
    /// Deletes what it has just retrieved: "leave a copy on the server" is off.
    case leavesNoCopy(deleted: Int, retrieved: Int)
    /// Deletes what it retrieved so many days before.
    case deletesAfter(days: Int, deleted: Int)
    /// Was switched over to "leave no copy": it deleted at once what it had left for long, or never retrieved.
    case wasSwitchedOver(DeviceActivity.Deletion)
    /// Has no name and deletes: it is stopped at what it deleted before.
    case hasNoNameAndDeletes(deleted: Int, withheld: Int)
    /// Only TLS older than 1.2, or none at all: `none`.
    case oldTLS(version: String, sessions: Int)
    /// A password that is refused again and again, with the usual pause in seconds.
    case stalePassword(refused: Int, secondsBetween: Int)
    /// The number of the alert.
    case twoOnOneName(alert: Int64)

    /// Never changes: JSON, the page's addresses and the texts go by it.
    package var key: String {
        switch self {
        case .leavesNoCopy: "leaves-no-copy"
        case .deletesAfter: "deletes-after"
        case .wasSwitchedOver: "was-switched-over"
        case .hasNoNameAndDeletes: "has-no-name-and-deletes"
        case .oldTLS: "old-tls"
        case .stalePassword: "stale-password"
        case .twoOnOneName: "two-on-one-name"
        }
    }

    /// Every key, in the order in which findings are told.
    package static let keys = [
        "has-no-name-and-deletes", "was-switched-over", "leaves-no-copy", "deletes-after", "two-on-one-name",
        "stale-password", "old-tls",
    ]
}

/// What is to be thought of a device, in one word.
package enum Verdict: String, Hashable, Sendable, CaseIterable {
    case ok
    /// It may have been mended since, or is no setting of a mail program: somebody should look.
    case lookAtIt = "look-at-it"
    case setWrong = "set-wrong"

    package init(_ diagnoses: [Diagnosis]) {
        let verdicts = diagnoses.map(Self.of)
        self = verdicts.contains(.setWrong) ? .setWrong : verdicts.isEmpty ? .ok : .lookAtIt
    }

    private static func of(_ diagnosis: Diagnosis) -> Verdict {
        switch diagnosis {
        case .leavesNoCopy, .deletesAfter, .hasNoNameAndDeletes, .stalePassword: .setWrong
        // It happened once; whether the program is still set so, its later polls say.
        case .wasSwitchedOver: .lookAtIt
        case .twoOnOneName, .oldTLS: .lookAtIt
        }
    }

    package func text(in texts: Texts) -> String { texts("verdict.\(self.rawValue)") }
}
