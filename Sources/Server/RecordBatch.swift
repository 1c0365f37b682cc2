import Gateway

/// The records of one pass: those of one strength that follow each other make one job, so that a burst of DELE costs one
/// commit. Each `record` action is still answered for itself.
struct RecordBatch {
    struct Job {
        var entry: RecordEntry
        let durability: Durability
        /// The actions in it.
        var actions: Int
    }

    private var jobs: [Job] = []

    mutating func add(_ records: [AuditRecord], _ changes: [Change], _ durability: Durability) {
        if let last = self.jobs.indices.last, self.jobs[last].durability == durability {
            self.jobs[last].entry.records += records
            self.jobs[last].entry.changes += changes
            self.jobs[last].actions += 1
        } else {
            let entry = RecordEntry(records: records, changes: changes)
            self.jobs.append(Job(entry: entry, durability: durability, actions: 1))
        }
    }

    mutating func take() -> [Job] {
        defer { self.jobs = [] }
        return self.jobs
    }
}
