import Gateway
import HTTPTypes
import Hummingbird
import Store

import class Linux.Secret

/// How the service does, for monitoring: `/metrics` in Prometheus' text form, `/health` as a status.
///
/// Both name nobody. `/metrics` is open to this machine alone; from elsewhere it wants a token of the page as `Authorization:
/// Bearer …`.
struct MetricsPage: Page {
    let frame: PageFrame

    func add(to routes: PageRoutes) {
        routes.get("metrics", for: .everybody) { visit in
            guard try await self.mayRead(visit) else {
                return Response(status: .unauthorized, headers: [.wwwAuthenticate: "Bearer realm=\"leavecopy\""])
            }
            let records = try await visit.timing.store { try await self.frame.store.recordSize() }
            let text = Self.text(
                records: records,
                health: self.frame.store.health,
                sessions: self.frame.sessionCount(),
                version: self.frame.settings.version
            )
            return Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text))
            )
        }
        routes.get("health", for: .everybody) { _ in
            let state = self.frame.store.health.state
            return Response(
                status: state == .writable ? .ok : .serviceUnavailable,
                headers: [.contentType: "text/plain; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: "\(state.rawValue)\n"))
            )
        }
    }

    private func mayRead(_ visit: Visit) async throws -> Bool {
        guard let remote = visit.remote else { return false }
        if remote.isLoopback || visit.visitor != nil { return true }
        let scheme = "Bearer "
        guard let given = visit.headers[.authorization], given.hasPrefix(scheme), given.utf8.count <= 200 else {
            return false
        }
        guard self.frame.limiter.verdict(on: remote, now: self.frame.now) == .mayTry else {
            throw PageProblem.tooManyTries
        }
        let secret = Secret(Array(given.dropFirst(scheme.count).utf8))
        if try await self.frame.store.reviewToken(of: secret) != nil { return true }
        self.frame.limiter.failed(remote, now: self.frame.now)
        return false
    }

    static func text(records: Int64, health: StoreHealth, sessions: Int, version: String) -> String {
        var lines: [String] = []
        func add(_ name: String, _ kind: String, _ help: String, _ samples: [(labels: String, value: String)]) {
            lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(kind)"]
            lines += samples.map { "\(name)\($0.labels) \($0.value)" }
        }
        add("leavecopy_build_info", "gauge", "What runs here.", [("{version=\"\(version)\"}", "1")])
        add("leavecopy_sessions", "gauge", "Connections of devices that are open.", [("", String(sessions))])
        add("leavecopy_records_total", "counter", "Records there ever were.", [("", String(records))])
        add(
            "leavecopy_store_state",
            "gauge",
            "1 for the state the store is in: while it is not writable, no mail is handed out.",
            StoreHealth.State.allCases.map { ("{state=\"\($0.rawValue)\"}", $0 == health.state ? "1" : "0") }
        )
        if let free = health.freeOctets {
            add("leavecopy_disk_free_bytes", "gauge", "Free on the disk of the state folder.", [("", String(free))])
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
