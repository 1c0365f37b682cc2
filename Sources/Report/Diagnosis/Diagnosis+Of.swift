package import Store

extension Diagnosis {
    /// What a period's activity tells, the worst first; empty for a PC that is set right.
    package static func of(_ activity: DeviceActivity) -> [Diagnosis] {
        let isUnnamed = activity.device == nil
        let leavesNoCopy = self.leavesNoCopy(activity)
        let deletesAfter = self.deletesAfter(activity)
        var found: [Diagnosis] = []
        if isUnnamed, activity.withheld > 0 || leavesNoCopy != nil || deletesAfter != nil {
            found.append(.hasNoNameAndDeletes(deleted: activity.askedToDelete, withheld: activity.withheld))
        }
        if let deletion = self.switchedOver(activity) { found.append(.wasSwitchedOver(deletion)) }
        // Of one without a name the first finding says the same.
        if !isUnnamed { found += [leavesNoCopy, deletesAfter].compactMap(\.self) }
        if let alert = activity.sharedName { found.append(.twoOnOneName(alert: alert)) }
        found += [self.stalePassword(activity), self.oldTLS(activity)].compactMap(\.self)
        return found
    }

    /// Fewer deletions than this are a person's doing, who threw something away; not a program's.
    private static let fewest = 3

    /// At once: in the session of its RETR, or in a later one of that day (some Outlooks delete in a second login, C-03).
    /// Half of what was retrieved is enough: lines break, and some programs keep what is large.
    private static func leavesNoCopy(_ activity: DeviceActivity) -> Diagnosis? {
        let sameDay = activity.daysKept == 0 ? activity.deletedLater : 0
        let (deleted, _) = activity.deletedAtOnce.addingReportingOverflow(sameDay)
        guard deleted >= self.fewest, deleted >= activity.retrieved / 2 else { return nil }
        return .leavesNoCopy(deleted: deleted, retrieved: activity.retrieved)
    }

    /// A program that deletes after N days does so at each poll: besides its largest session there are others, and they
    /// are a fair part of what it retrieves. One spam a day, thrown away by hand, is not.
    private static func deletesAfter(_ activity: DeviceActivity) -> Diagnosis? {
        guard let days = activity.daysKept, days > 0 else { return nil }
        let largest = activity.largestDeletion?.count ?? 0
        let elsewhere = activity.deletedLater - min(activity.deletedLater, max(0, largest))
        guard elsewhere >= self.fewest, activity.deletedLater >= activity.retrieved / 3 else { return nil }
        return .deletesAfter(days: days, deleted: activity.deletedLater)
    }

    /// What one session deletes when its program was switched over is all that it had left: many, and not retrieved there
    /// (C-29). Fewer than this also a person clears out by hand.
    private static let fewestAtSwitch = 20

    private static func switchedOver(_ activity: DeviceActivity) -> DeviceActivity.Deletion? {
        guard let deletion = activity.largestDeletion, deletion.count >= self.fewestAtSwitch else { return nil }
        // Never retrieved through here: no program deletes that by itself, but for a switch.
        if deletion.unread >= deletion.count / 2 { return deletion }
        // Most of what was ever deleted late went in this one session: else it is "after N days" on a Monday.
        let (late, _) = activity.deletedLater.addingReportingOverflow(activity.deletedUnread)
        let isLate = late >= deletion.count / 2 && deletion.count >= late / 2
        return isLate && self.deletesAfter(activity) == nil && (activity.daysKept ?? 0) > 0 ? deletion : nil
    }

    /// Twenty seconds between two logins and more are a program's clock; who types a password again is faster. Once an
    /// hour is the slowest that programs are usually set to.
    private static let pauses = 20...3_700
    /// Half an hour of a program that asks every five minutes; people who mistype ask somebody before.
    private static let fewestRefusals = 6

    private static func stalePassword(_ activity: DeviceActivity) -> Diagnosis? {
        guard let seconds = activity.secondsBetweenRefusals, self.pauses.contains(seconds),
            activity.refusedLogins >= self.fewestRefusals
        else { return nil }
        return .stalePassword(refused: activity.refusedLogins, secondsBetween: seconds)
    }

    /// As libssl names them; all else is older, or nothing.
    private static let currentTLS: Set<String> = ["TLSv1.2", "TLSv1.3"]

    private static func oldTLS(_ activity: DeviceActivity) -> Diagnosis? {
        let old = activity.tlsVersions.filter { !self.currentTLS.contains($0.key) && $0.value > 0 }
        guard !old.isEmpty, old.count == activity.tlsVersions.count(where: { $0.value > 0 }),
            let usual = old.max(by: { ($0.value, $0.key) < ($1.value, $1.key) })
        else { return nil }
        return .oldTLS(version: usual.key, sessions: usual.value)
    }
}
