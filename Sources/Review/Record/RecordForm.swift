import Gateway
import Report
import Store

/// The form of the filters, as it was filled in.
struct RecordForm {
    /// Names to choose from; any other may be typed.
    private static let mostOffered = 50

    let text: String
    let since: String
    let until: String
    let device: String
    let account: String
    let address: String
    let session: String
    let message: String
    let actions: [[String: Any]]
    let outcomes: [[String: Any]]
    let effects: [[String: Any]]
    let kinds: [[String: Any]]
    /// What is known, to choose from.
    let devices: [String]
    let accounts: [String]
    /// Whether a filter is set that stands below the fold.
    let isDetailed: Bool

    init(_ query: RecordQuery, devices: [DeviceEntry], _ texts: Texts) {
        let fields = query.fields
        func options(_ name: String, _ values: [(value: String, text: String)]) -> [[String: Any]] {
            let chosen = fields[name] ?? ""
            var options = [("", texts("page.filter.any"))] + values
            // What nobody offered stays what is asked.
            if !options.contains(where: { $0.0 == chosen }) { options.append((chosen, chosen)) }
            return options.map { ["value": $0.0, "text": $0.1, "isChosen": $0.0 == chosen] }
        }
        self.text = fields["text"] ?? ""
        self.since = fields["since"] ?? ""
        self.until = fields["until"] ?? ""
        self.device = fields["device"] ?? ""
        self.account = fields["account"] ?? ""
        self.address = fields["address"] ?? ""
        self.session = fields["session"] ?? ""
        self.message = fields["message"] ?? ""
        self.actions = options(
            "action",
            Attempt.Action.allCases.map { ($0.rawValue, RecordWords.action($0.rawValue, in: texts)) }
        )
        self.outcomes = options(
            "outcome",
            [Attempt.Outcome.success, .failure, .unknown].map { outcome in
                (outcome.rawValue, RecordWords.outcome(outcome.rawValue, in: texts))
            }
        )
        self.effects = options(
            "done",
            RecordedEffect.allCases.map { ($0.rawValue, RecordWords.effect($0, in: texts)) }
        )
        self.kinds = options(
            "known",
            (IdentifierKind.allCases.map(\.rawValue) + [RecordFilter.nobody]).map { kind in
                (kind, RecordWords.known(kind, in: texts))
            }
        )
        self.devices = Array(Set(devices.map(\.device.name)).sorted().prefix(Self.mostOffered))
        self.accounts = Array(Set(devices.map(\.account)).sorted().prefix(Self.mostOffered))
        self.isDetailed = ["account", "outcome", "done", "address", "session", "known", "message"].contains {
            fields[$0] != nil
        }
    }
}
