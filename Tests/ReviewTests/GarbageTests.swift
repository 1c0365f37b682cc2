import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Review

@Suite("Whatever is sent, the page goes on")
struct GarbageTests {
    @Test("random octets, and requests with random octets in them", arguments: 0..<6 as Range<UInt64>)
    func random(seed: UInt64) async throws {
        try await ReviewWorld.run { world in
            var generator = SeededGenerator(seed: seed)
            let client = try await world.client()
            let cookie = try #require(client.cookie("leavecopy-session"))
            let whole =
                "POST /record/filters?text=%E8%A6%8B&since=2026-11-24T09:00&size=9&before=4&trail=1.2 HTTP/1.1\r\n"
                + "Host: 127.0.0.1\r\nCookie: leavecopy-session=\(cookie)\r\nContent-Length: 12\r\n"
                + "Connection: close\r\n\r\nname=a&b=%41"
            for round in 0..<60 {
                var octets = Array(whole.utf8)
                if round.isMultiple(of: 4) {
                    let count = Int.random(in: 1...600, using: &generator)
                    octets = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
                } else {
                    for _ in 0..<Int.random(in: 1...12, using: &generator) {
                        let place = Int.random(in: 0..<octets.count, using: &generator)
                        octets[place] = UInt8.random(in: 0...255, using: &generator)
                    }
                }
                _ = try await PageClient.exchange(octets, world.port, isLast: true)
            }
            #expect(try await client.get("/record").status == 200)
        }
    }

    @Test(
        "addresses that no page has",
        arguments: [
            "/record?%", "/record?%f", "/record?=&&=&==", "/record?since=99999999-99-99T99:99&until=%00",
            "/record?size=-1&before=-9223372036854775808&trail=9223372036854775807.-1.x",
            "/record?size=9223372036854775807&before=9223372036854775807", "/record?message=1.4294967296",
            "/record?message=..&address=::&session=%FF%FE&known=%1B", "/record/99999999999999999999",
            "/record/9223372036854775807", "/record/-1", "/record/%31", "/record/0x1", "/record/export?size=0",
            "/sessions/%E3%81", "/sessions/", "//record", "/record/newer?size=-5", "/record/newer?size=x",
            "/record/export/file?format=exe", "/assets/0000/live.js", "/assets/..%2f..%2fetc/passwd", "/%00",
        ]
    )
    func addresses(address: String) async throws {
        try await ReviewWorld.run { world in
            let client = try await world.client()
            let answer = try await client.get(address)
            #expect([200, 204, 303, 400, 404, 409].contains(answer.status), "\(answer.status)")
            #expect(try await client.get("/record").status == 200)
        }
    }

    @Test("a hundred connections that say nothing keep nobody out for ever, and close with the page")
    func silence() async throws {
        try await ReviewWorld.run { world in
            var open: [any Channel] = []
            for _ in 0..<100 {
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(host: "127.0.0.1", port: world.port).get()
                open.append(channel)
            }
            // 64 are let in, the others are closed at once.
            for channel in open.suffix(36) { try await channel.closeFuture.get() }
            for channel in open.prefix(10) { try? await channel.close().get() }
            // The server hears of it a moment later.
            var status = 0
            while status != 200 { status = (try? await world.stranger.get("/login"))?.status ?? 0 }
        }
    }

    @Test("many requests on one connection are answered in their order")
    func pipelined() async throws {
        try await ReviewWorld.run { world in
            let one = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            let last = "GET /none HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
            let request = String(repeating: one, count: 20) + last
            let said = String(decoding: try await PageClient.exchange(Array(request.utf8), world.port), as: UTF8.self)
            #expect(said.components(separatedBy: "HTTP/1.1 200 OK").count == 21)
            #expect(said.components(separatedBy: "HTTP/1.1 404 Not Found").count == 2)
        }
    }
}
