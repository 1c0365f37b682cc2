import Foundation
import Gateway
import TestSupport
import Testing

@testable import Store

@Suite("A record that is read back")
struct RecordReaderTests {
    /// By JSON in general.
    private static func longWay(_ body: [UInt8]) -> StoredRecord {
        var record = StoredRecord(sequence: 1, body: Data())
        record.take(JSONMembers(of: Data(body)))
        return record
    }

    /// All it says, without its bytes.
    private static func said(_ record: StoredRecord) -> [String] {
        Mirror(reflecting: record).children.filter { $0.label != "json" && $0.label != "counts" }
            .map { "\($0.label ?? "") \($0.value)" } + record.counts.map { "\($0.key) \($0.value)" }.sorted()
    }

    @Test(
        "says the same as JSON in general does, and never takes the long way",
        arguments: 1...20 as ClosedRange<UInt64>
    )
    func encoded(seed: UInt64) throws {
        var chance = RandomRecord(seed: seed)
        for number in 1...100 {
            let body = RecordEncoder.encode(
                chance.next(),
                sequence: Int64(number),
                node: chance.text(),
                commitment: number % 3 == 0 ? chance.random.octets(count: 32) : nil
            )
            var record = StoredRecord(sequence: 1, body: Data(body))
            try RecordReader.read(into: &record)
            let text = String(decoding: body, as: UTF8.self)
            #expect(Self.said(record) == Self.said(Self.longWay(body)), "\(text)")
        }
    }

    @Test(
        "never fails on what was damaged, and says what JSON in general says",
        arguments: 1...20 as ClosedRange<UInt64>
    )
    func damaged(seed: UInt64) {
        var chance = RandomRecord(seed: seed)
        for _ in 0..<100 {
            var body = RecordEncoder.encode(chance.next(), sequence: 1, node: "gateway")
            for _ in 0..<Int.random(in: 1...3, using: &chance.random) {
                let place = Int.random(in: 0..<body.count, using: &chance.random)
                let letters = Array("0-,:{}[]\"\\u1e.".utf8).shuffled(using: &chance.random).prefix(2)
                switch Int.random(in: 0..<4, using: &chance.random) {
                case 0: body.removeSubrange(place...)
                case 1: body[place] = UInt8.random(in: 0...255, using: &chance.random)
                case 2: body.insert(contentsOf: letters, at: place)
                case _: body.remove(at: place)
                }
                if body.isEmpty { body = [0x7B] }
            }
            let record = StoredRecord(sequence: 1, body: Data(body))
            let text = String(decoding: body, as: UTF8.self)
            #expect(Self.said(record) == Self.said(Self.longWay(body)), "\(text)")
        }
    }

    @Test(
        "reads what is JSON and not written as we write it",
        arguments: [
            #"{ "event": {"action": "dele"}, "leavecopy": {"octets": 12} }"#,
            #"{"event":{"action":"dele","x":[1,{"y":[true,null]}]},"leavecopy":{"octets":12,"asked":7}}"#,
            #"{"leavecopy":{"octets":12 },"event":{"action":"d\u0065l\u0065","\u0061":[[[[[[[[[1]]]]]]]]]}}"#,
        ]
    )
    func foreign(json: String) {
        let record = StoredRecord(sequence: 1, body: Data(json.utf8))
        #expect(record.action == "dele" && record.octets == 12 && record.asked.isEmpty)
    }
}
