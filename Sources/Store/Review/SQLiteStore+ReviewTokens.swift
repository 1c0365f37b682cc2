import Foundation
import GRDB
package import Gateway
import LibCrypto

package import class Linux.Secret

// Tokens have 160 bits, so a digest without salt and without stretching keeps them as well as any.
extension SQLiteStore {
    /// More are a mistake; and a login looks at each.
    private static let mostTokens = 200
    /// Five bits each.
    private static let letters = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let tokenLength = 32
    /// So that a token found in a file or a mail is known for what it is.
    private static let prefix = Array("leavecopy-".utf8)

    /// Synced, with its record, in which the token does not stand.
    package func addReviewToken(
        _ name: String,
        role: Reviewer.Role,
        by operatorName: String
    ) async throws(StoreError) -> IssuedReviewToken {
        guard DeviceName.canonical(name.utf8) != nil else { throw .badName(name) }
        let text = Self.prefix + Random.octets(Self.tokenLength).map { Self.letters[Int($0 & 31)] }
        let hash = Data(SHA256.digest(of: text))
        try await self.change { database, page in
            let names = try String.fetchAll(database, sql: "SELECT name FROM reviewToken")
            guard names.count < Self.mostTokens else { throw StoreError.tooManyTokens }
            guard !names.contains(where: { $0.lowercased() == name.lowercased() }) else {
                throw StoreError.tokenNameTaken(name)
            }
            try database.execute(
                sql: "INSERT INTO reviewToken (name, role, hash, made) VALUES (?, ?, ?, ?)",
                arguments: [name, role.rawValue, hash, Timestamp.text(page.time)]
            )
            let asked = "review token \(name) --role \(role.rawValue)"
            let done = "\(name) may log in to the review page as \(role.rawValue)"
            try page.append(Self.record(asked, done, operatorName, page))
        }
        return IssuedReviewToken(name: name, role: role, text: Secret(text))
    }

    /// Its sessions end with it, and its saved filters go. Synced, with its record.
    package func removeReviewToken(_ name: String, by operatorName: String) async throws(StoreError) {
        try await self.change { database, page in
            try database.execute(sql: "DELETE FROM reviewToken WHERE name = ?", arguments: [name])
            guard database.changesCount > 0 else { throw StoreError.unknownToken(name) }
            let done = "\(name) may no longer log in to the review page"
            try page.append(Self.record("review token \(name) --remove", done, operatorName, page))
        }
    }

    package func reviewTokens() async throws(StoreError) -> [ReviewToken] {
        do throws(StoreFailure) {
            return try await self.read { database in
                try Row.fetchAll(database, sql: "SELECT id, name, role, made FROM reviewToken ORDER BY name")
                    .compactMap(Self.token)
            }
        } catch {
            throw .failed(error)
        }
    }

    /// Nil once it was taken away.
    package func reviewToken(_ id: Int64) async throws(StoreError) -> ReviewToken? {
        do throws(StoreFailure) {
            return try await self.read { database in
                try Row.fetchOne(
                    database,
                    sql: "SELECT id, name, role, made FROM reviewToken WHERE id = ?",
                    arguments: [id]
                ).flatMap(Self.token)
            }
        } catch {
            throw .failed(error)
        }
    }

    /// Whose token this is; nil for nobody's. Every one is compared, each in the same time.
    package func reviewToken(of secret: Secret) async throws(StoreError) -> ReviewToken? {
        let digest = secret.revealed { SHA256.digest(of: $0) }
        do throws(StoreFailure) {
            return try await self.read { database in
                var found: ReviewToken?
                for row in try Row.fetchAll(database, sql: "SELECT id, name, role, made, hash FROM reviewToken") {
                    let hash: Data = row["hash"]
                    if ConstantTime.equal([UInt8](hash), digest) { found = Self.token(row) }
                }
                return found
            }
        } catch {
            throw .failed(error)
        }
    }

    private static func token(_ row: Row) -> ReviewToken? {
        guard let role = Reviewer.Role(rawValue: row["role"]) else { return nil }
        return ReviewToken(id: row["id"], name: row["name"], role: role, made: row["made"])
    }

    private static func record(
        _ asked: String,
        _ done: String,
        _ operatorName: String,
        _ page: Journal.Page
    ) -> AuditRecord {
        let attempt = Attempt(action: .reviewToken, outcome: .success, asked: asked, answered: "", done: done)
        return AuditRecord(time: page.time, origin: .operatorCommand(user: operatorName), attempt: attempt)
    }
}
