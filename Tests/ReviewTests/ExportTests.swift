import Foundation
import Gateway
import NIOCore
import NIOPosix
import Report
import Store
import Testing

@testable import Review

@Suite("Exports of the page")
struct ExportTests {
    @Test("hold all that the filter finds, of the record as it was when the page was made, and are on record")
    func whole() async throws {
        try await ReviewWorld.run { world in
            try await world.put(
                try (0..<2_500).map { index in
                    try Sample(
                        session: index.isMultiple(of: 2) ? "even" : "odd",
                        time: Int64(index),
                        asked: "DELE \(index)"
                    ).record
                }
            )
            let client = try await world.client()
            let page = try await client.get("/record/export?session=even").text
            try await world.put([try Sample(session: "even", time: 9_000, asked: "DELE 9999").record])
            for (format, type) in [("csv", "text/csv; charset=utf-8"), ("jsonl", "application/x-ndjson")] {
                let mark = "/record/export/file?session=even&amp;size="
                let size = try #require(page.range(of: mark)?.upperBound)
                let number = String(page[size...].prefix { $0.isNumber })
                let address = "/record/export/file?session=even&size=\(number)&format=\(format)"
                #expect(page.contains(address.replacingOccurrences(of: "&", with: "&amp;")))
                let manifest = address.replacingOccurrences(of: "/file", with: "/manifest")
                #expect(try await client.get(manifest).status == 409)
                let answer = try await client.get(address)
                #expect(answer.status == 200)
                #expect(answer.header("content-type") == type)
                #expect(
                    answer.header("content-disposition")
                        == "attachment; filename=\"leavecopy-record-\(number).\(format)\""
                )
                let lines = answer.body.split(separator: UInt8(ascii: "\n"))
                #expect(lines.count == (format == "csv" ? 1_251 : 1_250))
                #expect(!answer.text.contains("DELE 9999") && !answer.text.contains("DELE 1\""))
                if format == "csv" { #expect(Array(answer.body.prefix(3)) == [0xEF, 0xBB, 0xBF]) }
                let signed = try await client.get(manifest)
                #expect(signed.status == 200)
                #expect(signed.text.contains("rows 1250") && signed.text.contains("--session even"))
            }
            let records = try await world.records(.recordExport)
            #expect(records.count == 4)
            #expect(records.allSatisfy { $0.reviewer == "anna" && $0.asked.contains("--session even") })
            #expect(records.filter { $0.done.hasPrefix("exported 1250 records") }.count == 2)
        }
    }

    @Test("a browser that goes away ends its export, which is on record as broken off")
    func abandoned() async throws {
        try await ReviewWorld.run { world in
            let long = String(repeating: "x", count: 2_000)
            for _ in 0..<8 { try await world.put(try (0..<1_000).map { _ in try Sample(asked: long).record }) }
            let client = try await world.client()
            let cookie = try #require(client.cookie("leavecopy-session"))
            let request =
                "GET /record/export/file?format=jsonl HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + "Cookie: leavecopy-session=\(cookie)\r\n\r\n"
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .connect(host: "127.0.0.1", port: world.port).get()
            try await channel.writeAndFlush(ByteBuffer(string: request)).get()
            while try await world.records(.recordExport).isEmpty { await Task.yield() }
            try await channel.close().get()
            while try await world.records(.recordExport).count < 2 { await Task.yield() }
            #expect(try #require(try await world.records(.recordExport).first).outcome == "failure")
            #expect(try await client.get("/record/export/file?format=csv&session=none").status == 200)
        }
    }

    @Test("pieces are handed over one at a time, whoever is first, and an end reaches both sides")
    func handoff() async throws {
        let handoff = Handoff()
        let giver = Task {
            for number in 0..<1_000 { try await handoff.give([UInt8(truncatingIfNeeded: number)]) }
            await handoff.finish()
        }
        var taken: [UInt8] = []
        while let piece = await handoff.take() { taken += piece }
        try await giver.value
        #expect(taken == (0..<1_000).map { UInt8(truncatingIfNeeded: $0) })
        #expect(await handoff.take() == nil)
        let abandoned = Handoff()
        let second = Task { while true { try await abandoned.give([1]) } }
        #expect(await abandoned.take() == [1])
        await abandoned.abandon()
        await #expect(throws: Handoff.Abandoned.self) { try await second.value }
    }
}
