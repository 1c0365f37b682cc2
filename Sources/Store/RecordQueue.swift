import Foundation
import GRDB
import Gateway
import Synchronization

/// The recorder's queue: jobs in the order of the calls, one writer, and all jobs that wait share the next commit. A job
/// that fails takes its own records back and no neighbour's: then all are written again, each in a savepoint of its own.
final class RecordQueue: Sendable {
    private struct Job: Sendable {
        let entry: RecordEntry
        let durability: Durability
        let answer: @Sendable (Result<Void, StoreFailure>) -> Void
    }

    private struct State {
        var jobs: [Job] = []
        var isRunning = false
        /// The last commit had jobs of more than one session.
        var wasShared = false
    }

    /// How long a commit waits for company, in microseconds, while commits are shared: under load it costs more than all
    /// that is written in it. A session that is alone never waits.
    private static let linger: UInt32 = 1_000

    private let state = Mutex(State())
    private let pool: DatabasePool
    private let strength: WriterStrength
    private let journal: Journal
    private let condition: StoreCondition

    init(pool: DatabasePool, strength: WriterStrength, journal: Journal, condition: StoreCondition) {
        self.pool = pool
        self.strength = strength
        self.journal = journal
        self.condition = condition
    }

    func append(
        _ entry: RecordEntry,
        _ durability: Durability,
        answer: @escaping @Sendable (Result<Void, StoreFailure>) -> Void
    ) {
        let starts = self.state.withLock { state in
            state.jobs.append(Job(entry: entry, durability: durability, answer: answer))
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard starts else { return }
        self.pool.asyncWriteWithoutTransaction { database in
            repeat {
                if self.state.withLock({ $0.wasShared }) { usleep(Self.linger) }
                guard let jobs = self.take() else { return }
                self.carryOut(jobs, database)
            } while true
        }
    }

    /// All that wait; nil, and the run is over, when none do.
    private func take() -> [Job]? {
        self.state.withLock { state in
            guard !state.jobs.isEmpty else {
                state.isRunning = false
                return nil
            }
            defer { state.jobs = [] }
            state.wasShared = state.jobs.count > 1
            return state.jobs
        }
    }

    /// One commit. It is synced when one of the jobs asks for it.
    private func carryOut(_ jobs: [Job], _ database: Database) {
        let durability = jobs.map(\.durability).max() ?? .written
        var results = self.attempt(jobs, durability, database)
        let failures = Set(results.map(Self.failure))
        if failures == [.full], self.condition.releaseReserve(for: StoreFailure.full) {
            results = self.attempt(jobs, durability, database)
        }
        for (job, result) in zip(jobs, results) { job.answer(result) }
    }

    private static func failure(_ result: Result<Void, StoreFailure>) -> StoreFailure? {
        if case .failure(let failure) = result { failure } else { nil }
    }

    private func attempt(
        _ jobs: [Job],
        _ durability: Durability,
        _ database: Database
    ) -> [Result<Void, StoreFailure>] {
        do {
            try self.condition.admit()
            try self.strength.set(durability, on: database)
            let results = try self.writeOnce(jobs, durability, database)
            if results.allSatisfy({ Self.failure($0) == nil }) { self.condition.succeeded() }
            return results
        } catch {
            self.condition.failed(error)
            let failure = StoreFailure(error)
            return jobs.map { _ in .failure(failure) }
        }
    }

    private func writeOnce(
        _ jobs: [Job],
        _ durability: Durability,
        _ database: Database
    ) throws -> [Result<Void, StoreFailure>] {
        do {
            try database.inTransaction(.immediate) {
                var page = try self.journal.open(database)
                for job in jobs { try Self.write(job.entry, database, &page) }
                try page.close(sealing: durability == .synced)
                return .commit
            }
            return jobs.map { _ in .success(()) }
        } catch  where jobs.count > 1 {
            var results: [Result<Void, StoreFailure>] = []
            try database.inTransaction(.immediate) {
                results = try self.writeApart(jobs, durability, database)
                return .commit
            }
            return results
        }
    }

    private static func write(_ entry: RecordEntry, _ database: Database, _ page: inout Journal.Page) throws {
        for record in entry.records {
            try page.append(record)
            try WantedDetailRows.note(record.attempt, database)
        }
        for change in entry.changes { try Changes.apply(change, database, &page) }
    }

    private func writeApart(
        _ jobs: [Job],
        _ durability: Durability,
        _ database: Database
    ) throws -> [Result<Void, StoreFailure>] {
        var page = try self.journal.open(database)
        let results = try jobs.map { job -> Result<Void, StoreFailure> in
            let before = page
            do {
                try database.inSavepoint {
                    try Self.write(job.entry, database, &page)
                    return .commit
                }
                return .success(())
            } catch {
                // A full disk takes back the whole transaction, with what the neighbours wrote: nothing may go on from here.
                guard database.isInsideTransaction else { throw error }
                page = before
                self.condition.failed(error)
                return .failure(StoreFailure(error))
            }
        }
        try page.close(sealing: durability == .synced)
        return results
    }
}
