import Gateway
import Server
import Store
import TestSupport
import Testing

/// A real server and store, and a scripted mail server that remembers what it was sent.
@Suite("The evidence: what went upstream, and what the record says of it", .timeLimit(.minutes(2)))
struct EvidenceTests {
    private static func world(_ count: Int, policies: DevicePolicies = DevicePolicies()) async throws -> ServerWorld {
        var mail = ScriptedMailServer.Settings()
        var mailbox = ScriptedMailbox.sample(count)
        // So that each can be told from the others, whatever becomes of UIDVALIDITY.
        for index in mailbox.mails.indices { mailbox.mails[index].octets += Array(repeating: 0x61, count: index * 7) }
        mailbox.mails[count - 1].octets += Array(repeating: 0x62, count: 3_000_000)
        mail.mailboxes = ["info@example.com": mailbox]
        return try await ServerWorld([.implicit], mail: mail, policies: policies, loginCacheSeconds: 0)
    }

    /// A command as the record may cite it.
    private static func line(_ request: ScriptedMailServer.Request) -> String {
        switch request.verb {
        case "AUTHENTICATE":
            "\(request.tag) AUTHENTICATE \(request.arguments.prefix { $0 != " " }) •••"
        case "LOGIN": "\(request.tag) LOGIN •••"
        default: "\(request.tag) \(request.verb)" + (request.arguments.isEmpty ? "" : " \(request.arguments)")
        }
    }

    /// Runs a session, and compares what the mail server heard during it with what its records cite.
    private static func check(
        _ world: ServerWorld,
        _ what: String,
        _ session: (DeviceClient) async throws -> Void
    ) async throws {
        let heardBefore = world.mailServer.requests.count
        let before = try await world.store.recordSize()
        let device = try await world.connect()
        try await session(device)
        await device.close()
        let start = ContinuousClock.now
        while true {
            await world.mailServer.whenQuiet()
            let heard = world.mailServer.requests.dropFirst(heardBefore).map { Self.line($0) }
            let records = try await world.records().filter { $0.sequence > before && !$0.upstream.isEmpty }
            let cited = Set(records.flatMap(\.upstream))
            let hasEnded = try await world.records().contains { $0.sequence > before && $0.action == "session-end" }
            if hasEnded, cited == Set(heard) {
                #expect(Set(records.map(\.session)).count == 1, "\(what): each of these records names the session")
                #expect(!heard.isEmpty, "\(what)")
                return
            }
            guard ContinuousClock.now - start < .seconds(30) else {
                Issue.record(
                    "\(what): not cited: \(Set(heard).subtracting(cited)); not sent: \(cited.subtracting(heard))"
                )
                return
            }
            await Task.yield()
        }
    }

    @Test("every line of a session is cited by a record of that session")
    func everyLine() async throws {
        let closed = DeviceSettings(registration: .closed)
        let policies = DevicePolicies(
            standard: DeviceSettings(),
            devices: [.init(account: nil, device: "stranger"): closed]
        )
        let world = try await Self.world(6, policies: policies)
        try await Self.check(world, "a first poll, one message retrieved, one deleted unread") { device in
            try await device.login("info@example.com#pc1")
            _ = await device.ask("RETR 1")
            _ = await device.lines()
            _ = await device.ask("DELE 2")
            _ = await device.ask("QUIT")
        }
        try await Self.check(world, "nothing new") { device in
            try await device.login("info@example.com#pc1")
            _ = await device.ask("QUIT")
        }
        try await Self.check(world, "a wrong password") { device in
            _ = await device.line()
            _ = await device.ask("USER info@example.com#pc1")
            _ = await device.ask("PASS wrong")
            _ = await device.ask("QUIT")
        }
        try await Self.check(world, "a device that is refused when the mail server has let it in") { device in
            _ = await device.line()
            _ = await device.ask("USER info@example.com#stranger")
            #expect(await device.ask("PASS secret")?.hasPrefix("-ERR") == true)
            _ = await device.ask("QUIT")
        }
        try await Self.check(world, "a message that is cut") { device in
            try await device.login("info@example.com#pc2")
            try await device.setReading(false)
            device.say("RETR 6")
            await device.close()
        }
        world.mailServer.change { settings in
            guard var mailbox = settings.mailboxes["info@example.com"] else { return }
            for index in mailbox.mails.indices { mailbox.mails[index].uid += 100 }
            mailbox.validity += 1
            mailbox.uidNext += 100
            settings.mailboxes["info@example.com"] = mailbox
        }
        try await Self.check(world, "another UIDVALIDITY") { device in
            try await device.login("info@example.com#pc1")
            _ = await device.ask("QUIT")
        }
        world.mailServer.change { $0.mailboxes["info@example.com"]?.mails.remove(at: 2) }
        for what in ["a message is missing", "and has vanished"] {
            try await Self.check(world, what) { device in
                try await device.login("info@example.com#pc1")
                _ = await device.ask("QUIT")
            }
        }
        #expect(try await world.records().count { $0.action == "vanished" } == 1)
        try await world.stop()
    }

    @Test("a stop lets what is read for the record come to its end, and cites it")
    func stopped() async throws {
        let world = try await Self.world(6)
        let device = try await world.connect()
        try await device.login("info@example.com#pc1")
        for number in 1...5 { _ = await device.ask("DELE \(number)") }
        _ = await device.ask("QUIT")
        await device.close()
        try await world.stop()
        let cited = Set(try await world.records().flatMap(\.upstream))
        #expect(cited == Set(world.mailServer.requests.map { Self.line($0) }))
    }
}
