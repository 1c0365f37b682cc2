/// What a device sees of a mailbox that it opens for the first time (`new-device`).
package enum NewDevice: Hashable, Sendable {
    case everything
    /// What came in the last days, by INTERNALDATE in the configured zone; at least 1.
    case days(Int)
    case fromNow
}

/// Whether a device may make itself known by a tag or a server name that is new.
package enum Registration: String, Hashable, Sendable, CaseIterable { case open, closed }

/// What becomes of marks when the line is lost before QUIT.
package enum DisconnectPolicy: String, Hashable, Sendable, CaseIterable {
    /// Nothing is deleted (RFC 1939 §6).
    case never
    /// A DELE is committed that the device sent once it had the whole message.
    case confirmed
}

/// What the operator says of one device, or of all devices of an account; nil where nothing is said.
package struct DeviceSettings: Hashable, Sendable {
    package var newDevice: NewDevice?
    /// The device never sees mail older than so many days; 0 for everything.
    package var windowDays: Int?
    package var uniqueIDs: UniqueIDFormat?
    package var onDisconnect: DisconnectPolicy?
    /// A second session of the device at the same time hears [IN-USE].
    package var isSingleSession: Bool?
    package var registration: Registration?
    package var notice: NoticePolicy?

    package init(
        newDevice: NewDevice? = nil,
        windowDays: Int? = nil,
        uniqueIDs: UniqueIDFormat? = nil,
        onDisconnect: DisconnectPolicy? = nil,
        isSingleSession: Bool? = nil,
        registration: Registration? = nil,
        notice: NoticePolicy? = nil
    ) {
        self.newDevice = newDevice
        self.windowDays = windowDays
        self.uniqueIDs = uniqueIDs
        self.onDisconnect = onDisconnect
        self.isSingleSession = isSingleSession
        self.registration = registration
        self.notice = notice
    }

    /// What is said here, and for the rest what `other` says.
    package func over(_ other: DeviceSettings) -> DeviceSettings {
        DeviceSettings(
            newDevice: self.newDevice ?? other.newDevice,
            windowDays: self.windowDays ?? other.windowDays,
            uniqueIDs: self.uniqueIDs ?? other.uniqueIDs,
            onDisconnect: self.onDisconnect ?? other.onDisconnect,
            isSingleSession: self.isSingleSession ?? other.isSingleSession,
            registration: self.registration ?? other.registration,
            notice: self.notice ?? other.notice
        )
    }
}

/// What holds for the devices of a server: what the configuration says of all, of those of an account, and of single
/// ones; the nearest word counts.
package struct DevicePolicies: Hashable, Sendable {
    /// A device of one account, or of every account.
    package struct Selector: Hashable, Sendable {
        /// Normalised login; nil for every account.
        package let account: String?
        /// Lower case.
        package let device: String

        package init(account: String?, device: String) {
            self.account = account
            self.device = device.lowercased()
        }
    }

    package let standard: DeviceSettings
    /// By normalised login.
    package let accounts: [String: DeviceSettings]
    package let devices: [Selector: DeviceSettings]

    package init(
        standard: DeviceSettings = DeviceSettings(),
        accounts: [String: DeviceSettings] = [:],
        devices: [Selector: DeviceSettings] = [:]
    ) {
        self.standard = standard
        self.accounts = accounts
        self.devices = devices
    }

    /// The shortest window that a device may have, in days; nil where none has one.
    package var shortestWindow: Int? {
        ([self.standard] + Array(self.accounts.values) + Array(self.devices.values))
            .compactMap(\.windowDays).filter { $0 > 0 }.min()
    }

    /// For the account as a whole: the format of its unique-ids, registration.
    package func settings(account: String) -> DeviceSettings {
        self.accounts[account].map { $0.over(self.standard) } ?? self.standard
    }

    package func settings(account: String, device: String) -> DeviceSettings {
        let ofAccount = self.settings(account: account)
        let ofAnyAccount = self.devices[Selector(account: nil, device: device)]
        let own = self.devices[Selector(account: account, device: device)]
        return [own, ofAnyAccount].compactMap { $0 }.reversed().reduce(ofAccount) { $1.over($0) }
    }

    /// The format that this device alone has; nil where it has its account's.
    package func ownUniqueIDs(account: String, device: String) -> UniqueIDFormat? {
        self.devices[Selector(account: account, device: device)]?.uniqueIDs
            ?? self.devices[Selector(account: nil, device: device)]?.uniqueIDs
    }
}
