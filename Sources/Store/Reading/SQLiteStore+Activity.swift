import GRDB
package import Gateway

extension SQLiteStore {
    /// Every device, and every address without one, that did something in the period (UTC, as the record writes it).
    package func activity(
        since: String,
        until: String,
        account: String? = nil
    ) async throws(StoreError) -> [DeviceActivity] {
        try await self.ask { database in
            var count = ActivityCount(since: since, until: until, account: account, try Successors(database))
            let stretch = try RecordStretch(1, .max).narrowed(since: since, until: until, database)
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT sequence, body FROM record WHERE sequence BETWEEN ? AND ? ORDER BY sequence",
                arguments: [stretch.first, stretch.last]
            )
            while let row = try rows.next() { count.take(StoredRecord(sequence: row[0], body: row[1])) }
            try count.takeEarlierRetrievals(database)
            return count.activities
        }
    }

    /// What one device retrieved and asked to delete since a time (microseconds since 1970), and nothing else of what it did;
    /// nil where it asked to delete nothing. Costs nothing for the records of others.
    package func activity(of device: DeviceID, since: Int64) async throws(StoreError) -> DeviceActivity? {
        try await self.ask { database in
            let successors = try Successors(database)
            let classes = try ([device] + successors.predecessors(of: device)).flatMap {
                try RecordClass.all(of: $0, upTo: .max, database)
            }.filter { $0.isWholeDelivery || $0.isDeletionRequest }
            let stretch = try RecordStretch(1, .max).narrowed(since: Timestamp.text(since), until: nil, database)
            guard classes.contains(where: { $0.isDeletionRequest && $0.newest >= stretch.first }) else { return nil }
            var numbers: [Int64] = []
            for found in classes where found.newest >= stretch.first {
                numbers += try Int64.fetchAll(
                    try database.cachedStatement(
                        sql: "SELECT sequence FROM record INDEXED BY recordClass WHERE class = ? AND sequence >= ?"
                    ),
                    arguments: [found.stored, stretch.first]
                )
            }
            var count = ActivityCount(since: Timestamp.text(since), until: "~", account: nil, successors)
            let body = try database.cachedStatement(sql: "SELECT body FROM record WHERE sequence = ?")
            for number in numbers.sorted() {
                guard let row = try Row.fetchOne(body, arguments: [number]) else { continue }
                count.take(StoredRecord(sequence: number, body: row[0]))
            }
            try count.takeEarlierRetrievals(of: classes, database)
            return count.activities.first { $0.askedToDelete > 0 }
        }
    }

    /// Attempts a day, days without any left out, of all or of one device.
    package func dailyAttempts(
        since: String,
        until: String,
        device: DeviceID? = nil
    ) async throws(StoreError) -> [DailyAttempts] {
        try await self.ask { database in
            let stretch = try RecordStretch(1, .max).narrowed(since: since, until: until, database)
            let successors = try Successors(database)
            var count = DailyCount(since: since, until: until, stretch, database)
            for found in try RecordClass.all(upTo: stretch.last, database) where found.newest >= stretch.first {
                if let device, found.device.map(successors.of) != device { continue }
                try count.take(found)
            }
            return count.days
        }
    }
}
