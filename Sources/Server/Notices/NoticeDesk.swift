package import Foundation
package import Gateway
import LibCrypto
package import Logging
package import Report
package import Store
import Synchronization

import struct POP3.UniqueID

/// `notice: mailbox`: at the login of a device, finds out what its record says of its settings, and makes it a message about
/// that; then shows that message until the device deletes it, or has left it for seven days.
///
/// There is at most one notice at a time, and at most one is made in a day. A later one speaks only of what the device did
/// after the one before had come to its end: who has mended the program since is not told again.
package final class NoticeDesk: Sendable {
    private static let day: Int64 = 86_400_000_000
    /// How far back the record is read.
    private static let period = 7 * day
    /// Between two readings of one device's record that found nothing: some programs poll each minute.
    private static let pause = day / 144
    /// Devices whose pause is remembered; the oldest are asked about sooner.
    private static let maximumPauses = 10_000

    private let store: SQLiteStore
    private let languages: [Texts]
    private let zone: TimeZone
    /// Microseconds since 1970.
    private let now: @Sendable () -> Int64
    private let logger: Logger
    /// When a device's record was read last and told nothing.
    private let pauses = Mutex<[DeviceID: Int64]>([:])

    /// `languages` stand one below the other in each message.
    package init(
        store: SQLiteStore,
        languages: [Texts],
        zone: TimeZone,
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.store = store
        self.languages = languages
        self.zone = zone
        self.now = now
        self.logger = logger
    }

    /// The notice that this session of the device is to see; nil for none. Throws when it cannot be known: to leave one out
    /// that the device has seen would make it come twice. One that cannot be made is left for another time.
    package func notice(for device: Device, _ subject: AlertSubject) async throws(StoreFailure) -> DeviceNotice? {
        let now = self.now()
        let last = try await self.store.notice(of: device.id)
        if let last, last.isShown(at: now) { return last.notice }
        guard last.map({ now &- $0.made >= Self.day }) ?? true else { return nil }
        guard self.pauses.withLock({ $0[device.id].map { now &- $0 >= Self.pause } ?? true }) else { return nil }
        do throws(StoreError) {
            return try await self.make(for: device, subject, since: max(now &- Self.period, last?.end ?? .min), at: now)
        } catch {
            self.logger.error(
                "a notice cannot be made",
                metadata: ["device": "\(device.name)", "reason": "\(error)"]
            )
            return nil
        }
    }

    private func make(
        for device: Device,
        _ subject: AlertSubject,
        since: Int64,
        at now: Int64
    ) async throws(StoreError) -> DeviceNotice? {
        guard let activity = try await self.store.activity(of: device.id, since: since) else { return nil }
        guard let diagnosis = Diagnosis.of(activity).first(where: \.isOfDeletions) else {
            self.rest(device.id, at: now)
            return nil
        }
        // 128 bits: no message has it, whoever made its unique-id.
        guard let uniqueID = UniqueID("leavecopy-\(Random.octets(16).hexadecimal)") else { return nil }
        let mail = NoticeMail(
            device: device.name,
            account: subject.account ?? "",
            diagnosis: diagnosis,
            deleted: activity.askedToDelete,
            since: activity.firstSeen,
            made: now,
            uniqueID: uniqueID.text,
            languages: self.languages,
            zone: self.zone
        )
        let attempt = Attempt(
            action: .deviceNotice,
            outcome: .success,
            asked: "",
            answered: "",
            done: "made a notice for \(device.name) alone: it asked to delete \(activity.askedToDelete) messages",
            reason: Texts.of(.english)("reason.\(diagnosis.key)")
        )
        let kept = try await self.store.keep(
            DeviceNotice(uniqueID: uniqueID, text: mail.octets),
            for: device.id,
            unlessMadeSince: now &- Self.day,
            record: AuditRecord(time: now, origin: .notice(subject), attempt: attempt)
        )
        return kept.isShown(at: now) ? kept.notice : nil
    }

    private func rest(_ device: DeviceID, at now: Int64) {
        self.pauses.withLock { pauses in
            if pauses.count >= Self.maximumPauses { pauses = pauses.filter { now &- $0.value < Self.pause } }
            if pauses.count < Self.maximumPauses { pauses[device] = now }
        }
    }
}

extension KeptNotice {
    private static let shown = DeviceNotice.daysShown * 86_400_000_000

    /// When the device was rid of it.
    fileprivate var end: Int64 { self.ended ?? self.made &+ Self.shown }

    fileprivate func isShown(at time: Int64) -> Bool { self.ended == nil && time < self.made &+ Self.shown }
}

extension Diagnosis {
    /// What a notice is made about.
    fileprivate var isOfDeletions: Bool {
        switch self {
        case .leavesNoCopy, .deletesAfter, .wasSwitchedOver: true
        case .hasNoNameAndDeletes, .oldTLS, .stalePassword, .twoOnOneName: false
        }
    }
}
