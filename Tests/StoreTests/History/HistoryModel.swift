/// What devices must see, told plainly: sets of messages, by numbers that nothing of the product knows.
struct HistoryModel {
    struct Broken: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    struct Device {
        /// How it is set; it may be known by the names of others too, since it was merged with them.
        let profile: HistoryProfile
        var name: String
        var deleted: Set<Int> = []
        /// What it began without.
        var skipped: Set<Int> = []
        /// The unique-id under which it saw each message last, but for what was restored since.
        var uniqueIDs: [Int: String] = [:]
        /// Whose a unique-id has ever been.
        var owners: [String: Int] = [:]
    }

    static let secondsOfDay: Int64 = 86_400

    /// Days since 1970.
    var today: Int64 = 20_000
    /// INTERNALDATE of each message, in seconds since 1970; nil where the mail server tells none.
    var dates: [Int: Int64?] = [:]
    /// As the mail server listed them last, and ever.
    private(set) var listed: Set<Int> = []
    private(set) var everListed: Set<Int> = []
    private(set) var withheld: Set<Int> = []
    private(set) var devices: [Int: Device] = [:]
    /// Which device is known by the name.
    private(set) var known: [HistoryProfile: Int] = [:]
    /// What a device that was merged has become.
    private var successors: [Int: Int] = [:]
    private var devicesMade = 0

    func midnight(_ daysAgo: Int) -> Int64 { (self.today - Int64(daysAgo)) * Self.secondsOfDay }

    private func isBefore(_ moment: Int64, _ id: Int) -> Bool {
        (self.dates[id] ?? nil).map { $0 < moment } ?? false
    }

    mutating func list(_ ids: Set<Int>) {
        self.listed = ids
        self.everListed.formUnion(ids)
    }

    // MARK: - Devices

    /// The device that says this name at a login, which begins where it is set to when it is new; nil for nobody.
    mutating func login(_ profile: HistoryProfile) -> Int? {
        guard profile != .unidentified else { return nil }
        if let device = self.known[profile] { return device }
        let skipped: Set<Int> =
            switch profile {
            case .recent: self.everListed.filter { self.isBefore(self.midnight(3), $0) }
            case .fromNow: self.everListed
            case .plain, .confirmed, .window, .ownFormat, .unidentified: []
            }
        self.devicesMade += 1
        self.devices[self.devicesMade] = Device(
            profile: profile,
            name: profile.rawValue,
            skipped: skipped
        )
        self.known[profile] = self.devicesMade
        return self.devicesMade
    }

    /// What the device of a session is now; nil when it was removed.
    func current(_ device: Int) -> Int? {
        self.devices[device] == nil ? self.successors[device].flatMap { self.current($0) } : device
    }

    mutating func rename(_ device: Int, to name: String) { self.devices[device]?.name = name }

    mutating func remove(_ device: Int) {
        self.devices[device] = nil
        self.known = self.known.filter { $0.value != device }
    }

    /// What either deleted is deleted, what one has seen is seen; what `target` knows, it knows by the same unique-ids.
    mutating func merge(_ source: Int, into target: Int) {
        guard let from = self.devices[source] else { return }
        self.devices[target]?.deleted.formUnion(from.deleted)
        self.devices[target]?.skipped.formIntersection(from.skipped)
        self.devices[source] = nil
        self.successors[source] = target
        self.known = self.known.mapValues { $0 == source ? target : $0 }
    }

    // MARK: - What they see

    func visible(to device: Int?) -> Set<Int> {
        guard let device = device.flatMap({ self.devices[$0] }) else { return self.listed }
        return self.listed.subtracting(device.deleted).subtracting(device.skipped).filter { id in
            device.profile != .window || !self.isBefore(self.midnight(4), id)
        }
    }

    /// Throws unless that is what the device must see, under unique-ids that it may be told.
    mutating func see(_ seen: [(id: Int, uniqueID: String)], by key: Int?) throws {
        let name = key.flatMap { self.devices[$0]?.name } ?? "nobody"
        let expected = self.visible(to: key)
        let ids = Set(seen.map(\.id))
        guard ids.count == seen.count else { throw Broken("\(name) is shown a message twice") }
        let (lost, again) = (expected.subtracting(ids).sorted(), ids.subtracting(expected).sorted())
        guard lost.isEmpty else { throw Broken("\(name) has lost sight of \(lost)") }
        guard again.isEmpty else { throw Broken("\(name) sees \(again), which it must not") }
        guard Set(seen.map(\.uniqueID)).count == seen.count else {
            throw Broken("\(name) is shown a unique-id twice")
        }
        guard let key, var device = self.devices[key] else { return }
        for (id, text) in seen {
            if let known = device.uniqueIDs[id] {
                guard known == text else { throw Broken("\(name) knew \(id) by \(known), now by \(text)") }
            } else if let owner = device.owners[text] {
                throw Broken("\(name) is shown \(id) by \(text), by which it knew \(owner) before")
            }
            device.uniqueIDs[id] = text
            device.owners[text] = id
        }
        self.devices[key] = device
    }

    /// Nil for nobody: then nothing is hidden, and RETR is refused (`unidentified: once`).
    mutating func commit(_ ids: Set<Int>, of device: Int?) {
        if let device {
            self.devices[device]?.deleted.formUnion(ids)
        } else {
            self.withheld.formUnion(ids)
        }
    }

    /// What the device sees again: how many. Under which unique-id it knew it counts no more.
    mutating func restore(_ key: Int, includesSkipped: Bool, where isMeant: (Int) -> Bool) -> Int {
        guard var device = self.devices[key] else { return 0 }
        let given = device.deleted.union(includesSkipped ? device.skipped : []).filter(isMeant)
        device.deleted.subtract(given)
        if includesSkipped { device.skipped.subtract(given) }
        for id in given { device.uniqueIDs[id] = nil }
        self.devices[key] = device
        return given.count
    }
}
