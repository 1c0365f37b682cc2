import Gateway
import Report
import Store
import Testing

@testable import Review

@Suite("The login of the page")
struct LoginTests {
    @Test("a token opens the page it was asked for, and stands on record")
    func login() async throws {
        try await ReviewWorld.run { world in
            let client = world.stranger
            let turned = try await client.get("/record?device=frontdesk")
            #expect(turned.status == 303)
            #expect(turned.header("location") == "/login?next=%2Frecord%3Fdevice%3Dfrontdesk")
            let answer = try await client.submit(
                "/login",
                ["token": " \(try await world.token("anna"))\n", "next": "/record?device=frontdesk"],
                from: "/login"
            )
            #expect(answer.status == 303)
            #expect(answer.header("location") == "/record?device=frontdesk")
            #expect(try await client.get("/record").text.contains("anna"))
            let record = try #require(try await world.records(.reviewLogin).first)
            #expect(record.outcome == "success")
            #expect(record.reviewer == "anna")
            #expect(record.reviewerRole == "reader")
            #expect(record.address == "127.0.0.1")
        }
    }

    @Test("the session's cookie is for this place alone, and never one from before the login")
    func cookie() async throws {
        try await ReviewWorld.run { world in
            let client = world.stranger
            client.setCookie("leavecopy-session", "0000")
            let answer = try await world.logIn(client, try await world.token("anna"))
            let cookie = try #require(answer.headers("set-cookie").first { $0.hasPrefix("leavecopy-session=") })
            #expect(cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Strict"))
            #expect(cookie.count >= "leavecopy-session=".count + 64)
            #expect(client.cookie("leavecopy-session") != "0000")
        }
    }

    @Test("a wrong token opens nothing, and is on record without what was typed")
    func wrong() async throws {
        try await ReviewWorld.run { world in
            let client = world.stranger
            let answer = try await world.logIn(client, "leavecopy-wrongwrongwrong")
            #expect(answer.status == 403)
            #expect(answer.text.contains(Texts.of(.english)("page.login.wrong")))
            #expect(client.cookie("leavecopy-session") == nil)
            #expect(try await client.get("/record").status == 303)
            let record = try #require(try await world.records(.reviewLogin).first)
            #expect(record.outcome == "failure")
            #expect(record.reviewer.isEmpty)
            #expect(record.address == "127.0.0.1")
            #expect(!String(decoding: record.json, as: UTF8.self).contains("wrongwrong"))
        }
    }

    @Test("after ten wrong tokens none is looked at for ten minutes, which is one more record")
    func limit() async throws {
        try await ReviewWorld.run { world in
            let client = world.stranger
            for _ in 0..<10 {
                let answer = try await world.logIn(client, "no")
                #expect(answer.status == 403)
            }
            for number in 0..<5 {
                let answer = try await world.logIn(client, try await world.token("a\(number)"))
                #expect(answer.status == 429)
            }
            #expect(try await world.records(.reviewLogin).count == 11)
        }
    }

    @Test("the limit counts each address, and all of them, and forgets after its time")
    func limiter() throws {
        let limiter = LoginLimiter()
        let first = try #require(IPAddress("192.0.2.1"))
        let minute: Int64 = 60_000_000
        for _ in 0..<10 { limiter.failed(first, now: 0) }
        #expect(limiter.verdict(on: first, now: minute) == .firstRefusal)
        #expect(limiter.verdict(on: first, now: minute) == .refused)
        for index in 0..<90 {
            let other = try #require(IPAddress("198.51.100.\(index)"))
            #expect(limiter.verdict(on: other, now: minute) == .mayTry)
            limiter.failed(other, now: minute)
        }
        let last = try #require(IPAddress("203.0.113.1"))
        #expect(limiter.verdict(on: last, now: minute) == .firstRefusal)
        #expect(limiter.verdict(on: first, now: 10 * minute) == .mayTry)
        #expect(limiter.verdict(on: last, now: 11 * minute) == .mayTry)
    }

    @Test("a session ends after 12 hours, at the logout, and with its token")
    func ends() async throws {
        let sessions = ReviewSessions()
        let cookie = sessions.open(token: 1, now: 0)
        #expect(sessions.session(cookie, now: ReviewSessions.lifetime - 1) != nil)
        #expect(sessions.session(cookie, now: ReviewSessions.lifetime) == nil)
        #expect(sessions.session(cookie, now: -1) == nil)
        #expect(sessions.session(cookie, now: .min) == nil)
        try await ReviewWorld.run { world in
            let anna = try await world.client("anna")
            let kept = try #require(anna.cookie("leavecopy-session"))
            #expect(try await anna.submit("/logout", [:], from: "/record").status == 303)
            #expect(anna.cookie("leavecopy-session") == nil)
            anna.setCookie("leavecopy-session", kept)
            #expect(try await anna.get("/record").status == 303)
            let otto = try await world.client("otto")
            #expect(try await otto.get("/record").status == 200)
            try await world.store.removeReviewToken("otto", by: "root")
            #expect(try await otto.get("/record").status == 303)
        }
    }

    @Test("a thousand sessions are kept, and the oldest makes room")
    func many() {
        let sessions = ReviewSessions()
        let cookies = (0..<1_001).map { sessions.open(token: 1, now: Int64($0)) }
        #expect(Set(cookies).count == 1_001)
        #expect(sessions.session(cookies[0], now: 2_000) == nil)
        #expect(sessions.session(cookies[1], now: 2_000) != nil)
        #expect(sessions.session(cookies[1_000], now: 2_000) != nil)
    }

    @Test(
        "only our own addresses are gone to after a login",
        arguments: [
            ("/record?text=a%20b", "/record?text=a%20b"), ("//evil.example/", "/"), ("https://evil.example", "/"),
            ("/\\evil.example", "/"), ("/a\r\nSet-Cookie: x=y", "/"), ("record", "/"), ("", "/"), ("/日本", "/"),
        ]
    )
    func ownAddress(text: String, address: String) {
        #expect(LoginPage.ownAddress(text) == address)
    }

    @Test("a token is stored as a digest, and taken away for good")
    func tokens() async throws {
        try await ReviewWorld.run { world in
            let first = try await world.token("anna")
            #expect(first.hasPrefix("leavecopy-"))
            #expect(first.count == "leavecopy-".count + 32)
            await #expect(throws: StoreError.tokenNameTaken("ANNA")) {
                try await world.store.addReviewToken("ANNA", role: .operator, by: "root")
            }
            let id = try #require(try await world.store.reviewTokens().first).id
            try await world.store.removeReviewToken("anna", by: "root")
            await #expect(throws: StoreError.unknownToken("anna")) {
                try await world.store.removeReviewToken("anna", by: "root")
            }
            _ = try await world.token("anna")
            #expect(try #require(try await world.store.reviewTokens().first).id > id)
            #expect(try await world.logIn(world.stranger, first).status == 403)
            let records = try await world.records(.reviewToken)
            #expect(records.count == 3)
            #expect(records.allSatisfy { !String(decoding: $0.json, as: UTF8.self).contains(first) })
        }
    }
}
