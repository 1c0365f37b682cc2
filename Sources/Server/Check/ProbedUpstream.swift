package import Logging
import NIOPosix
import Upstream

package import enum Gateway.UpstreamFailure

/// The mail server of a configuration, asked through Upstream's probe.
package struct ProbedUpstream: CheckedUpstream {
    private let probe: UpstreamProbe

    /// Nil when the CA file of the configuration cannot be used.
    init?(_ configuration: Configuration, logger: Logger) {
        guard let upstream = try? UpstreamConfiguration(configuration.upstream, configuration.policies),
            let probe = try? UpstreamProbe(
                configuration: upstream,
                group: MultiThreadedEventLoopGroup.singleton,
                logger: logger
            )
        else { return nil }
        self.probe = probe
    }

    package func reach() async -> Result<ReachedServer, UpstreamFailure> {
        await self.probe.reach().map { reached in
            ReachedServer(
                tlsVersion: reached.encryption?.version,
                cipher: reached.encryption?.cipher,
                certificateEnd: reached.encryption?.certificate?.notAfter,
                capabilities: reached.capabilities
            )
        }
    }

    package func look(_ account: CheckedAccount) async -> Result<SeenMailbox, UpstreamFailure> {
        await self.probe.look(name: Array(account.name.utf8), password: account.password).map { seen in
            SeenMailbox(
                saysReadOnly: seen.saysReadOnly,
                validity: seen.validity,
                messages: seen.exists,
                uids: seen.uids,
                keepsFlags: seen.keepsFlags,
                quota: seen.quota.map { SeenMailbox.Quota(used: $0.usedKB, limit: $0.limitKB) }
            )
        }
    }

    package func openPOP3Ports() async -> [Int] { await self.probe.openPOP3Ports() }
}

extension Check {
    /// `run` on this machine and the real mail server.
    package static func run(
        _ options: ServeOptions,
        account: String?,
        password: @Sendable () async -> CheckedAccount?,
        logger: Logger
    ) async -> CheckReport {
        let environment = CheckEnvironment.ofThisMachine { configuration in
            ProbedUpstream(configuration, logger: logger)
        }
        return await self.run(
            options,
            in: .ofThisProcess,
            account: account,
            password: password,
            environment: environment
        )
    }
}
