import Foundation
import Gateway
import LibCrypto
import Report
import Store
import Testing

@testable import Server

@Suite("A configuration that is read again")
struct ConfigurationReloadTests {
    private let world: StreamWorld
    private let path: String

    init() throws {
        self.world = try StreamWorld()
        self.path = "\(self.world.folder.path)/leavecopy.yaml"
    }

    private static let start = """
        upstream: {url: "imaps://mail.example.com"}
        listeners:
          - {name: pops, address: 127.0.0.1, port: 10995}
        accounts:
          - {login: info@example.com}

        """

    private func write(_ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: self.path))
        return SHA256.digest(of: Array(text.utf8)).hexadecimal
    }

    private func reload() throws -> ConfigurationReload {
        let options = ServeOptions(config: self.path, state: self.world.folder.path)
        let surroundings = Surroundings(variables: [:], isRoot: false, hostName: "gateway", files: .system)
        let configuration = try Configuration.load(options, in: surroundings)
        let logger = self.world.log.logger
        return ConfigurationReload(
            options: options,
            surroundings: surroundings,
            live: LiveConfiguration(configuration, logger: logger),
            certificates: try Certificates(
                listeners: configuration.listeners,
                authority: PrivateAuthority(
                    folder: self.world.folder.path,
                    names: PrivateAuthority.names(of: configuration.listeners, hostName: "gateway", domains: [])
                ),
                now: { Int64(Date().timeIntervalSince1970) },
                logger: logger
            ),
            outgoing: Outgoing(store: self.world.store, now: { StreamWorld.now }, logger: logger),
            recorder: self.world.store,
            keep: { _ in },
            now: { StreamWorld.now },
            logger: logger
        )
    }

    private func newest() async throws -> StoredRecord {
        try #require(try await self.world.store.page(RecordFilter(), limit: 1).records.first)
    }

    private func digests(_ record: StoredRecord) throws -> (inForce: String?, read: String?) {
        let root = try #require(JSONSerialization.jsonObject(with: Data(record.json)) as? [String: Any])
        let own = root["leavecopy"] as? [String: Any]
        let configuration = own?["configuration"] as? [String: Any]
        return (
            configuration?["sha256"] as? String, (configuration?["read"] as? [String: Any])?["sha256"] as? String
        )
    }

    @Test("holds for new connections at once, and the record names the keys and the digest, not the values")
    func takes() async throws {
        _ = try self.write(Self.start)
        let reload = try self.reload()
        let digest = try self.write(
            Self.start + "  - {login: sales@example.com}\nunidentified: reject\nwindow: days 30\n"
        )
        await reload.run()
        let record = try await self.newest()
        #expect(record.action == "configuration-reload")
        #expect(record.outcome == "success")
        #expect(record.done == "taken: accounts[].login, unidentified, window")
        #expect(try self.digests(record) == (digest, nil))
        #expect(!String(decoding: record.json, as: UTF8.self).contains("sales"))
        #expect(reload.live.configuration.unidentified == .reject)
        #expect(reload.live.configuration.accounts.login(for: LoginName("sales@example.com")) != nil)
        #expect(reload.live.policies.shortestWindow == 30)
    }

    @Test("says what waits for the next start, again and again, and keeps what it can take")
    func waits() async throws {
        let before = try self.write(Self.start)
        let reload = try self.reload()
        let changed = Self.start.replacing("mail.example.com", with: "other.example.com")
        let digest = try self.write(changed + "deleted: keep\n")
        for _ in 0..<2 {
            await reload.run()
            let record = try await self.newest()
            #expect(record.done.hasSuffix("; waits for the next start: upstream.url"))
            #expect(try self.digests(record) == (before, digest))
        }
        #expect(self.world.log.lines.contains { $0.hasPrefix("warning: some settings wait for the next start") })
        #expect(!reload.live.configuration.hidesDeleted)
        let bound = Listener.Settings(name: "pops", address: .v4(1), port: 1, isImplicitTLS: true)
        #expect(!reload.live.settings(of: bound).hidesDeleted)
    }

    @Test("with a mistake in it changes nothing: the record has the place, the log the words")
    func refuses() async throws {
        let before = try self.write(Self.start)
        let reload = try self.reload()
        let digest = try self.write(Self.start + "unidentified: sometimes\nnonsense: 1\n")
        await reload.run()
        let record = try await self.newest()
        #expect(record.outcome == "failure")
        #expect(record.done == "nothing")
        #expect(record.reason == "\(self.path):6:15 and 1 more")
        #expect(try self.digests(record) == (before, digest))
        #expect(reload.live.configuration.unidentified == .once)
        let lines = self.world.log.lines.filter { $0.hasPrefix("error: the configuration stays as it was") }
        #expect(lines.count == 2)
        #expect(lines.first?.contains("unidentified") == true)
    }

    @Test("whose file has gone, or whose certificate is bad, changes nothing either")
    func refusesFiles() async throws {
        _ = try self.write(Self.start)
        let reload = try self.reload()
        try FileManager.default.removeItem(atPath: self.path)
        await reload.run()
        #expect(try await self.newest().reason == self.path)
        _ = try self.world.folder.write(Array("nonsense".utf8), to: "bad.pem")
        let changed = Self.start.replacing("port: 10995", with: "port: 10995, certificate: bad.pem, key: bad.pem")
        _ = try self.write(changed + "unidentified: reject\n")
        await reload.run()
        #expect(try await self.newest().outcome == "failure")
        #expect(reload.live.configuration.unidentified == .once)
    }

    @Test("takes what is said of a listener, but not its port")
    func listeners() async throws {
        _ = try self.write(Self.start)
        let reload = try self.reload()
        let bound = Listener.Settings(name: "pops", address: .v4(1), port: 1, isImplicitTLS: true)
        func changed(_ text: String) -> String {
            Self.start.replacing("port: 10995", with: text)
        }
        _ = try self.write(changed("port: 10995, allowed-from: 192.0.2.0/24"))
        await reload.run()
        #expect(try await self.newest().done == "taken: listeners[].allowed-from")
        #expect(reload.live.settings(of: bound).allowedFrom == [try #require(Network("192.0.2.0/24"))])
        _ = try self.write(changed("port: 10996"))
        await reload.run()
        #expect(
            try await self.newest().done
                == "certificates were read again; waits for the next start: listeners[].port"
        )
        #expect(reload.live.settings(of: bound).allowedFrom == [try #require(Network("192.0.2.0/24"))])
    }

    @Test("begins a new stream with the whole record, and ends one that is not wanted any more")
    func streams() async throws {
        _ = try self.write(Self.start)
        let reload = try self.reload()
        try await self.world.put(1)
        _ = try self.write(Self.start + "record:\n  streams:\n    - file: record.jsonl\n")
        await reload.run()
        let file = self.world.file
        try await StreamWorld.eventually("both records") { try StreamWorld.numbers(in: file) == [1, 2] }
        _ = try self.write(Self.start)
        await reload.run()
        try await self.world.put(1)
        await reload.outgoing.finish()
        #expect(try StreamWorld.numbers(in: file) == [1, 2])
    }
}
