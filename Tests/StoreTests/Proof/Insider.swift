import Foundation
import GRDB
import Gateway
import LibCrypto
import Testing

@testable import Store

/// Somebody who can write the database, and knows how it is made: without our triggers, and with the key or without.
struct Insider {
    let folder: String
    private let database: DatabaseQueue

    init(folder: String) throws {
        self.folder = folder
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        self.database = try DatabaseQueue(path: "\(folder)/leavecopy.sqlite", configuration: configuration)
        try self.database.write { database in
            for name in try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'") {
                try database.execute(sql: "DROP TRIGGER \(name)")
            }
        }
    }

    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try self.database.write { try $0.execute(sql: sql, arguments: arguments) }
    }

    func close() throws { try self.database.close() }

    func body(_ sequence: Int64) throws -> [UInt8] {
        try self.database.read { database in
            let body = try Data.fetchOne(
                database,
                sql: "SELECT body FROM record WHERE sequence = ?",
                arguments: [sequence]
            )
            return [UInt8](try #require(body))
        }
    }

    static func leaf(_ body: [UInt8]) -> Data { Data(SHA256().leaf(body.span).array) }

    /// Puts other octets in the place of a record, with the hash that belongs to them.
    func replace(_ sequence: Int64, _ body: [UInt8]) throws {
        try self.run(
            "UPDATE record SET body = ?, leaf = ? WHERE sequence = ?",
            [Data(body), Self.leaf(body), sequence]
        )
    }

    /// All rows from this one on stand `by` further back.
    func move(from sequence: Int64, by: Int64) throws {
        // Over negative numbers, since two rows never have one number.
        try self.run("UPDATE record SET sequence = -(sequence + ?) WHERE sequence >= ?", [by, sequence])
        try self.run("UPDATE record SET sequence = -sequence WHERE sequence < 0")
    }

    /// Brings the tree up to what the records are now. Every checkpoint from `first` records on is signed anew with `key`, or
    /// taken away; nil leaves them.
    func remake(from first: Int64, signing: Signing) throws {
        try self.database.write { database in
            let segment = try Row.fetchOne(database, sql: "SELECT last, edge FROM segment ORDER BY last DESC LIMIT 1")
            var log = try segment.map { try #require(Journal.log(size: $0[0], edge: $0[1])) } ?? MerkleLog()
            let hasher = SHA256()
            let notes = try Row.fetchAll(
                database,
                sql: "SELECT size, note FROM checkpoint WHERE size >= ?",
                arguments: [first]
            )
            let sizes = Dictionary(notes.map { ($0[0] as Int64, $0[1] as String) }) { first, _ in first }
            if signing.takesAway {
                try database.execute(sql: "DELETE FROM checkpoint WHERE size >= ?", arguments: [first])
            }
            let leaves = try Data.fetchAll(database, sql: "SELECT leaf FROM record ORDER BY sequence")
            for leaf in leaves {
                log.append(try #require(MerkleHash(leaf)), by: hasher)
                guard let key = signing.key, let old = sizes[Int64(log.size)],
                    let origin = old.split(separator: "\n").first
                else { continue }
                let checkpoint = Checkpoint(origin: String(origin), size: log.size, root: log.root(by: hasher).array)
                try database.execute(
                    sql: "UPDATE checkpoint SET note = ? WHERE size = ?",
                    arguments: [try checkpoint.signed(by: key), Int64(log.size)]
                )
            }
            try database.execute(
                sql: "UPDATE tree SET size = ?, edge = ?",
                arguments: [Int64(log.size), Data(log.edge.flatMap(\.array))]
            )
        }
    }

    struct Signing {
        var key: SigningKey?
        var takesAway = false
    }

    var key: SigningKey {
        get throws {
            try SigningKey(pem: [UInt8](try Data(contentsOf: URL(filePath: "\(self.folder)/checkpoint.key"))))
        }
    }

    /// Another key in the place of the gateway's.
    func replaceKey(by key: SigningKey) throws {
        try Data(key.pem()).write(to: URL(filePath: "\(self.folder)/checkpoint.key"))
        let text = "\(Base64.encode(try key.verifyingKey().octets))\n"
        try Data(text.utf8).write(to: URL(filePath: "\(self.folder)/checkpoint.pub"))
    }
}
