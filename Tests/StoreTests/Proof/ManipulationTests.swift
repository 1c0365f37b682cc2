import Foundation
import Gateway
import TestSupport
import Testing

@testable import Store

/// Each way to change a record, at places of chance, in logs of chance. `LEAVECOPY_MANIPULATIONS` makes it try more.
@Suite("A record that somebody manipulates", .timeLimit(.minutes(20)))
struct ManipulationTests {
    private static let wanted = ProcessInfo.processInfo.environment["LEAVECOPY_MANIPULATIONS"].flatMap { Int($0) }
    private static let count = Self.wanted ?? 85
    private static let isWhole = Self.wanted != nil

    private static func logs(seed: UInt64) async throws -> [SampleLog] {
        var logs: [SampleLog] = []
        let counts = Self.isWhole ? [5, 24, 60, 130, 260] : [5, 24, 60]
        for (index, count) in counts.enumerated() {
            for drops in [false, true] {
                let seed = seed &+ UInt64(index) &* 2 &+ (drops ? 1 : 0)
                logs.append(try await SampleLog.grown(seed: seed, count: count, drops: drops))
            }
        }
        return logs
    }

    @Test("tells what was done, each time, and nothing else", arguments: [1 as UInt64])
    func manipulated(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let logs = try await Self.logs(seed: seed)
        var done: [Manipulation: Int] = [:]
        var number = 0
        while done.values.reduce(0, +) < Self.count {
            number += 1
            let manipulation = Manipulation.allCases[number % Manipulation.allCases.count]
            let log = try #require(logs.randomElement(using: &generator))
            guard let (folder, expected) = try await manipulation.carryOut(on: log, &generator) else { continue }
            defer { try? FileManager.default.removeItem(atPath: folder) }
            done[manipulation, default: 0] += 1
            let store = try StoreWorld.open(folder, role: .command)
            let verification = try await store.verify(against: expected.kept, keptKey: expected.key)
            let fault = Self.fault(Self.without(log, verification.findings.map(\.kind)), expected)
            #expect(fault == nil, "\(number) \(manipulation) of \(log.dropped)…\(log.records): \(fault ?? "")")
        }
        #expect(done.count == Manipulation.allCases.count)
    }

    /// Where the record that vouches for those that were dropped is named itself, these are missing, too: a consequence.
    private static func without(_ log: SampleLog, _ kinds: [Verification.Kind]) -> [Verification.Kind] {
        guard let voucher = log.voucher else { return kinds }
        let others = kinds.filter { $0 != .deleted(1...log.dropped) }
        return others.contains { $0.range?.contains(voucher) == true } ? others : kinds
    }

    private static func fault(_ kinds: [Verification.Kind], _ expected: Manipulation.Expectation) -> String? {
        let said = "\(kinds), not \(expected.names.sorted()) \(expected.record ?? 0)"
        guard let name = kinds.first(where: { expected.names.contains($0.name) })?.name,
            kinds.allSatisfy({ expected.names.contains($0.name) })
        else { return said }
        guard let record = expected.record else { return nil }
        let isNamed = kinds.contains { kind in
            // Where one of two equal neighbours was put in, nobody can tell which.
            kind.range?.contains(record) == true || kind.name == "inserted" && kind.range?.contains(record + 1) == true
        }
        return isNamed ? nil : "\(said): \(name) names others"
    }

    @Test("raises no alarm where nobody did anything, with dropped records and without", arguments: [2 as UInt64])
    func clean(seed: UInt64) async throws {
        let logs = try await Self.logs(seed: seed)
        var generator = SeededGenerator(seed: seed)
        var verified = 0
        while verified < Self.count {
            let log = try #require(logs.randomElement(using: &generator))
            let time = 1_764_100_000_000_000 + Int64.random(in: 0...2_000_000, using: &generator)
            let records = try (0...Int.random(in: 0...4, using: &generator)).map {
                try AuditRecord.dele($0, time: time)
            }
            try await log.world.write(
                RecordEntry(records: records),
                Bool.random(using: &generator) ? .written : .synced
            )
            let verification = try await log.world.store.verify(
                everySignature: verified % 10 == 0,
                against: log.notes,
                keptKey: KeptKey(key: log.world.store.journal.key.verifying)
            )
            #expect(verification.isClean && verification.dropped == log.dropped, "\(verification.findings)")
            verified += 1
        }
    }
}
