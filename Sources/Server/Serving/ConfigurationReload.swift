import Gateway
import Logging
import Report

/// What a SIGHUP asks for: the configuration is read again and checked as a whole, and what can be taken while the server
/// runs is taken, certificates first. A file with anything wrong in it changes nothing. Either way it is on record, with
/// the digests of the files and the names of keys, and no value.
struct ConfigurationReload: Sendable {
    let options: ServeOptions
    let surroundings: Surroundings
    let live: LiveConfiguration
    let certificates: Certificates
    let outgoing: Outgoing
    let recorder: any Recorder
    /// Tells the store what it keeps from now on.
    let keep: @Sendable (Configuration) -> Void
    let now: @Sendable () -> Int64
    let logger: Logger

    func run() async {
        self.outgoing.reopen()
        let new: Configuration
        do throws(ConfigurationFailure) {
            new = try Configuration.load(self.options, in: self.surroundings)
        } catch {
            for line in error.lines(in: .english) {
                self.logger.error("the configuration stays as it was", metadata: ["problem": "\(line)"])
            }
            return await self.record(refused: Self.place(error), digest: error.digest)
        }
        let last = self.live.configuration
        let change = ConfigurationChange(start: self.live.start, last: last, new: new)
        do throws(ServeFailure) {
            let page = self.live.start.pageListeners(certificates: new.review)
            try self.certificates.reload(for: change.takesListeners ? new.listeners + page : nil)
        } catch {
            return await self.record(refused: error.text[.english], digest: new.digest)
        }
        self.live.take(new, change)
        self.keep(new)
        if last.record != new.record || last.alerts != new.alerts { await self.outgoing.change(to: new) }
        await self.record(change, new)
    }

    private func record(_ change: ConfigurationChange, _ new: Configuration) async {
        let (taken, waiting) = (change.taken.joined(separator: ", "), change.waiting.joined(separator: ", "))
        var metadata: Logger.Metadata = taken.isEmpty ? [:] : ["taken": "\(taken)"]
        var done = taken.isEmpty ? "certificates were read again" : "taken: \(taken)"
        if waiting.isEmpty {
            self.logger.notice("configuration \(taken.isEmpty ? "unchanged" : "taken")", metadata: metadata)
        } else {
            metadata["waiting"] = "\(waiting)"
            done += "; waits for the next start: \(waiting)"
            self.logger.warning("some settings wait for the next start", metadata: metadata)
        }
        await self.write(.success, done: done, reason: nil, read: new.digest)
    }

    private func record(refused reason: String, digest: String?) async {
        await self.write(.failure, done: "nothing", reason: reason, read: digest)
    }

    private func write(_ outcome: Attempt.Outcome, done: String, reason: String?, read: String?) async {
        var attempt = Attempt(
            action: .configurationReload,
            outcome: outcome,
            asked: "",
            answered: "",
            done: done,
            reason: reason
        )
        let inForce = self.live.digest
        attempt.configuration = ConfigurationDigests(inForce: inForce, read: read == inForce ? nil : read)
        let record = AuditRecord(time: self.now(), origin: .server, attempt: attempt)
        let result: Result<Void, StoreFailure> = await withCheckedContinuation { continuation in
            self.recorder.write(RecordEntry(records: [record]), .synced) { continuation.resume(returning: $0) }
        }
        guard case .failure(let failure) = result else { return }
        self.logger.error("the record could not be written", metadata: ["reason": "\(failure)"])
    }

    /// Where the first problem is: what is wrong there stands in the log, and may quote the file.
    private static func place(_ failure: ConfigurationFailure) -> String {
        guard let first = failure.problems.first else { return "the configuration is wrong" }
        let others = failure.problems.count - 1
        return others > 0 ? "\(first.place) and \(others) more" : "\(first.place)"
    }
}
