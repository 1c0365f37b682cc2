import Gateway
import Store
import Testing

@testable import Review

@Suite("For monitoring")
struct MetricsTests {
    @Test("numbers in the form that Prometheus reads, for this machine without a login")
    func metrics() async throws {
        try await ReviewWorld.run(sessions: 7) { world in
            try await world.put([try Sample().record])
            let answer = try await world.stranger.get("/metrics")
            #expect(answer.status == 200)
            #expect(answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
            let lines = answer.text.split(separator: "\n").map(String.init)
            #expect(lines.contains("leavecopy_sessions 7"))
            #expect(lines.contains("leavecopy_records_total 1"))
            #expect(lines.contains("leavecopy_store_state{state=\"writable\"} 1"))
            #expect(lines.contains("leavecopy_store_state{state=\"full\"} 0"))
            #expect(lines.contains("leavecopy_build_info{version=\"\(Product.version)\"} 1"))
            for line in lines where !line.hasPrefix("#") {
                #expect(line.wholeMatch(of: /leavecopy_[a-z_]+(\{[a-z]+="[^"]*"\})? [0-9]+/) != nil, "\(line)")
            }
            #expect(try await world.records(.recordRead).isEmpty)
        }
    }

    @Test("a full disk is told: not healthy, and by which state")
    func health() async throws {
        try await ReviewWorld.run { world in
            let answer = try await world.stranger.get("/health")
            #expect(answer.status == 200 && answer.text == "writable\n")
        }
        let text = MetricsPage.text(
            records: 3,
            health: StoreHealth(state: .full, since: 0, reason: "no room", freeOctets: 12),
            sessions: 0,
            version: "1"
        )
        #expect(text.contains("leavecopy_store_state{state=\"full\"} 1\n"))
        #expect(text.contains("leavecopy_disk_free_bytes 12\n"))
    }
}
