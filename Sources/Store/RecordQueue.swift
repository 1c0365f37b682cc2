import GRDB
import Gateway
import Synchronization

/// The recorder's queue: jobs in the order of the calls, one writer, and all jobs that wait share the next commit. A job
/// that fails takes its own records back and no neighbour's.
final class RecordQueue: Sendable {
    private struct Job: Sendable {
        let entry: RecordEntry
        let durability: Durability
        let answer: @Sendable (Result<Void, StoreFailure>) -> Void
    }

    private struct State {
        var jobs: [Job] = []
        var isRunning = false
    }

    private let state = Mutex(State())
    private let pool: DatabasePool
    private let journal: Journal

    init(pool: DatabasePool, journal: Journal) {
        self.pool = pool
        self.journal = journal
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
            while let jobs = self.take() { self.carryOut(jobs, database) }
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
            return state.jobs
        }
    }

    /// One commit. It is synced when one of the jobs asks for it.
    private func carryOut(_ jobs: [Job], _ database: Database) {
        var results: [Result<Void, StoreFailure>] = []
        let durability = jobs.map(\.durability).max() ?? .written
        do {
            try SQLiteStore.set(durability, on: database)
            try database.inTransaction(.immediate) {
                results = try self.write(jobs, durability, database)
                return .commit
            }
        } catch {
            let failure = StoreFailure(error)
            results = jobs.map { _ in .failure(failure) }
        }
        for (job, result) in zip(jobs, results) { job.answer(result) }
    }

    private func write(
        _ jobs: [Job],
        _ durability: Durability,
        _ database: Database
    ) throws -> [Result<Void, StoreFailure>] {
        var page = try self.journal.open(database)
        let results = try jobs.map { job -> Result<Void, StoreFailure> in
            let before = page
            do {
                try database.inSavepoint {
                    for record in job.entry.records { try page.append(record) }
                    for change in job.entry.changes { try Changes.apply(change, database, &page) }
                    return .commit
                }
                return .success(())
            } catch {
                // A full disk takes back the whole transaction, with what the neighbours wrote: nothing may go on from here.
                guard database.isInsideTransaction else { throw error }
                page = before
                return .failure(StoreFailure(error))
            }
        }
        try page.close(sealing: durability == .synced)
        return results
    }
}
