import GRDB
import Gateway

/// Accounts, as rows: an upstream's configured name, and a login in its normalised form.
enum AccountRows {
    static func find(_ upstream: String, _ login: String, _ database: Database) throws -> AccountID? {
        let statement = try database.cachedStatement(sql: "SELECT id FROM account WHERE upstream = ? AND login = ?")
        return try Int64.fetchOne(statement, arguments: [upstream, login]).map { AccountID($0) }
    }

    static func makeUnlessKnown(_ upstream: String, _ login: String, _ database: Database) throws -> AccountID {
        try database.execute(
            sql: "INSERT INTO account (upstream, login) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [upstream, login]
        )
        guard let id = try self.find(upstream, login, database) else {
            throw StoreFailure.broken(reason: "an account cannot be read back")
        }
        return id
    }
}
