import Foundation
import Logging
import Store
import Synchronization
import Upstream

/// All that takes the record out of the database while the server runs: streams, checkpoints, alerts. Made of the
/// configuration, and made anew when that changes: each goes on where it was.
final class Outgoing: Sendable {
    private struct Running: Sendable {
        let outlets: RecordOutlets
        let streams: [RecordStream]
        let push: CheckpointPush
        let pushing: Task<Void, Never>
        let watch: AlertWatch
    }

    /// Seconds that a stop, or a change of the configuration, waits for those who are behind.
    private static let patience = Duration.seconds(3)

    private let store: SQLiteStore
    private let runner: any CommandRunner
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private let running = Mutex<Running?>(nil)

    init(
        store: SQLiteStore,
        runner: any CommandRunner = ProcessRunner(surroundings: ProcessInfo.processInfo.environment),
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.store = store
        self.runner = runner
        self.now = now
        self.logger = logger
    }

    func start(_ configuration: Configuration) {
        let streams = configuration.record.streams.map { stream in
            RecordStream(self.target(stream), store: self.store, logger: self.logger)
        }
        let push = CheckpointPush(
            configuration.record.checkpoints.map { self.target($0) },
            store: self.store,
            logger: self.logger
        )
        let caller = AlertCaller(
            command: configuration.alerts.command,
            runner: self.runner,
            store: self.store,
            language: configuration.language,
            now: self.now,
            logger: self.logger
        )
        let watch = AlertWatch(
            rules: configuration.alerts,
            store: self.store,
            caller: caller,
            now: self.now,
            logger: self.logger
        )
        let outlets = RecordOutlets(store: self.store)
        outlets.start(
            streams.map { stream in { await stream.run($0) } } + [{ await watch.run($0) }, { await caller.run($0) }]
        )
        let pushing = Task { await push.run() }
        self.running.withLock {
            $0 = Running(outlets: outlets, streams: streams, push: push, pushing: pushing, watch: watch)
        }
    }

    /// At SIGHUP: whoever rotated a log file says so.
    func reopen() {
        for stream in self.running.withLock({ $0?.streams ?? [] }) { stream.reopen() }
    }

    func change(to configuration: Configuration) async {
        await self.finish(isLast: false)
        self.start(configuration)
    }

    /// When the last record was written.
    func finish() async { await self.finish(isLast: true) }

    func hear(_ notice: UpstreamNotice) { self.running.withLock { $0?.watch }?.hear(notice) }

    private func finish(isLast: Bool) async {
        let running = self.running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let running else { return }
        running.pushing.cancel()
        await running.pushing.value
        async let last: Void = isLast ? Self.pushLast(running.push) : ()
        await running.outlets.finish(within: Self.patience)
        await last
    }

    private static func pushLast(_ push: CheckpointPush) async {
        let pushing = Task { await push.pushLast() }
        let end = Task {
            guard (try? await Task.sleep(for: Self.patience)) != nil else { return }
            pushing.cancel()
        }
        await pushing.value
        end.cancel()
    }

    private func target(_ stream: Configuration.Stream) -> any StreamTarget {
        switch stream {
        case .file(let path): FileTarget(path: path)
        case .service(.standardOutput): StandardOutputTarget(isJournal: StandardErrorLog.isJournal)
        case .service(.syslog): SyslogTarget()
        case .service(.journal): JournalTarget()
        case .server(let server): NetworkTarget(server)
        }
    }

    private func target(_ target: Configuration.CheckpointTarget) -> any CheckpointTarget {
        switch target {
        case .file(let path): return CheckpointFile(path: path)
        case .command(let arguments): return CheckpointCommand(arguments: arguments, runner: self.runner)
        case .service(.syslog):
            let (syslog, now) = (SyslogTarget(), self.now)
            return CheckpointMessage(name: syslog.name) { syslog.write($0, at: now()) }
        case .service(.journal):
            let journal = JournalTarget()
            return CheckpointMessage(name: journal.name) { journal.write($0) }
        }
    }
}
