import Foundation
import Hummingbird
import Report
import Store

/// What is wrong now, in one look: devices with a wrong setting, alerts, the last weeks, the state of the record.
struct OverviewPage: Page {
    private static let alertLimit = 20

    let frame: PageFrame
    private let checks = RecordChecks()

    init(frame: PageFrame) { self.frame = frame }

    func add(to routes: PageRoutes) {
        routes.get("/") { try await self.overview($0) }
        routes.post("check", for: .reader) { visit in
            _ = try await self.checks.check(self.frame.store, at: self.frame.times.recorded(Date()))
            return self.frame.redirect(to: "/#state")
        }
    }

    private struct Content {
        let searched = ""
        let summary: Summary?
        let wrong: [DeviceFinding]
        let hasWrong: Bool
        let doubtful: [DeviceFinding]
        let hasDoubtful: Bool
        let alertsTitle: String
        let alerts: [Alert]
        let hasAlerts: Bool
        let chartsTitle: String
        let charts: [Chart]
        let hasCharts: Bool
        let state: RecordState
    }

    private struct Summary {
        let tone: String
        let sentence: String
    }

    private struct Alert {
        let time: String
        let device: String
        let what: String
        let address: String
    }

    private struct Chart {
        let kind: String
        let drawing: String
    }

    private func overview(_ visit: Visit) async throws -> Response {
        let store = self.frame.store
        let period = ReviewPeriod(self.frame)
        let recent = ReviewPeriod(days: ReviewPeriod.alerts, self.frame)
        var filter = RecordFilter()
        filter.action = "alert"
        filter.since = recent.since
        let search = filter
        let (activities, days, alerts, state) = try await visit.timing.store {
            (
                try await store.activity(since: period.since, until: period.until),
                try await store.dailyAttempts(since: period.since, until: period.until),
                try await store.page(search, limit: Self.alertLimit).records,
                RecordState(
                    size: try await store.recordSize(),
                    checkpoint: try await store.checkpoint(),
                    check: await self.checks.newest,
                    health: store.health,
                    visit,
                    self.frame.times
                )
            )
        }
        let verdicts = activities.map { ($0, Verdict(Diagnosis.of($0))) }
        let findings = { (verdict: Verdict) in
            verdicts.filter { $0.1 == verdict }.map { DeviceFinding($0.0, visit.texts) }
        }
        let (wrong, doubtful) = (findings(.setWrong), findings(.lookAtIt))
        let charts = Self.charts(activities, days, period, visit.texts)
        let content = Content(
            summary: Self.summary(activities, wrong.count + doubtful.count, period, visit.texts),
            wrong: wrong,
            hasWrong: !wrong.isEmpty,
            doubtful: doubtful,
            hasDoubtful: !doubtful.isEmpty,
            alertsTitle: visit.texts("page.overview.alerts", ["days": visit.texts.counted("day", recent.days)]),
            alerts: alerts.map { self.alert($0, visit.texts) },
            hasAlerts: !alerts.isEmpty,
            chartsTitle: visit.texts("page.overview.charts", ["days": visit.texts.counted("day", period.days)]),
            charts: charts,
            hasCharts: !charts.isEmpty,
            state: state
        )
        return self.frame.page("overview", content, title: "page.overview.title", for: visit)
    }

    /// Nil where a device is to be looked at: then that is told.
    private static func summary(
        _ activities: [DeviceActivity],
        _ findings: Int,
        _ period: ReviewPeriod,
        _ texts: Texts
    ) -> Summary? {
        guard findings == 0 else { return nil }
        let days = ["days": texts.counted("day", period.days)]
        return activities.isEmpty
            ? Summary(tone: "warn", sentence: texts("page.overview.nobody", days))
            : Summary(tone: "good", sentence: texts("page.overview.allRight", days))
    }

    private static func charts(
        _ activities: [DeviceActivity],
        _ days: [DailyAttempts],
        _ period: ReviewPeriod,
        _ texts: Texts
    ) -> [Chart] {
        let busy = activities.filter { $0.retrieved > 0 || $0.askedToDelete > 0 }
        guard !activities.isEmpty else { return [] }
        return [
            Chart(
                kind: "newest",
                drawing: AttemptCharts.perDay(days, since: period.since, until: period.until, in: texts)
                    .html(id: "days", in: texts)
            ),
            Chart(kind: "", drawing: AttemptCharts.perDevice(busy, in: texts).html(id: "devices", in: texts)),
        ]
    }

    private func alert(_ record: StoredRecord, _ texts: Texts) -> Alert {
        Alert(
            time: self.frame.times.text(record.time),
            device: record.device.isEmpty ? record.address : record.device,
            what: RecordWords.done(of: record, in: texts),
            address: "/record/\(record.sequence)"
        )
    }
}
