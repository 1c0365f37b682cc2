import Gateway
import Report
import Store

/// How a page shows a verdict: never by colour alone.
extension Verdict {
    var tone: String {
        switch self {
        case .ok: "good"
        case .lookAtIt: "warn"
        case .setWrong: "bad"
        }
    }
}

/// What is wrong with a device, and how it is mended.
struct DeviceFinding {
    struct Entry {
        let title: String
        let sentence: String
        let steps: [String]
        let programs: [Program]
        let hasPrograms: Bool
        /// Where the steps for each program stand.
        let mend: String?
    }

    struct Program {
        let program: String
        let steps: [String]
    }

    let name: String
    /// The device's page; for one without a name, what the record has of its address.
    let address: String
    let verdict: String
    let tone: String
    let diagnoses: [Entry]

    init(_ activity: DeviceActivity, _ texts: Texts) {
        let found = Diagnosis.of(activity)
        let verdict = Verdict(found)
        let address = Self.address(activity)
        self.name = activity.device == nil ? "\(texts("page.noName")) \(activity.name)" : activity.name
        self.address = address
        self.verdict = verdict.text(in: texts)
        self.tone = verdict.tone
        self.diagnoses = found.map { Self.entry($0, texts) }
    }

    static func address(_ activity: DeviceActivity) -> String {
        guard let device = activity.device else {
            return FormFields().setting("address", activity.name).address("/record")
        }
        return "/devices/\(device.value)"
    }

    static func entry(_ diagnosis: Diagnosis, _ texts: Texts) -> Entry {
        let steps = diagnosis.steps(in: texts)
        let programs = steps.dropFirst().map { Program(program: $0.program, steps: $0.steps) }
        return Entry(
            title: diagnosis.title(in: texts),
            sentence: diagnosis.sentence(in: texts),
            steps: steps.first?.steps ?? [],
            programs: programs,
            hasPrograms: !programs.isEmpty,
            mend: programs.isEmpty ? nil : "/help#setting"
        )
    }
}
