// What is kept elsewhere, so that whoever has the key and the database cannot write the record anew unseen.
extension SQLiteStore {
    /// The checkpoint of the record as it is now: a signed note. It is made now where records came since the last one.
    package func checkpoint() async throws(StoreError) -> String {
        let journal = self.journal
        let newest = try await self.ask { database -> String? in
            let page = try journal.open(database)
            return try page.isSealed() ? page.note() : nil
        }
        if let newest { return newest }
        return try await self.change { try $1.seal() }
    }

    /// A note over `lines`, signed with the key of the checkpoints. Its first line is `ORIGIN manifest`, so that it is never
    /// taken for a checkpoint, whose first line is the origin alone. What a note may not hold is escaped as in JSON.
    package func sign(manifest lines: [String]) throws(StoreError) -> String {
        let origin = self.journal.origin
        let text = (["\(origin) manifest"] + lines).map { "\(Self.escaped($0))\n" }.joined()
        do {
            return try SignedNote.sign(text, name: origin, key: self.journal.key.signing)
        } catch {
            throw StoreError(error)
        }
    }

    private static func escaped(_ line: String) -> String {
        var result = ""
        for scalar in line.unicodeScalars {
            if scalar.properties.generalCategory == .control {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
