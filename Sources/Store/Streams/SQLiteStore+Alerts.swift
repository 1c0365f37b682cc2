import Foundation
import GRDB
import Gateway

extension SQLiteStore {
    /// The follower that counts for alerts.
    static let alertFollower = "alerts"

    /// What alerts remember. What is older than these (minutes, microseconds, days since 1970) is forgotten for good.
    package func alertMemory(
        minutesFrom minute: Int64,
        toldFrom time: Int64,
        daysFrom day: Int64
    ) async throws(StoreError) -> AlertMemory {
        try await self.changeUnsynced { database in
            try database.execute(sql: "DELETE FROM alertCount WHERE minute < ?", arguments: [minute])
            try database.execute(sql: "DELETE FROM alertTold WHERE time < ?", arguments: [time])
            try database.execute(sql: "DELETE FROM unnamedAddress WHERE day < ?", arguments: [day])
            return try AlertRows.memory(database)
        }
    }

    /// Keeps a step and writes its alerts, all or nothing.
    package func keep(_ step: AlertStep) async throws(StoreError) {
        let journal = self.journal
        try await self.changeUnsynced { database in
            try AlertRows.keep(step, database)
            guard !step.alerts.isEmpty else { return }
            var page = try journal.open(database)
            for alert in step.alerts { try page.append(alert) }
            try page.close(sealing: false)
        }
    }

    /// Whether this is to be told: nobody was told of the key since `time`. Then it is kept that somebody was, at `now`.
    package func tell(_ key: AlertKey, unlessToldSince time: Int64, at now: Int64) async throws(StoreError) -> Bool {
        try await self.changeUnsynced { database in
            guard try AlertRows.told(key, database).map({ $0 < time }) ?? true else { return false }
            try AlertRows.keep(told: key, at: now, database)
            return true
        }
    }
}

private enum AlertRows {
    static func memory(_ database: Database) throws -> AlertMemory {
        var memory = AlertMemory()
        memory.position = try FollowerRows.position(of: SQLiteStore.alertFollower, database) ?? 0
        for row in try Row.fetchAll(database, sql: "SELECT kind, subject, minute, count FROM alertCount") {
            guard let key = self.key(row) else { continue }
            memory.counts[key, default: [:]][row[2]] = Int(clamping: row[3] as Int64)
        }
        for row in try Row.fetchAll(database, sql: "SELECT kind, subject, time FROM alertTold") {
            guard let key = self.key(row) else { continue }
            memory.told[key] = row[2]
        }
        for row in try Row.fetchAll(database, sql: "SELECT address, day FROM unnamedAddress") {
            memory.unnamed[row[0]] = row[1]
        }
        return memory
    }

    private static func key(_ row: Row) -> AlertKey? {
        AlertKind(rawValue: row[0]).map { AlertKey($0, row[1]) }
    }

    static func keep(_ step: AlertStep, _ database: Database) throws {
        if let position = step.position {
            try FollowerRows.keep(position, of: SQLiteStore.alertFollower, database)
        }
        let count = try database.cachedStatement(
            sql: """
                INSERT INTO alertCount VALUES (?, ?, ?, ?)
                ON CONFLICT (kind, subject, minute) DO UPDATE SET count = excluded.count
                """
        )
        for (key, minutes) in step.counts {
            for (minute, number) in minutes {
                try count.execute(arguments: [key.kind.rawValue, key.subject, minute, number])
            }
        }
        let forget = try database.cachedStatement(
            sql: "DELETE FROM alertCount WHERE kind = ? AND subject = ? AND minute <= ?"
        )
        for (key, minute) in step.forgotten {
            try forget.execute(arguments: [key.kind.rawValue, key.subject, minute])
        }
        for (key, time) in step.told { try self.keep(told: key, at: time, database) }
        let unnamed = try database.cachedStatement(
            sql: "INSERT INTO unnamedAddress VALUES (?, ?) ON CONFLICT (address) DO UPDATE SET day = excluded.day"
        )
        for (address, day) in step.unnamed { try unnamed.execute(arguments: [address, day]) }
    }

    static func told(_ key: AlertKey, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database,
            sql: "SELECT time FROM alertTold WHERE kind = ? AND subject = ?",
            arguments: [key.kind.rawValue, key.subject]
        )
    }

    static func keep(told key: AlertKey, at time: Int64, _ database: Database) throws {
        try database.cachedStatement(
            sql: "INSERT INTO alertTold VALUES (?, ?, ?) ON CONFLICT (kind, subject) DO UPDATE SET time = excluded.time"
        ).execute(arguments: [key.kind.rawValue, key.subject, time])
    }
}
