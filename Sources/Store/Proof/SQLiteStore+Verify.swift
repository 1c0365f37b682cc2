extension SQLiteStore {
    /// Reads the whole record and every checkpoint, and hashes them again. The signatures of the newest checkpoint and of
    /// those that have a copy among `kept` are checked, with `everySignature` all.
    ///
    /// `kept` are checkpoints that were kept elsewhere, `keptKey` is the public key as it was: they show what somebody
    /// did who can write the whole database, and has the key. `tell` hears how many records of how many are read.
    package func verify(
        everySignature: Bool = false,
        against kept: [KeptCheckpoint] = [],
        keptKey: KeptKey? = nil,
        tell: @escaping @Sendable (Int64, Int64) -> Void = { _, _ in }
    ) async throws(StoreError) -> Verification {
        let terms = RecordVerifier.Terms(
            key: self.journal.key.verifying,
            origin: self.journal.origin,
            everySignature: everySignature,
            kept: kept,
            keptKey: keptKey?.key,
            tell: tell
        )
        return try await self.ask { try RecordVerifier(terms, $0).run() }
    }
}
