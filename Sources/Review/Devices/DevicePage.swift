import Foundation
import Gateway
import Hummingbird
import Report
import Store

/// One device: what is known of it, what is wrong with it, what it does not see; an operator gives mail back to it.
struct DevicePage: Page {
    /// Of each list: what is beyond is counted, and found by the record.
    private static let limit = 50

    let frame: PageFrame

    func add(to routes: PageRoutes) {
        routes.get("devices/:device") { visit in
            let period = ReviewPeriod(self.frame)
            let reading = try await visit.timing.store { try await self.read(visit, period) }
            let restored = visit.query["restored"].flatMap { Int($0) }
            let content = DeviceContent(reading, restored: restored, period, visit, self.frame.times)
            return self.frame.page("device", content, title: "page.device.title", for: visit)
        }
        routes.post("devices/:device/restore", for: .operator) { visit in
            let entry = try await self.entry(visit)
            let reviewer = try visit.person().reviewer
            let count = try await self.frame.store.restore(self.what(visit.form), to: entry, by: .reviewer(reviewer))
            let fields = FormFields().setting("restored", String(count))
            return self.frame.redirect(to: fields.address("/devices/\(entry.device.id.value)"))
        }
    }

    private func entry(_ visit: Visit) async throws -> DeviceEntry {
        let number = try visit.number("device")
        guard let entry = try await self.frame.store.devices().first(where: { $0.device.id.value == number }) else {
            throw PageProblem.notFound
        }
        return entry
    }

    private func read(_ visit: Visit, _ period: ReviewPeriod) async throws -> DeviceReading {
        let (store, entry) = (self.frame.store, try await self.entry(visit))
        let device = entry.device.id
        let unfetched = try await store.unfetched(by: device, limit: Self.limit)
        let activities = try await store.activity(since: period.since, until: period.until, account: entry.account)
        return DeviceReading(
            profile: try await store.profile(of: entry),
            activity: activities.first { $0.device == device },
            days: try await store.dailyAttempts(since: period.since, until: period.until, device: device),
            hidden: try await store.hidden(from: device, newest: Self.limit),
            unfetched: unfetched.messages,
            unfetchedCount: unfetched.count
        )
    }

    /// One message, a period of days of the server's zone, the last of them included, or all.
    private func what(_ form: FormFields) throws(PageProblem) -> Restoration {
        if let message = form["message"] {
            let numbers = message.split(separator: ".").map { Int64($0) }
            guard numbers.count == 2, let mailbox = numbers[0], let row = numbers[1].flatMap({ UInt32(exactly: $0) })
            else { throw .badRequest }
            return .message(MessageKey(MailboxID(mailbox), row))
        }
        if form["all"] == "yes" { return .everything(earlier: false) }
        guard let since = self.midnight(form["since"]), let until = self.midnight(form["until"]),
            let end = self.dayAfter(until), since <= until
        else { throw .badRequest }
        return .period(since: Int64(since.timeIntervalSince1970), until: Int64(end.timeIntervalSince1970))
    }

    private func midnight(_ day: String?) -> Date? {
        day.flatMap { self.frame.times.recorded($0) }.flatMap { self.frame.times.date($0) }
    }

    /// Days have 23 to 25 hours.
    private func dayAfter(_ date: Date) -> Date? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = self.frame.times.zone
        return calendar.date(byAdding: .day, value: 1, to: date)
    }
}
