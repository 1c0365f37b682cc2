import Gateway
import Linux
import POP3
import Server
import Store
import Synchronization
import Testing

@Suite("Unique-ids adopted at the first login")
struct AdoptionDeskTests {
    private static func world() async throws -> AdoptionWorld {
        let world = try await AdoptionWorld(messages: [1, 2])
        world.service.state.withLock { $0.messages = [(1, 101), (2, 102)] }
        return world
    }

    /// Logs in, and asks for the mailbox.
    private static func listing(
        _ world: AdoptionWorld,
        _ desk: AdoptionDesk
    ) async -> Result<ListedMailbox, UpstreamFailure> {
        let opened = await withCheckedContinuation { continuation in
            world.mailboxes.open(AdoptionWorld.login) { continuation.resume(returning: $0) }
        }
        guard case .success(let mailbox) = opened else { return .failure(.preparing) }
        let lease = await desk.lease(mailbox, login: AdoptionWorld.login)
        return await withCheckedContinuation { continuation in
            lease.snapshot { continuation.resume(returning: $0) }
        }
    }

    private static func first(_ result: Result<ListedMailbox, UpstreamFailure>) throws -> String? {
        try result.get().snapshot[0]?.uniqueID.text
    }

    @Test("nobody sees another unique-id before; sessions at once share one run; later ones need none")
    func shared() async throws {
        let world = try await Self.world()
        let desk = world.desk()
        world.service.state.withLock { $0.isHeld = true }
        async let one = Self.listing(world, desk)
        async let two = Self.listing(world, desk)
        // Two sessions' leases, and the run's own.
        while world.mailboxes.opened.withLock({ $0 }) < 3 || world.service.state.withLock({ $0.waiting.isEmpty }) {
            await Task.yield()
        }
        world.service.letIn()
        #expect(try Self.first(await one) == "theirs-1")
        #expect(try Self.first(await two) == "theirs-1")
        #expect(world.service.state.withLock { $0.opened } == 1)
        #expect(try Self.first(await Self.listing(world, desk)) == "theirs-1")
        #expect(world.service.state.withLock { $0.opened } == 1)
    }

    @Test(
        "while it fails logins are told to wait; it is tried again after a pause, and can be given up",
        arguments: [
            (ServiceFailure.unavailable("down"), [Int64(60), 60]), (.deletesWhatIsRead, [600, 600]),
            // A maildrop that is locked looks the same, and the mail server has taken this password.
            (.credentials, [60, 600, 600]),
        ] as [(ServiceFailure, [Int64])]
    )
    func failing(failure: ServiceFailure, pauses: [Int64]) async throws {
        let world = try await Self.world()
        let desk = world.desk()
        world.service.state.withLock { $0.failure = failure }
        for (run, pause) in pauses.enumerated() {
            for wait in [0, pause - 1] {
                world.clock.withLock { $0 += wait }
                guard case .failure(.preparing) = await Self.listing(world, desk) else {
                    Issue.record("a mailbox was shown")
                    return
                }
            }
            #expect(world.service.state.withLock { $0.opened } == run + 1, "not asked again at once")
            world.clock.withLock { $0 += 1 }
        }
        _ = await Self.listing(world, desk)
        #expect(world.service.state.withLock { $0.opened } == pauses.count + 1)
        #expect(try await world.store.giveUpAdoption(login: "info", by: "admin"))
        #expect(try Self.first(await Self.listing(world, desk))?.hasPrefix("theirs") == false)
    }

    @Test("logins that come while a run ends begin no other", arguments: 1...20)
    func crowd(round: Int) async throws {
        let world = try await Self.world()
        let desk = world.desk()
        let shown = await withTaskGroup(of: String?.self) { group in
            for _ in 1...40 { group.addTask { try? Self.first(await Self.listing(world, desk)) } }
            return await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(shown == ["theirs-1"])
        #expect(world.service.state.withLock { $0.opened } == 1)
    }

    @Test("nothing is shown while the store cannot say whether the unique-ids are taken over")
    func unreadable() async throws {
        let world = try await Self.world()
        let desk = world.desk()
        // A read of a task that was cancelled fails.
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await Self.listing(world, desk)
        }
        guard case .failure(.preparing) = await task.value else {
            Issue.record("a mailbox was shown")
            return
        }
        #expect(world.service.state.withLock { $0.opened } == 0)
        #expect(try Self.first(await Self.listing(world, desk)) == "theirs-1")
    }

    @Test("a login with a token has no password to give: it goes on without, and the log says so once a day")
    func token() async throws {
        let world = try await Self.world()
        let book = LogBook()
        let desk = world.desk(logger: book.logger)
        let opened = try await withCheckedContinuation { continuation in
            world.mailboxes.open(AdoptionWorld.login) { continuation.resume(returning: $0) }
        }.get()
        let login = UpstreamLogin(
            name: Array("info".utf8),
            secret: .token(Secret(Array("t".utf8))),
            session: SessionID("s1")
        )
        for (wait, warnings) in [(Int64(0), 1), (86_399, 1), (1, 2)] {
            world.clock.withLock { $0 += wait }
            _ = await desk.lease(opened, login: login)
            #expect(book.lines.count { $0.contains("made with a token") } == warnings)
        }
        let lease = await desk.lease(opened, login: login)
        let listed = await withCheckedContinuation { continuation in
            lease.snapshot { continuation.resume(returning: $0) }
        }
        #expect(try listed.get().snapshot.count == 2)
        #expect(world.service.state.withLock { $0.opened } == 0)
    }
}
