import Gateway
import Report
import Store
import Testing

@testable import Review

@Suite("What stands before every page")
struct GuardTests {
    private static let expected = [
        "content-security-policy":
            "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    ]

    @Test("every answer binds the browser, whatever it is, and only style and script may be kept")
    func headers() async throws {
        try await ReviewWorld.run { world in
            let client = try await world.client()
            let script = try #require(
                try await client.get("/record").text.split(separator: "\"").first { $0.hasSuffix("live.js") }
            )
            let answers = [
                try await client.get("/record"), try await client.get("/none"), try await client.get("/record/9999"),
                try await world.stranger.get("/record"), try await world.stranger.get("/login"),
                try await client.get("/record", ["Host": "evil.example"]), try await client.send("PUT", "/record"),
                try await client.post("/logout", [:]), try await client.get("/metrics"),
            ]
            #expect(answers.map(\.status) == [200, 404, 404, 303, 200, 421, 405, 403, 200])
            for answer in answers {
                for (name, value) in Self.expected { #expect(answer.header(name) == value, "\(answer.status) \(name)") }
                #expect(answer.header("cache-control") == "no-store", "\(answer.status)")
                #expect(answer.header("server-timing")?.hasPrefix("total;dur=") == true)
            }
            let asset = try await client.get(String(script))
            #expect(asset.status == 200)
            #expect(asset.header("cache-control") == "public, max-age=31536000, immutable")
            for (name, value) in Self.expected { #expect(asset.header(name) == value) }
        }
    }

    @Test("no page has a script or a style of its own in it, nor anything from elsewhere")
    func ownOrigin() async throws {
        try await ReviewWorld.run { world in
            let client = try await world.client()
            for address in ["/login", "/record", "/record/export", "/none"] {
                let text = try await client.get(address).text
                #expect(!text.contains("<style") && !text.contains(" style=") && !text.contains("javascript:"))
                #expect(!text.contains("<script>") && !text.contains(" onclick") && !text.contains("http"))
            }
        }
    }

    @Test(
        "a name that is not ours is turned away: a page of somebody else may have been made to lead here",
        arguments: [
            ("127.0.0.1:8995", 200), ("127.0.0.1", 200), ("localhost:1", 200), ("LOCALHOST", 200),
            ("gateway.office.example", 200), ("Gateway.Office.Example:8995", 200), ("evil.example", 421),
            ("127.0.0.1.evil.example", 421), ("192.0.2.1", 421), ("[::1]:8995", 421), ("", 421), ("[", 421),
            ("localhost.evil.example", 421),
        ]
    )
    func host(name: String, status: Int) async throws {
        try await ReviewWorld.run(names: ["gateway.office.example"]) { world in
            let answer = try await world.stranger.get("/login", ["Host": name])
            #expect(answer.status == status)
        }
    }

    @Test("a form without its token, with another's, or from another site changes nothing")
    func formToken() async throws {
        try await ReviewWorld.run { world in
            let (anna, otto) = (try await world.client("anna"), try await world.client("otto"))
            let token = try PageClient.formToken(try await anna.get("/record"))
            let others = try PageClient.formToken(try await otto.get("/record"))
            func save(_ token: String?, _ headers: [String: String] = [:]) async throws -> Int {
                var fields = ["name": "mine", "query": ""]
                fields["token-of-form"] = token
                return try await anna.post("/record/filters", fields, headers).status
            }
            #expect(try await save(nil) == 403)
            #expect(try await save("") == 403)
            #expect(try await save(others) == 403)
            #expect(try await save(token, ["Origin": "https://evil.example"]) == 403)
            #expect(try await save(token, ["Sec-Fetch-Site": "cross-site"]) == 403)
            #expect(try await save(token, ["Sec-Fetch-Site": "same-site"]) == 403)
            let id = try #require(try await world.store.reviewTokens().first { $0.name == "anna" }).id
            #expect(try await world.store.savedFilters(of: id).isEmpty)
            #expect(try await save(token, ["Origin": "http://127.0.0.1:\(world.port)"]) == 303)
            #expect(try await save(token, ["Origin": "null", "Sec-Fetch-Site": "same-origin"]) == 303)
            #expect(try await world.store.savedFilters(of: id).map(\.name) == ["mine"])
        }
    }

    @Test("a reader hears in plain words what it may not do; a stranger is sent to the login")
    func roles() async throws {
        try await ReviewWorld.run { world in
            let reader = try await world.client("anna", .reader)
            #expect(try await reader.get("/record").text.contains(Texts.of(.english)("page.readerOnly")))
            let refused = try await reader.submit("/messages/1/1/restore", ["device": "1"], from: "/record")
            #expect(refused.status == 403)
            #expect(refused.text.contains(Texts.of(.english)("page.problem.readerOnly")))
            let other = try await world.client("otto", .operator)
            #expect(try await other.submit("/messages/1/1/restore", ["device": "1"], from: "/record").status == 404)
            #expect(try await !other.get("/record").text.contains(Texts.of(.english)("page.readerOnly")))
            #expect(try await world.stranger.get("/record", ["Accept": "application/json"]).status == 401)
        }
    }

    @Test("what is too long, has a body where none belongs, or another method is refused")
    func sizes() async throws {
        try await ReviewWorld.run { world in
            let client = try await world.client()
            let long = String(repeating: "x", count: 7_000)
            #expect(try await client.get("/record?text=\(long)").status == 200)
            #expect(
                try await client.post("/record/filters", ["name": String(repeating: "x", count: 70_000)]).status == 413
            )
            #expect(try await client.send("GET", "/record", body: [1, 2, 3]).status == 400)
            #expect(try await client.send("DELETE", "/record/1").status == 405)
            #expect(try await client.send("HEAD", "/record").body.isEmpty)
            #expect(try await client.get("/record").status == 200)
        }
    }

    @Test("the language is the one chosen, else the browser's, else the gateway's")
    func language() async throws {
        try await ReviewWorld.run { world in
            let client = world.stranger
            func language(_ address: String, _ header: String) async throws -> String {
                let text = try await client.get(address, ["Accept-Language": header]).text
                return String(text.split(separator: "<html lang=\"").last?.prefix(2) ?? "")
            }
            #expect(try await language("/login", "ja,en-US;q=0.7") == "ja")
            #expect(try await language("/login", "fr, ja;q=0.2, en;q=0.1") == "ja")
            #expect(try await language("/login", "ja;q=0, en;q=0.1") == "en")
            #expect(try await language("/login", "fr") == "en")
            #expect(try await language("/login?language=ja", "en") == "ja")
            #expect(try await language("/login", "en") == "ja")
            #expect(try await language("/login?language=xx", "en") == "ja")
            let answer = try await client.get("/login?next=%2Frecord&language=en")
            #expect(answer.text.contains("/login?next=%2Frecord&amp;language=ja"))
        }
    }
}
