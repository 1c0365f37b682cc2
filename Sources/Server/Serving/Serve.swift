import Foundation
import Gateway
import LibCrypto
import Linux
import Logging
import NIOCore
import NIOPosix
import Report
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
            details: configuration.details,
            reserve: Reserve.usual,
            now: self.now
        )
        KeepingService.announce(store, logger)
        try await Self.warnOfMissingSecrets(store, configuration, logger)
        let parts = try Parts(
            configuration,
            options: options,
            folder: folder.path,
            surroundings: surroundings,
            store: store,
            logger: logger
        )
        try await parts.run(store: store, say: say)
        withExtendedLifetime(folder) {}
    }

    /// Microseconds since 1970, UTC.
    @Sendable static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    /// What a server is made of.
    private struct Parts {
        let configuration: Configuration
        let options: ServeOptions
        let surroundings: Surroundings
        let live: LiveConfiguration
        let outgoing: Outgoing
        let floods = FloodCounter()
        let logger: Logger
        let group: MultiThreadedEventLoopGroup
        let certificates: Certificates
        let authority: PrivateAuthority
        let connections: Connections
        let mailboxes: any Mailboxes
        let listeners: [Listener]

        init(
            _ configuration: Configuration,
            options: ServeOptions,
            folder: String,
            surroundings: Surroundings,
            store: SQLiteStore,
            logger: Logger
        ) throws {
            self.configuration = configuration
            self.options = options
            self.surroundings = surroundings
            self.logger = logger
            self.group = MultiThreadedEventLoopGroup.singleton
            let live = LiveConfiguration(configuration, logger: logger)
            self.live = live
            let outgoing = Outgoing(store: store, now: Serve.now, logger: logger)
            self.outgoing = outgoing
            let names = PrivateAuthority.names(
                of: configuration.listenersWithTLS,
                hostName: surroundings.hostName,
                domains: configuration.domains
            )
            self.authority = PrivateAuthority(folder: folder, names: names)
            let certificates = try Certificates(
                listeners: configuration.listenersWithTLS,
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
            let environment = try Serve.environment(
                live,
                outgoing: outgoing,
                floods: self.floods,
                store: store,
                group: self.group,
                logger: logger
            )
            self.mailboxes = environment.mailboxes
            let neighbours = Neighbours(logger: logger)
            self.listeners = configuration.listeners.map { listener in
                let bound = Listener.Settings(listener, configuration, domains: configuration.domains)
                return Listener(
                    bound,
                    current: { live.settings(of: bound) },
                    environment: live.environment(environment),
                    connections: connections,
                    tls: { certificates.context(of: listener.name) },
                    neighbour: { address in
                        guard live.settings(of: bound).chain.kinds.contains(.neighbour) else { return nil }
                        return neighbours.hardwareAddress(of: address)
                    }
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
                logger: self.logger,
                configuration: ConfigurationDigests(inForce: self.configuration.digest)
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
                    self.outgoing.start(self.configuration)
                    if let message = self.startMessage { say(message) }
                },
                stopping: { announcer.stopping() }
            )
            let review = try ReviewService(
                self.configuration,
                store: store,
                hostName: self.surroundings.hostName,
                certificates: self.certificates,
                connections: self.connections,
                logger: self.logger,
                say: self.startMessage == nil ? nil : say
            )
            // Trapped before anybody is told that we are ready: untrapped, a SIGHUP would end the process.
            let hangups = await UnixSignalsSequence(trapping: .sighup)
            var failure: (any Error)?
            do {
                try await self.services(server, review, store: store, hangups: hangups).run()
            } catch let error as DeviceServer.BindFailure {
                throw Serve.failure(error)
            } catch {
                failure = error
            }
            self.floods.settle()
            await self.mailboxes.quiesce()
            let loops = Array(self.group.makeIterator())
            do throws(StoreFailure) {
                try await announcer.stopped(reason: failure.map { _ in "the server ended by itself" }, loops: loops)
            } catch {
                failure = failure ?? StoreError.failed(error)
            }
            await self.outgoing.finish()
            if let failure { throw failure }
        }

        private func services(
            _ server: DeviceServer,
            _ review: ReviewService?,
            store: SQLiteStore,
            hangups: UnixSignalsSequence
        ) -> ServiceGroup {
            let certificates = self.certificates
            let reloading = ConfigurationReload(
                options: self.options,
                surroundings: self.surroundings,
                live: self.live,
                certificates: certificates,
                outgoing: self.outgoing,
                recorder: store,
                keep: { store.keep(of: $0.details) },
                now: Serve.now,
                logger: self.logger
            )
            let reload = ReloadService(hangups: hangups) { await reloading.run() }
            let live = self.live
            let keeping = KeepingService(
                store: store,
                retention: { live.configuration.retention },
                logger: self.logger
            )
            let daily = RepeatingService(interval: .seconds(86_400)) { certificates.reload() }
            var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
                .init(service: reload, serviceName: "reload"),
                .init(service: RepeatingService.trimming(self.connections), serviceName: "trim"),
                .init(service: daily, serviceName: "certificates"),
                .init(service: keeping, serviceName: "keeping"),
            ]
            if let review {
                services.append(
                    .init(service: review, successTerminationBehavior: .ignore, serviceName: "review page")
                )
            }
            services.append(
                .init(
                    service: server,
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    serviceName: "devices"
                )
            )
            return ServiceGroup(
                configuration: .init(
                    services: services,
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

        /// Nil where the configuration file says all that matters, and where nothing but records may be printed.
        private var startMessage: String? {
            guard !self.configuration.record.streams.contains(.service(.standardOutput)) else { return nil }
            guard self.certificates.usesAuthority || !self.configuration.settings.isFromFile else { return nil }
            return StartMessage(
                listeners: self.listeners.map(\.settings),
                host: self.surroundings.hostName,
                domain: self.configuration.domains.first,
                authorityPath: self.certificates.usesAuthority ? self.authority.certificatePath : nil
            ).text(in: self.configuration.language)
        }
    }

    private static func environment(
        _ live: LiveConfiguration,
        outgoing: Outgoing,
        floods: FloodCounter,
        store: SQLiteStore,
        group: any EventLoopGroup,
        logger: Logger
    ) throws -> SessionEnvironment {
        let configuration = live.start
        var upstream = try UpstreamConfiguration(
            configuration.upstream,
            stateFolder: configuration.stateFolder,
            live.policies
        )
        upstream.fullPercent = { live.configuration.alerts.mailboxPercent }
        upstream.notice = { outgoing.hear($0) }
        let directory: MailboxDirectory
        do throws(TLSError) {
            directory = try MailboxDirectory(
                configuration: upstream,
                store: store,
                records: UpstreamRecords(recorder: store, now: Self.now),
                group: group,
                logger: logger,
                seconds: Self.seconds
            )
        } catch {
            let path = configuration.upstream.ca ?? "the system's certificate store"
            throw ServeFailure(
                Phrase("upstream.ca: \(path): \(error)", "upstream.ca: \(path): 読み込めません (\(error))"),
                status: .configuration
            )
        }
        let adoption = try AdoptionDesk.make(
            configuration,
            mailboxes: directory,
            store: store,
            group: group,
            logger: logger,
            seconds: Self.seconds
        )
        return SessionEnvironment(
            mailboxes: directory,
            store: store,
            recorder: store,
            adoption: adoption,
            notices: NoticeDesk(
                store: store,
                languages: configuration.noticeLanguages,
                zone: configuration.zone,
                now: Self.now,
                logger: logger
            ),
            unidentified: configuration.unidentified,
            now: Self.now,
            refusalDelay: { Int64.random(in: 1_000...3_000) },
            floods: floods,
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
    /// `domains` are those for which there are certificates.
    init(_ listener: Configuration.Listener, _ configuration: Configuration, domains: [String]) {
        self.init(
            name: listener.name,
            address: listener.address,
            port: listener.port,
            isImplicitTLS: listener.isImplicitTLS,
            allowedFrom: listener.allowedFrom,
            plaintextFrom: listener.plaintextFrom,
            hidesDeleted: configuration.hidesDeleted,
            loginSeconds: configuration.limits.loginSeconds,
            idleSeconds: configuration.limits.idleSeconds,
            chain: IdentityChain(kinds: listener.identification, domains: domains),
            givenDevice: listener.givenDevice
        )
    }
}
