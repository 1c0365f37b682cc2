import Gateway
import Store

extension AuditReport {
    /// `Deploy/schema/report.schema.json` describes it. Keys and codes never change; sentences are in the language.
    package func json(in texts: Texts) throws -> String {
        try JSONText.of(ReportJSON(self, texts))
    }
}

private struct ReportJSON: Encodable {
    struct Deletion: Encodable {
        let session: String
        let count: Int
        let unread: Int
        let begins: String
        let ends: String
    }

    struct Program: Encodable {
        let program: String
        let steps: [String]
    }

    struct Finding: Encodable {
        let key: String
        let title: String
        let sentence: String
        let steps: [Program]
    }

    struct Device: Encodable {
        let name: String
        let id: Int64?
        let account: String
        let firstSeen: String
        let lastSeen: String
        let polls: Int
        let retrieved: Int
        let octets: UInt64
        let askedToDelete: Int
        let deletedAtOnce: Int
        let deletedLater: Int
        let deletedUnread: Int
        let daysKept: Int?
        let hidden: Int
        let refusedLogins: Int
        let withheld: Int
        let largestDeletion: Deletion?
        let tls: [String: Int]
        let identifiedBy: [String: Int]
        let addresses: [String: Int]
        let verdict: String
        let diagnoses: [Finding]
    }

    struct Day: Encodable {
        let day: String
        let retrieved: Int
        let askedToDelete: Int
        let refused: Int
    }

    struct Totals: Encodable {
        let polls: Int
        let retrieved: Int
        let askedToDelete: Int
        let hidden: Int
        let refusedLogins: Int
    }

    struct Mass: Encodable {
        let sequence: Int64
        let time: String
        let device: String
        let account: String
        let address: String
        let session: String
        let count: Int
        let done: String
    }

    struct Event: Encodable {
        let sequence: Int64
        let time: String
        let device: String
        let account: String
        let messages: Int
        let from: String?
        let until: String?
        let done: String
        let reason: String
    }

    let since: String
    let until: String
    let made: String
    let records: Int64
    let account: String?
    let device: String?
    let totals: Totals
    let devices: [Device]
    let days: [Day]
    let massDeletions: [Mass]
    let alerts: [Event]
    let vanished: [Event]
    let checkpoint: String

    init(_ report: AuditReport, _ texts: Texts) {
        self.since = report.since
        self.until = report.until
        self.made = report.made
        self.records = report.size
        self.account = report.account
        self.device = report.device
        let totals = report.totals
        self.totals = Totals(
            polls: totals.polls,
            retrieved: totals.retrieved,
            askedToDelete: totals.askedToDelete,
            hidden: totals.hidden,
            refusedLogins: totals.refusedLogins
        )
        self.devices = report.devices.map { Device($0, texts) }
        self.days = report.days.map {
            Day(day: $0.day, retrieved: $0.retrieved, askedToDelete: $0.askedToDelete, refused: $0.refused)
        }
        self.massDeletions = report.massDeletions.map {
            Mass(
                sequence: $0.sequence,
                time: $0.time,
                device: $0.device,
                account: $0.account,
                address: $0.address,
                session: $0.session,
                count: $0.count,
                done: $0.done
            )
        }
        self.alerts = report.alerts.map(Event.init)
        self.vanished = report.vanished.map(Event.init)
        self.checkpoint = report.checkpoint
    }
}

extension ReportJSON.Device {
    init(_ device: AuditReport.DeviceReport, _ texts: Texts) {
        let activity = device.activity
        self.init(
            name: activity.name,
            id: activity.device?.value,
            account: activity.account,
            firstSeen: activity.firstSeen,
            lastSeen: activity.lastSeen,
            polls: activity.polls,
            retrieved: activity.retrieved,
            octets: activity.octets,
            askedToDelete: activity.askedToDelete,
            deletedAtOnce: activity.deletedAtOnce,
            deletedLater: activity.deletedLater,
            deletedUnread: activity.deletedUnread,
            daysKept: activity.daysKept,
            hidden: activity.hidden,
            refusedLogins: activity.refusedLogins,
            withheld: activity.withheld,
            largestDeletion: activity.largestDeletion.map {
                ReportJSON.Deletion(
                    session: $0.session,
                    count: $0.count,
                    unread: $0.unread,
                    begins: $0.begins,
                    ends: $0.ends
                )
            },
            tls: activity.tlsVersions,
            identifiedBy: activity.identifiedBy,
            addresses: activity.addresses,
            verdict: device.verdict.rawValue,
            diagnoses: device.diagnoses.map { diagnosis in
                ReportJSON.Finding(
                    key: diagnosis.key,
                    title: diagnosis.title(in: texts),
                    sentence: diagnosis.sentence(in: texts),
                    steps: diagnosis.steps(in: texts).map { ReportJSON.Program(program: $0.program, steps: $0.steps) }
                )
            }
        )
    }
}

extension ReportJSON.Event {
    init(_ record: StoredRecord) {
        self.init(
            sequence: record.sequence,
            time: record.time,
            device: record.device,
            account: record.account,
            messages: record.rows.count,
            from: record.between?.from,
            until: record.between?.until,
            done: record.done,
            reason: record.reason
        )
    }
}
