import GRDB

/// What was found, joined where it is about records that follow one another.
struct FindingList {
    /// What a person can look at; more is said to be more.
    private static let limit = 1_000

    private(set) var kinds: [Verification.Kind] = []
    private(set) var hasMore = false

    var isEmpty: Bool { self.kinds.isEmpty }

    /// Whether records are gone.
    var namesGone: Bool {
        self.kinds.contains { kind in
            switch kind {
            case .deleted, .cutOff: true
            default: false
            }
        }
    }

    mutating func add(_ kind: Verification.Kind) {
        if let last = self.kinds.last, let joined = Self.join(last, kind) {
            self.kinds[self.kinds.count - 1] = joined
        } else if self.kinds.count < Self.limit {
            self.kinds.append(kind)
        } else {
            self.hasMore = true
        }
    }

    private static func join(_ first: Verification.Kind, _ second: Verification.Kind) -> Verification.Kind? {
        switch (first, second) {
        case (.changed(let left), .changed(let right)): self.join(left, right).map { .changed($0) }
        case (.hashChanged(let left), .hashChanged(let right)): self.join(left, right).map { .hashChanged($0) }
        case (.inserted(let left), .inserted(let right)): self.join(left, right).map { .inserted($0) }
        case (.keyReplaced(.checkpoints(let left)), .keyReplaced(.checkpoints(let right))):
            self.join(left, right).map { .keyReplaced(.checkpoints($0)) }
        case (let left, let right): left == right ? left : nil
        }
    }

    private static func join(_ left: ClosedRange<Int64>, _ right: ClosedRange<Int64>) -> ClosedRange<Int64>? {
        guard right.lowerBound >= left.lowerBound, right.lowerBound <= left.upperBound &+ 1 else { return nil }
        return left.lowerBound...max(left.upperBound, right.upperBound)
    }

    /// With what the records say that each is about.
    func witnessed(_ database: Database) throws -> [Verification.Finding] {
        try self.kinds.map { kind in
            let wanted = Self.sequences(kind)
            let rows = try wanted.compactMap { sequence in
                try Row.fetchOne(
                    database,
                    sql: "SELECT sequence, body FROM record WHERE sequence = ?",
                    arguments: [sequence]
                )
            }
            return Verification.Finding(
                kind: kind,
                records: rows.map { Self.witness(StoredRecord(sequence: $0[0], body: $0[1])) }
            )
        }
    }

    private static func witness(_ record: StoredRecord) -> Verification.Witness {
        Verification.Witness(
            sequence: record.sequence,
            time: record.time,
            device: record.device,
            action: record.action
        )
    }

    private static func sequences(_ kind: Verification.Kind) -> [Int64] {
        switch kind {
        case .changed(let range), .hashChanged(let range), .inserted(let range), .rewritten(let range),
            .rewrittenWithKey(let range), .unsealed(let range):
            range.lowerBound == range.upperBound ? [range.lowerBound] : [range.lowerBound, range.upperBound]
        case .deleted(let range): [range.lowerBound &- 1, range.upperBound &+ 1]
        case .cutOff(let last, _), .rolledBack(let last, _): [last]
        case .swapped(let numbers): Array(numbers.prefix(8))
        case .keyReplaced, .checkpointChanged, .checkpointsDeleted, .treeChanged, .segmentChanged, .keptNoteChanged: []
        }
    }
}
