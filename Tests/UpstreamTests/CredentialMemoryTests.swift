import Testing
import Upstream

@Suite("CredentialMemory")
struct CredentialMemoryTests {
    private static let info = Array("info@example.com".utf8)

    @Test("lets 10 of 500 wrong passwords through, and the right one at once (S-16)")
    func manyWrong() {
        var memory = CredentialMemory(failuresAnHour: 10)
        memory.accepted([0], of: Self.info, at: 0)
        var asked = 0
        for password in 1...500 {
            let fingerprint = [UInt8(truncatingIfNeeded: password), UInt8(truncatingIfNeeded: password >> 8), 1]
            guard memory.verdict(on: fingerprint, of: Self.info, at: 5) == .ask else { continue }
            asked += 1
            memory.refused(fingerprint, of: Self.info, at: 5)
        }
        #expect(asked == 10)
        #expect(memory.verdict(on: [0], of: Self.info, at: 5) == .ask)
        #expect(memory.verdict(on: [9, 9], of: Self.info, at: 5 + 3600) == .ask)
    }

    @Test("refuses the same wrong password for 60 s, doubling to 15 min, and asks for another one (I-14)")
    func backsOff() {
        var memory = CredentialMemory(failuresAnHour: 100)
        var now: Int64 = 0
        for seconds: Int64 in [60, 120, 240, 480, 900, 900] {
            memory.refused([1], of: Self.info, at: now)
            #expect(memory.verdict(on: [1], of: Self.info, at: now + seconds - 1) == .refuse)
            #expect(memory.verdict(on: [2], of: Self.info, at: now) == .ask)
            now += seconds
            #expect(memory.verdict(on: [1], of: Self.info, at: now) == .ask)
        }
    }

    @Test("forgets made-up names before an account that has logged in or is being attacked")
    func eviction() {
        var memory = CredentialMemory(failuresAnHour: 2, capacity: 4)
        memory.accepted([0], of: Self.info, at: 0)
        memory.refused([1], of: Self.info, at: 0)
        memory.refused([2], of: Self.info, at: 0)
        for name in UInt8(0)..<100 { memory.refused([name], of: [name], at: 1) }
        #expect(memory.verdict(on: [3], of: Self.info, at: 2) == .refuse)
        #expect(memory.verdict(on: [0], of: Self.info, at: 2) == .ask)
    }

    @Test("a verified credential that is refused is not exempt any more")
    func passwordChanged() {
        var memory = CredentialMemory(failuresAnHour: 10)
        memory.accepted([1], of: Self.info, at: 0)
        memory.refused([1], of: Self.info, at: 10)
        #expect(memory.verdict(on: [1], of: Self.info, at: 11) == .refuse)
    }
}
