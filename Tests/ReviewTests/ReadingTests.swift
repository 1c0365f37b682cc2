import Foundation
import Gateway
import Report
import Store
import Testing

@testable import Review

@Suite("Who reads is on record")
struct ReadingTests {
    @Test("one record a page and filter, none for a page that is turned or loaded again, none for the script")
    func readings() async throws {
        try await ReviewWorld.run { world in
            try await world.put(try (0..<60).map { try Sample(session: "r", time: $0).record })
            let client = try await world.client()
            for address in [
                "/record?device=frontdesk&text=%E8%A6%8B",
                "/record?device=frontdesk&text=%E8%A6%8B&size=9&before=5&trail=7",
                "/record?device=frontdesk&text=%E8%A6%8B&language=ja", "/record/newer?size=1&device=frontdesk",
                "/record/newer?size=1&device=frontdesk", "/sessions/r", "/record/3", "/none", "/metrics", "/login",
            ] {
                _ = try await client.get(address)
            }
            let records = try await world.records(.recordRead)
            #expect(
                records.map(\.asked).reversed() == [
                    "read /record device=frontdesk text=見", "read /sessions/r", "read /record/3",
                ]
            )
            #expect(
                records.allSatisfy { $0.reviewer == "anna" && $0.address == "127.0.0.1" && $0.outcome == "success" }
            )
            _ = try await (try await world.client("otto")).get("/record/3")
            #expect(try await world.records(.recordRead).count == 4)
        }
    }

    @Test("after ten minutes the same page is a reading of its own, and memory stays bounded")
    func window() throws {
        let log = ReadingLog()
        let visitor = Visitor(
            token: 1,
            reviewer: Reviewer(name: "anna", role: .reader, address: .v4(0x7F00_0001))
        )
        let minute: Int64 = 60_000_000
        #expect(log.words("/record", FormFields("a=1"), visitor, now: 0) == "read /record a=1")
        #expect(log.words("/record", FormFields("a=1"), visitor, now: 9 * minute) == nil)
        #expect(log.words("/record", FormFields("a=1"), visitor, now: 10 * minute) != nil)
        for index in 0..<3_000 {
            #expect(log.words("/record/\(index)", FormFields(), visitor, now: 11 * minute) != nil)
        }
        let long = FormFields("text=\(String(repeating: "x", count: 5_000))")
        #expect(log.words("/record", long, visitor, now: 11 * minute)?.count == 500)
    }
}

@Suite("Records as they come")
struct LiveRowsTests {
    @Test("the script gets what came since, filtered, newest first, and nothing when there is nothing")
    func newer() async throws {
        try await ReviewWorld.run { world in
            let client = try await world.client()
            let start = try await world.store.recordSize()
            #expect(try await client.get("/record/newer?size=\(start)").status == 204)
            try await world.put(try ["x", "y", "x"].map { try Sample(session: $0, asked: "DELE 7").record })
            let answer = try await client.get("/record/newer?size=\(start)&session=x")
            #expect(answer.status == 200)
            #expect(answer.header("leavecopy-up-to") == String(start + 3))
            #expect(answer.text.components(separatedBy: "<tr").count == 3)
            #expect(!answer.text.contains("<html"))
            let first = try #require(answer.text.range(of: "/record/\(start + 3)\""))
            let second = try #require(answer.text.range(of: "/record/\(start + 1)\""))
            #expect(first.lowerBound < second.lowerBound)
            let none = try await client.get("/record/newer?size=\(start)&session=z")
            #expect(none.status == 200 && !none.text.contains("<tr"))
            #expect(try await world.stranger.get("/record/newer?size=1", ["Accept": "*/*"]).status == 401)
        }
    }

    @Test("much that is new is better loaded again; one's own readings are no news")
    func much() async throws {
        try await ReviewWorld.run { world in
            let client = try await world.client()
            let start = try await world.store.recordSize()
            _ = try await client.get("/record?session=x")
            let own = try await client.get("/record/newer?size=\(start)")
            #expect(own.status == 200 && !own.text.contains("<tr"))
            try await world.put(try (0..<101).map { _ in try Sample(session: "m").record })
            #expect(try await client.get("/record/newer?size=\(start)").status == 409)
            #expect(try await client.get("/record/newer?size=\(start)&session=x").status == 200)
        }
    }
}
