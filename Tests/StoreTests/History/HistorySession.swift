import Gateway
import IMAP
import Linux
import NIOCore
import POP3
import Testing

/// A session of a history: the real machine, and what the model knows of it.
struct HistorySession {
    /// In the model; nil for nobody.
    var device: Int?
    /// How the device is set, and the name that it says.
    let profile: HistoryProfile
    let saying: HistoryProfile
    var machine: SessionStateMachine
    /// The replies that the device heard, since it last looked.
    var heard = ""
    var isClosed = false
    /// As it was at the login.
    var epoch: UInt32 = 0
    /// The maildrop as it was handed in.
    var maildrop: Maildrop?
    /// The message that is being fetched.
    var fetched: UID?
    /// By message-number from 1: which mail it is. The same for the whole session (RFC 1939 §5).
    var mail: [Int] = []

    /// What RETR refuses.
    var withheld: Set<Int> = []
    /// Marked mail; true for a mark that a lost line commits.
    var marks: [Int: Bool] = [:]
    /// What was served whole, and of that what has certainly reached the device.
    var served: Set<Int> = []
    var arrived: Set<Int> = []

    init(_ profile: HistoryProfile, saying: HistoryProfile, number: Int) throws {
        let address = try #require(IPAddress("192.0.2.7"))
        let arrival = Arrival(
            session: SessionID("session\(number)"),
            remote: Endpoint(address: address, port: 4_000),
            local: Endpoint(address: address, port: 110),
            listener: "pop"
        )
        self.profile = profile
        self.saying = saying
        self.machine = SessionStateMachine(
            configuration: SessionConfiguration(encryption: .plaintextAllowed),
            arrival: arrival
        )
    }

    /// As the shell says it before it hands in what was read in one go.
    mutating func read(acknowledged: Bool) {
        self.machine.inputBegan(isAcknowledged: acknowledged)
        if acknowledged { self.arrived.formUnion(self.served) }
    }

    mutating func takeHeard() -> String {
        defer { self.heard = "" }
        return self.heard
    }

    /// What a lost line commits where it commits something.
    var confirmed: Set<Int> { Set(self.marks.filter(\.value).keys) }
}

extension HistoryProfile {
    var commitsConfirmed: Bool { self.settings.onDisconnect == .confirmed }

    var settings: DeviceSettings {
        switch self {
        case .plain, .unidentified: DeviceSettings()
        case .confirmed: DeviceSettings(onDisconnect: .confirmed)
        case .recent: DeviceSettings(newDevice: .days(3))
        case .fromNow: DeviceSettings(newDevice: .fromNow, onDisconnect: .confirmed)
        case .window: DeviceSettings(windowDays: 4)
        case .ownFormat: DeviceSettings(uniqueIDs: .cyrus)
        }
    }
}
