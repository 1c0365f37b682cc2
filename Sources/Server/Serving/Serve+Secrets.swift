import Foundation
import Gateway
import Logging
import Store

extension Serve {
    /// Seconds of a clock that never goes back.
    @Sendable static func seconds() -> Int64 {
        Int64(clamping: DispatchTime.now().uptimeNanoseconds / 1_000_000_000)
    }

    /// Nil where no account has a password or token in the configuration.
    static func secrets(_ configuration: Configuration, logger: Logger) -> ConfiguredSecrets? {
        guard !configuration.secretSources.isEmpty else { return nil }
        return ConfiguredSecrets(
            configuration.secretSources,
            runner: ProcessRunner(surroundings: ProcessInfo.processInfo.environment),
            read: PrivateFile.read,
            seconds: self.seconds,
            logger: logger
        )
    }

    /// Devices with a password of their own cannot log in while nobody says what their account's is.
    static func warnOfMissingSecrets(
        _ store: SQLiteStore,
        _ configuration: Configuration,
        _ logger: Logger
    ) async throws(StoreError) {
        for (account, devices) in try await store.devicesWithCredentials().sorted(by: { $0.key < $1.key })
        where configuration.secretSources[account] == nil {
            logger.warning(
                "devices have a password of their own, but the configuration none for their account",
                metadata: ["account": "\(account)", "devices": "\(devices.joined(separator: ", "))"]
            )
        }
    }
}
