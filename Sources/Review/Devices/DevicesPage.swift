import Gateway
import Hummingbird
import Report
import Store

/// All devices, those with a wrong setting first.
struct DevicesPage: Page {
    let frame: PageFrame

    func add(to routes: PageRoutes) {
        routes.get("devices") { try await self.list($0) }
    }

    private struct Content {
        let hint: String
        let devices: [Line]
        let hasDevices: Bool
        let unnamed: [Line]
        let hasUnnamed: Bool
    }

    private struct Line {
        let name: String
        let address: String
        /// Empty where it was not here in the period.
        let verdict: String?
        let tone: String
        let account: String
        let knownBy: String
        let lastSeen: String
        let retrieved: String
        let asked: String
        let hidden: String
        let rank: Int
    }

    private func list(_ visit: Visit) async throws -> Response {
        let period = ReviewPeriod(self.frame)
        let (entries, activities) = try await visit.timing.store {
            (
                try await self.frame.store.devices(),
                try await self.frame.store.activity(since: period.since, until: period.until)
            )
        }
        let known = Dictionary(activities.compactMap { activity in activity.device.map { ($0, activity) } }) { $1 }
        let devices = entries.map { self.line($0, known[$0.device.id], visit.texts) }
        // Whoever only knocked is no device; whoever does so all day is one with an old password.
        let unnamed = activities.filter { $0.device == nil && ($0.polls > 0 || Verdict(Diagnosis.of($0)) != .ok) }
            .map { self.line($0, visit.texts) }
        let content = Content(
            hint: visit.texts("page.devices.hint", ["days": visit.texts.counted("day", period.days)]),
            devices: devices.sorted { ($0.rank, $0.name.lowercased()) < ($1.rank, $1.name.lowercased()) },
            hasDevices: !devices.isEmpty,
            unnamed: unnamed.sorted { ($0.rank, $0.name) < ($1.rank, $1.name) },
            hasUnnamed: !unnamed.isEmpty
        )
        return self.frame.page("devices", content, title: "page.devices.title", for: visit)
    }

    private func line(_ entry: DeviceEntry, _ activity: DeviceActivity?, _ texts: Texts) -> Line {
        let verdict = activity.map { Verdict(Diagnosis.of($0)) }
        return Line(
            name: entry.device.name,
            address: "/devices/\(entry.device.id.value)",
            verdict: verdict?.text(in: texts),
            tone: verdict?.tone ?? "",
            account: entry.account,
            knownBy: entry.identifiers.joined(separator: ", "),
            lastSeen: entry.lastSeen.isEmpty ? "" : self.frame.times.text(entry.lastSeen),
            retrieved: texts.number(activity?.retrieved ?? 0),
            asked: texts.number(activity?.askedToDelete ?? 0),
            hidden: texts.number(entry.hidden),
            rank: Self.rank(verdict)
        )
    }

    private func line(_ activity: DeviceActivity, _ texts: Texts) -> Line {
        let verdict = Verdict(Diagnosis.of(activity))
        return Line(
            name: activity.name,
            address: DeviceFinding.address(activity),
            verdict: verdict.text(in: texts),
            tone: verdict.tone,
            account: activity.account,
            knownBy: "",
            lastSeen: self.frame.times.text(activity.lastSeen),
            retrieved: texts.number(activity.retrieved),
            asked: texts.number(activity.askedToDelete),
            hidden: "",
            rank: Self.rank(verdict)
        )
    }

    private static func rank(_ verdict: Verdict?) -> Int {
        switch verdict {
        case .setWrong: 0
        case .lookAtIt: 1
        case .ok: 2
        case nil: 3
        }
    }
}
