import Foundation
import Gateway
import Store
import Testing

// What an operator does, and what becomes of the server.
extension HistoryWorld {
    /// A device, in the model and in the store; nil where nobody is known by the name.
    func entry(_ profile: HistoryProfile) async throws -> (key: Int, entry: DeviceEntry)? {
        guard let key = self.model.known[profile], let name = self.model.devices[key]?.name else {
            return nil
        }
        return (key, try await self.store.device(named: name, account: nil))
    }

    func merge(_ source: HistoryProfile, into target: HistoryProfile) async throws {
        guard let from = try await self.entry(source), let into = try await self.entry(target),
            from.key != into.key
        else { return }
        _ = try await self.store.merge(from.entry, into: into.entry, by: "admin")
        self.model.merge(from.key, into: into.key)
    }

    func restore(_ profile: HistoryProfile, _ what: HistoryStep.Restored) async throws {
        guard let (key, entry) = try await self.entry(profile) else { return }
        let count: Int
        let expected: Int
        switch what {
        case .one(let index):
            let hidden = try await self.store.hidden(from: entry.device.id)
            guard !hidden.isEmpty else { return }
            let row = hidden[index % hidden.count].row
            let id = try #require(self.idOfRow[row])
            count = try await self.store.restore(
                .rows(NumberRanges(numbers: [row])),
                to: entry,
                by: .operatorCommand(user: "admin")
            )
            expected = self.model.restore(key, includesSkipped: true) { $0 == id }
        case .period(let ago, let days):
            let since = self.model.midnight(ago)
            let until = since + Int64(days) * HistoryModel.secondsOfDay
            count = try await self.store.restore(
                .period(since: since, until: until),
                to: entry,
                by: .operatorCommand(user: "admin")
            )
            let dates = self.model.dates
            expected = self.model.restore(key, includesSkipped: true) { id in
                (dates[id] ?? nil).map { (since..<until).contains($0) } ?? false
            }
        case .everything(let earlier):
            count = try await self.store.restore(
                .everything(earlier: earlier),
                to: entry,
                by: .operatorCommand(user: "admin")
            )
            expected = self.model.restore(key, includesSkipped: earlier) { _ in true }
        }
        guard count == expected else {
            throw HistoryModel.Broken("\(count) restored in place of \(expected)")
        }
    }

    func restart() async throws {
        for var session in self.sessions { try await self.lose(&session) { $0.quiesce() } }
        self.sessions = []
        self.store = try StoreWorld.open(self.folder)
    }

    /// What a killed process leaves: the files as they are, taken while the store has them open.
    func kill() throws {
        self.sessions = []
        let folder = try Self.makeFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: self.folder)
        where !name.hasSuffix("-shm") {
            try FileManager.default.copyItem(
                atPath: "\(self.folder)/\(name)",
                toPath: "\(folder)/\(name)"
            )
        }
        self.store = try StoreWorld.open(folder)
        try FileManager.default.removeItem(atPath: self.folder)
        self.folder = folder
    }
}
