import Foundation
import Gateway
import LibCrypto
import Linux
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Store
import TLS
import UnixSignals
import Upstream

/// `leavecopy serve`: from the configuration to the last session that has ended.
package enum Serve {
    /// Runs until it is told to stop. `say` prints what the person at the terminal should read. Throws what keeps the
    /// server from starting: `ConfigurationFailure`, `ServeFailure` or `StoreError`.
    package static func run(
        _ options: ServeOptions,
        in surroundings: Surroundings,
        say: @escaping @Sendable (String) -> Void
    ) async throws {
        let configuration = try Configuration.load(options, in: surroundings)
        StandardErrorLog.bootstrap(level: configuration.logLevel)
        let logger = Logger(label: "leavecopy")
        let folder = try StateFolder(configuration.stateFolder)
        let store = try SQLiteStore.open(
            folder: folder.path,
            role: .server,
            origin: "leavecopy/\(configuration.node)",
            node: configuration.node,
            now: self.now
        )
        let parts = try Parts(
            configuration,
            folder: folder.path,
            surroundings: surroundings,
            store: store,
            logger: logger
        )
        try await parts.run(store: store, say: say)
        withExtendedLifetime(folder) {}
    }

    /// Microseconds since 1970, UTC.
    @Sendable private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    /// What a server is made of.
    private struct Parts {
        let configuration: Configuration
        let logger: Logger
        let group: MultiThreadedEventLoopGroup
        let certificates: Certificates
        let authority: PrivateAuthority
        let connections: Connections
        let listeners: [Listener]
        let hostName: String

        init(
            _ configuration: Configuration,
            folder: String,
            surroundings: Surroundings,
            store: SQLiteStore,
            logger: Logger
        ) throws {
            self.configuration = configuration
            self.logger = logger
            self.group = MultiThreadedEventLoopGroup.singleton
            self.hostName = surroundings.hostName
            let names = PrivateAuthority.names(of: configuration.listeners, hostName: surroundings.hostName)
            self.authority = PrivateAuthority(folder: folder, names: names)
            let certificates = try Certificates(
                listeners: configuration.listeners,
                authority: self.authority,
                now: { Serve.now() / 1_000_000 },
                logger: logger
            )
            self.certificates = certificates
            if certificates.usesAuthority {
                logger.notice("certificates of our own", metadata: ["ca": "\(self.authority.certificatePath)"])
            }
            let connections = Connections(
                maximum: configuration.limits.connections,
                ofOneAddress: configuration.limits.perAddress
            )
            self.connections = connections
            Self.warnOfFewFiles(connections: configuration.limits.connections, logger)
            let environment = try Serve.environment(configuration, store: store, group: self.group, logger: logger)
            let neighbours = Neighbours(logger: logger)
            let looksAround = configuration.identification.contains(.neighbour)
            self.listeners = configuration.listeners.map { listener in
                Listener(
                    Listener.Settings(listener, configuration),
                    environment: environment,
                    connections: connections,
                    tls: { certificates.context(of: listener.name) },
                    neighbour: { looksAround ? neighbours.hardwareAddress(of: $0) : nil }
                )
            }
        }

        /// Each device takes a descriptor and so does its mail server; without them accepting fails, and nobody knows why.
        private static func warnOfFewFiles(connections: Int, _ logger: Logger) {
            guard let files = try? OpenFileLimit.current(), files / 2 < UInt64(clamping: connections) else { return }
            logger.warning(
                "fewer open files are allowed than limits.connections needs",
                metadata: ["files": "\(files)", "connections": "\(connections)"]
            )
        }

        func run(store: SQLiteStore, say: @escaping @Sendable (String) -> Void) async throws {
            let announcer = ServerAnnouncer(
                recorder: store,
                notifier: .fromEnvironment(),
                now: Serve.now,
                logger: self.logger
            )
            let server = DeviceServer(
                group: self.group,
                listeners: self.listeners,
                connections: self.connections,
                started: { addresses in
                    do throws(StoreFailure) {
                        try await announcer.started(on: addresses)
                    } catch {
                        throw StoreError.failed(error)
                    }
                    if let message = self.startMessage { say(message) }
                },
                stopping: { announcer.stopping() }
            )
            // Trapped before anybody is told that we are ready: untrapped, a SIGHUP would end the process.
            let hangups = await UnixSignalsSequence(trapping: .sighup)
            var failure: (any Error)?
            do {
                try await self.services(server, hangups: hangups).run()
            } catch let error as DeviceServer.BindFailure {
                throw Serve.failure(error)
            } catch {
                failure = error
            }
            let loops = Array(self.group.makeIterator())
            do throws(StoreFailure) {
                try await announcer.stopped(reason: failure.map { _ in "the server ended by itself" }, loops: loops)
            } catch {
                failure = failure ?? StoreError.failed(error)
            }
            if let failure { throw failure }
        }

        private func services(_ server: DeviceServer, hangups: UnixSignalsSequence) -> ServiceGroup {
            let certificates = self.certificates
            let reload = ReloadService(hangups: hangups) { certificates.reload() }
            let daily = RepeatingService(interval: .seconds(86_400)) { certificates.reload() }
            return ServiceGroup(
                configuration: .init(
                    services: [
                        .init(service: reload, serviceName: "reload"),
                        .init(service: RepeatingService.trimming(self.connections), serviceName: "trim"),
                        .init(service: daily, serviceName: "certificates"),
                        .init(
                            service: server,
                            successTerminationBehavior: .gracefullyShutdownGroup,
                            serviceName: "devices"
                        ),
                    ],
                    gracefulShutdownSignals: [.sigterm, .sigint],
                    logger: self.quietLogger
                )
            )
        }

        /// The service library tells its whole world at debug.
        private var quietLogger: Logger {
            var logger = self.logger
            logger.logLevel = max(logger.logLevel, .notice)
            return logger
        }

        /// Nil where the configuration file says all that matters.
        private var startMessage: String? {
            guard self.certificates.usesAuthority || !self.configuration.settings.isFromFile else { return nil }
            return StartMessage(
                listeners: self.listeners.map(\.settings),
                host: self.hostName,
                authorityPath: self.certificates.usesAuthority ? self.authority.certificatePath : nil
            ).text(in: self.configuration.language)
        }
    }

    private static func environment(
        _ configuration: Configuration,
        store: SQLiteStore,
        group: any EventLoopGroup,
        logger: Logger
    ) throws -> SessionEnvironment {
        let upstream = try UpstreamConfiguration(configuration.upstream)
        let directory: MailboxDirectory
        do throws(TLSError) {
            directory = try MailboxDirectory(
                configuration: upstream,
                store: store,
                group: group,
                logger: logger,
                seconds: { Int64(clamping: DispatchTime.now().uptimeNanoseconds / 1_000_000_000) }
            )
        } catch {
            let path = configuration.upstream.ca ?? "the system's certificate store"
            throw ServeFailure(
                Phrase("upstream.ca: \(path): \(error)", "upstream.ca: \(path): 読み込めません (\(error))"),
                status: .configuration
            )
        }
        return SessionEnvironment(
            mailboxes: directory,
            store: store,
            recorder: store,
            identityChain: IdentityChain(kinds: configuration.identification),
            unidentified: configuration.unidentified,
            now: Self.now,
            refusalDelay: { Int64.random(in: 1_000...3_000) },
            floods: FloodCounter(),
            logger: logger
        )
    }

    private static func failure(_ failure: DeviceServer.BindFailure) -> ServeFailure {
        let place = Endpoint(address: failure.listener.address, port: UInt16(clamping: failure.listener.port))
        let reason = (failure.cause as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(failure.cause)"
        return ServeFailure(
            Phrase(
                "listener \(failure.listener.name): cannot listen on \(place): \(reason)",
                "リスナー \(failure.listener.name): \(place) で待ち受けできません: \(reason)"
            ),
            status: .cannotCreate
        )
    }
}

extension Listener.Settings {
    init(_ listener: Configuration.Listener, _ configuration: Configuration) {
        self.init(
            name: listener.name,
            address: listener.address,
            port: listener.port,
            isImplicitTLS: listener.isImplicitTLS,
            allowedFrom: listener.allowedFrom,
            plaintextFrom: listener.plaintextFrom,
            hidesDeleted: configuration.hidesDeleted,
            loginSeconds: configuration.limits.loginSeconds,
            idleSeconds: configuration.limits.idleSeconds
        )
    }
}
