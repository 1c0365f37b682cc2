extension Configuration {
    /// Where the record goes beside the database.
    package struct Record: Hashable, Sendable {
        package var streams: [Stream] = []
        package var checkpoints: [CheckpointTarget] = []

        package init() {}
    }

    package enum Stream: Hashable, Sendable {
        case file(String)
        case service(Service)
        case server(SyslogServer)

        package enum Service: String, Hashable, Sendable, CaseIterable {
            case standardOutput = "stdout"
            case syslog
            case journal
        }
    }

    package enum CheckpointTarget: Hashable, Sendable {
        case file(String)
        case service(Service)
        /// A program by its whole path and its arguments.
        case command([String])

        package enum Service: String, Hashable, Sendable, CaseIterable { case syslog, journal }
    }

    /// When an operator is called, and how.
    package struct Alerts: Hashable, Sendable {
        /// Nil: alerts are on record and in the log alone.
        package var command: [String]?
        package var deletions = 100
        package var deletionMinutes = 10
        package var failuresAnHour = 10
        package var freeOctets: UInt64 = 1 << 30
        package var mailboxPercent = 80

        package init() {}
    }
}
