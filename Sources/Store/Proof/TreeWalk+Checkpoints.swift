import Gateway
import LibCrypto

extension TreeWalk {
    /// A checkpoint of at most as many records as the log has now.
    mutating func take(_ checkpoint: StoredCheckpoint, isNewest: Bool) {
        self.countNumber(checkpoint)
        let isHere = checkpoint.size == self.count && self.isKnown && !self.isRewritten
        let mustBeSigned = isNewest || self.mustBeSigned(checkpoint)
        var isProof = false
        if isHere, !self.isInDoubt,
            self.form.matches(checkpoint.note, size: checkpoint.size, root: self.log.root(by: self.hasher))
        {
            self.agreed = checkpoint.size
            isProof = !mustBeSigned || self.checkSignature(checkpoint)
        } else {
            isProof = self.examine(checkpoint, isHere: isHere, mustBeSigned: mustBeSigned)
        }
        if isNewest, isProof { self.newest = checkpoint }
    }

    /// They are numbered without gaps, but for what went with dropped records.
    private mutating func countNumber(_ checkpoint: StoredCheckpoint) {
        self.checkpointCount += 1
        self.sealed = max(self.sealed, checkpoint.size)
        let following = self.number.map { $0 &+ 1 } ?? (self.dropped.end == 0 ? 1 : checkpoint.number)
        if checkpoint.size > self.dropped.end, self.number == nil, self.dropped.end > 0 {
            // The one at the end of what was dropped stays.
            self.findings.add(.checkpointsDeleted(max(1, checkpoint.number &- 1)...max(1, checkpoint.number &- 1)))
        } else if checkpoint.number > following, checkpoint.size > self.dropped.end {
            self.findings.add(.checkpointsDeleted(following...checkpoint.number &- 1))
        } else if checkpoint.number < following {
            self.findings.add(.checkpointChanged(number: checkpoint.number))
        }
        self.number = checkpoint.number
    }

    private func mustBeSigned(_ checkpoint: StoredCheckpoint) -> Bool {
        self.everySignature || self.kept.speaks(of: checkpoint.size)
            || self.dropped.segment(endingAt: checkpoint.size) != nil
    }

    private mutating func checkSignature(_ checkpoint: StoredCheckpoint) -> Bool {
        guard let read = Checkpoint.read(checkpoint.text, key: self.key), read.isSigned else {
            self.findings.add(self.unsigned(checkpoint))
            return false
        }
        return true
    }

    /// Why a checkpoint is not signed by this key: another one has signed it, or it was changed.
    private func unsigned(_ checkpoint: StoredCheckpoint) -> Verification.Kind {
        guard let note = SignedNote(checkpoint.text), let read = Checkpoint(note) else {
            return .checkpointChanged(number: checkpoint.number)
        }
        let own = [read.origin, self.origin].map { SignedNote.keyHash($0, self.key) }
        return note.signatures.contains { own.contains($0.keyHash) }
            ? .checkpointChanged(number: checkpoint.number)
            : .keyReplaced(.checkpoints(checkpoint.number...checkpoint.number))
    }

    /// Takes a checkpoint apart that is not plainly right. Whether it agrees with the records, and is signed where it must be.
    private mutating func examine(_ checkpoint: StoredCheckpoint, isHere: Bool, mustBeSigned: Bool) -> Bool {
        guard let note = SignedNote(checkpoint.text), let read = Checkpoint(note),
            Int64(clamping: read.size) == checkpoint.size, let root = MerkleHash(read.root)
        else {
            self.findings.add(.checkpointChanged(number: checkpoint.number))
            return false
        }
        self.form.follow(read.origin)
        let keyHash = SignedNote.keyHash(read.origin, self.key)
        guard note.signatures.contains(where: { $0.name == read.origin && $0.keyHash == keyHash }) else {
            self.findings.add(self.unsigned(checkpoint))
            return false
        }
        if let segment = self.dropped.segment(endingAt: checkpoint.size) {
            return self.compare(segment, with: root, checkpoint)
        }
        guard isHere else {
            let isSigned = !mustBeSigned || self.checkSignature(checkpoint)
            if isSigned { self.kept.note(root, at: checkpoint.size) }
            return false
        }
        if self.settle(root) {
            self.agreed = checkpoint.size
            return !mustBeSigned || self.checkSignature(checkpoint)
        }
        // Only what the gateway signed says something about the records.
        guard self.checkSignature(checkpoint) else { return false }
        self.settle(byOther: false)
        self.findings.add(.rewritten(min(self.agreed &+ 1, checkpoint.size)...checkpoint.size))
        self.isRewritten = true
        return false
    }

    /// The checkpoint at the end of a segment says whether what is kept of it is right.
    private mutating func compare(
        _ segment: KeptSegments.Segment,
        with root: MerkleHash,
        _ checkpoint: StoredCheckpoint
    ) -> Bool {
        guard self.checkSignature(checkpoint) else { return false }
        self.kept.note(root, at: checkpoint.size)
        guard segment.log?.root(by: self.hasher) == root else {
            self.findings.add(.segmentChanged(number: segment.number))
            return false
        }
        return true
    }

    /// Those that speak of more records than there are.
    mutating func takeRest() throws {
        var newest: Int64?
        while let checkpoint = self.checkpoints.next {
            try self.checkpoints.advance()
            self.countNumber(checkpoint)
            let mustBeSigned = self.checkpoints.next == nil || self.mustBeSigned(checkpoint)
            _ = self.examine(checkpoint, isHere: false, mustBeSigned: mustBeSigned)
            newest = checkpoint.size
        }
        guard let newest else { return }
        self.isCutOff = true
        self.findings.add(.cutOff(at: self.count, expected: newest))
    }
}
