import Foundation
import Gateway
import LibCrypto
import Linux
import Report
import Server
import Synchronization
import Testing

/// A mail server that answers `check` with what a test says.
private struct AnsweringUpstream: CheckedUpstream {
    var reached: Result<ReachedServer, UpstreamFailure> = .success(
        ReachedServer(
            tlsVersion: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            certificateEnd: 86_400 * 90,
            capabilities: []
        )
    )
    var looks: [Result<SeenMailbox, UpstreamFailure>] = [.success(.good), .success(.good)]
    var ports: [Int] = []
    let asked = LookCount()

    func reach() async -> Result<ReachedServer, UpstreamFailure> { self.reached }

    func look(_ account: CheckedAccount) async -> Result<SeenMailbox, UpstreamFailure> {
        let number = self.asked.count.withLock { count in
            defer { count += 1 }
            return count
        }
        return self.looks.indices.contains(number) ? self.looks[number] : .failure(.preparing)
    }

    func openPOP3Ports() async -> [Int] { self.ports }
}

private final class LookCount: Sendable { let count = Mutex(0) }

extension SeenMailbox {
    fileprivate static let good = SeenMailbox(
        saysReadOnly: true,
        validity: 7,
        messages: 3,
        uids: [1...3],
        keepsFlags: true,
        quota: Quota(used: 80, limit: 100)
    )

    fileprivate func with(
        readOnly: Bool? = nil,
        validity: UInt32? = nil,
        uids: [ClosedRange<UInt32>]? = nil,
        keepsFlags: Bool?? = .none,
        quota: Quota?? = .none
    ) -> SeenMailbox {
        SeenMailbox(
            saysReadOnly: readOnly ?? self.saysReadOnly,
            validity: validity ?? self.validity,
            messages: self.messages,
            uids: uids ?? self.uids,
            keepsFlags: keepsFlags ?? self.keepsFlags,
            quota: quota ?? self.quota
        )
    }
}

@Suite("Check: each line says what is well, and the step that mends what is not")
struct CheckTests {
    private static let account = "info@example.com"

    private static func run(
        _ upstream: AnsweringUpstream? = AnsweringUpstream(),
        text: String = "upstream:\n  url: imaps://m.example\n",
        folder: FolderFacts = .there(owner: "leavecopy", isOurs: true, mode: 0o700, freeOctets: 1 << 40),
        certificates: CertificateFacts = .made,
        account: String? = nil,
        password: String? = "secret"
    ) async -> CheckReport {
        await Check.run(
            ServeOptions(config: ConfigurationFixture.path),
            in: ConfigurationFixture.surroundings(.success(text)),
            account: account,
            password: { password.map { CheckedAccount(name: Self.account, password: Secret(Array($0.utf8))) } },
            environment: CheckEnvironment(
                folder: { _ in folder },
                certificates: { _ in certificates },
                now: { 0 },
                upstream: { _ in upstream }
            )
        )
    }

    /// The grade of the line about `subject`; nil unless there is exactly one, or all have the same.
    private static func grade(_ subject: String, _ report: CheckReport) -> CheckReport.Grade? {
        let grades = Set(report.lines.filter { $0.subject == subject }.map(\.grade))
        return grades.count == 1 ? grades.first : nil
    }

    @Test("all is well: every line is ok, and it ends with 0")
    func well() async {
        let report = await Self.run(account: Self.account)
        #expect(report.lines.allSatisfy { $0.grade == .ok && $0.step == nil })
        #expect(report.status == .success)
        #expect(
            Set(report.lines.map(\.subject)) == [
                "configuration", "state", "space", "certificate", "upstream", "upstream-certificate", "other-door",
                "login",
                "read-only", "flags", "quota", "uids", "messages", "unread",
            ]
        )
    }

    @Test("it always says that mail read by POP stays unread for others, also when the mail server is away")
    func unread() async {
        for upstream in [AnsweringUpstream(), AnsweringUpstream(reached: .failure(.unavailable(reason: "down"))), nil] {
            let report = await Self.run(upstream)
            #expect(report.lines.last?.subject == "unread")
        }
    }

    @Test("a wrong configuration: a line each, 78, and nothing else is tried")
    func configuration() async {
        let report = await Self.run(text: "stat: /x\nupstream:\n  url: x\n")
        #expect(report.lines.map(\.subject) == ["configuration", "configuration"])
        #expect(report.lines.allSatisfy { $0.grade == .fail && $0.step != nil })
        #expect(report.status == .configuration)
    }

    @Test(
        "the state folder",
        arguments: [
            (FolderFacts.missing(mayBeMade: true), CheckReport.Grade.ok, Server.ExitStatus.success),
            (.missing(mayBeMade: false), .fail, .permission), (.notAFolder, .fail, .configuration),
            (.there(owner: "mail", isOurs: false, mode: 0o700, freeOctets: 1 << 40), .fail, .permission),
            (.there(owner: "mail", isOurs: true, mode: 0o750, freeOctets: 1 << 40), .warn, .success),
        ]
    )
    func folder(facts: FolderFacts, grade: CheckReport.Grade, status: Server.ExitStatus) async {
        let report = await Self.run(folder: facts)
        #expect(Self.grade("state", report) == grade)
        #expect(report.status == status)
    }

    @Test("free space: below 1 GiB is a warning, below 64 MiB a failure")
    func space() async {
        for (free, grade) in [(1 << 30, CheckReport.Grade.ok), ((1 << 30) - 1, .warn), ((64 << 20) - 1, .fail)] {
            let facts = FolderFacts.there(owner: "a", isOurs: true, mode: 0o700, freeOctets: Int64(free))
            #expect(Self.grade("space", await Self.run(folder: facts)) == grade)
        }
    }

    @Test("certificates: ended, ending within 30 days, good, unusable")
    func certificates() async {
        let day: Int64 = 86_400
        for (facts, grade, status) in [
            (CertificateFacts.given(end: -1), CheckReport.Grade.fail, Server.ExitStatus.configuration),
            (.given(end: 0), .fail, .configuration), (.given(end: 30 * day - 1), .warn, .success),
            (.given(end: 30 * day), .ok, .success), (.unusable(reason: "key"), .fail, .configuration),
            (.given(end: .min), .fail, .configuration), (.given(end: .max), .ok, .success),
        ] {
            let report = await Self.run(certificates: facts)
            #expect(Self.grade("certificate", report) == grade, "\(facts)")
            #expect(report.status == status)
        }
    }

    @Test("a mail server that is away ends with 69, a broken CA file with 78, and no password is asked for")
    func away() async {
        let report = await Self.run(
            AnsweringUpstream(reached: .failure(.unavailable(reason: "TLS"))),
            account: Self.account
        )
        #expect(report.status == .upstreamAway)
        #expect(Self.grade("login", report) == nil)
        #expect(await Self.run(nil).status == .configuration)
    }

    @Test("no TLS is a warning; so is the provider's own POP3, but not our own listeners on the same machine")
    func doors() async {
        let plain = ReachedServer(tlsVersion: nil, cipher: nil, certificateEnd: nil, capabilities: [])
        #expect(Self.grade("upstream", await Self.run(AnsweringUpstream(reached: .success(plain)))) == .warn)
        let open = await Self.run(AnsweringUpstream(ports: [110, 995]))
        #expect(Self.grade("other-door", open) == .warn)
        #expect(open.text(in: .english).contains { $0.contains("110, 995") })
        let own = await Self.run(
            AnsweringUpstream(ports: [995]),
            text: "upstream:\n  url: imaps://127.0.0.1\nlisteners:\n  - port: 995\n"
        )
        #expect(Self.grade("other-door", own) == .ok)
    }

    @Test("a login that fails says why, and ends with the status of its cause")
    func login() async {
        for (failure, status) in [
            (UpstreamFailure.credentials(answeredLocally: false), Server.ExitStatus.failure),
            (.unavailable(reason: "x"), .upstreamAway), (.tooManyConnections, .upstreamAway),
            (.misconfigured(reason: "no mailbox"), .configuration), (.preparing, .upstreamAway),
        ] {
            let report = await Self.run(AnsweringUpstream(looks: [.failure(failure)]), account: Self.account)
            #expect(Self.grade("login", report) == .fail)
            #expect(report.status == status)
        }
        #expect(Self.grade("account", await Self.run(account: Self.account, password: nil)) == .fail)
        #expect(Self.grade("account", await Self.run()) == .ok)
    }

    @Test("what only an account shows: read-only, flags, UIDs, quota")
    func mailbox() async {
        let good = SeenMailbox.good
        let seen: [(SeenMailbox, SeenMailbox, String, CheckReport.Grade)] = [
            (good.with(readOnly: false), good, "read-only", .warn),
            (good.with(keepsFlags: false), good, "flags", .fail),
            (good.with(keepsFlags: .some(nil)), good, "flags", .ok), (good, good.with(validity: 8), "uids", .fail),
            (good, good.with(uids: [4...9]), "uids", .fail), (good, good.with(uids: [3...9]), "uids", .ok),
            (good.with(uids: []), good, "uids", .ok),
            (good.with(quota: SeenMailbox.Quota(used: 81, limit: 100)), good, "quota", .warn),
            (good.with(quota: SeenMailbox.Quota(used: .max, limit: 1)), good, "quota", .warn),
            (good.with(quota: SeenMailbox.Quota(used: 5, limit: 0)), good, "quota", .ok),
            (good.with(quota: .some(nil)), good, "quota", .ok),
        ]
        for (first, second, subject, grade) in seen {
            let report = await Self.run(
                AnsweringUpstream(looks: [.success(first), .success(second)]),
                account: Self.account
            )
            #expect(Self.grade(subject, report) == grade, "\(subject) \(first)")
            #expect(report.status == (grade == .fail ? .failure : .success))
        }
    }

    @Test("every line that is not ok has a step, in both languages, and no line holds the password")
    func steps() async throws {
        let report = await Self.run(
            AnsweringUpstream(looks: [.failure(.credentials(answeredLocally: false))], ports: [110]),
            account: Self.account,
            password: "hunter2"
        )
        for line in report.lines {
            #expect((line.grade == .ok) == (line.step == nil))
            #expect(line.what.english != line.what.japanese)
        }
        for language in Language.allCases {
            #expect(!report.text(in: language).joined().contains("hunter2"))
            #expect(try !report.json(in: language).contains("hunter2"))
        }
    }

    @Test("JSON has the status, and of each line grade, subject, text and step")
    func json() async throws {
        struct Shown: Decodable {
            struct Line: Decodable {
                let grade: String
                let subject: String
                let text: String
                let step: String?
            }
            let status: Int32
            let lines: [Line]
        }
        let report = await Self.run(AnsweringUpstream(reached: .failure(.unavailable(reason: "down"))))
        let shown = try JSONDecoder().decode(Shown.self, from: Data(try report.json(in: .english).utf8))
        #expect(shown.status == 69)
        #expect(shown.lines.count == report.lines.count)
        #expect(shown.lines.contains { $0.grade == "fail" && $0.subject == "upstream" && $0.step != nil })
    }
}

@Suite("Check: what this machine says of its folders and certificates")
struct CheckEnvironmentTests {
    private let folder: URL
    private let environment = CheckEnvironment.ofThisMachine { _ in nil }

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appendingPathComponent("check-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: self.folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o750]
        )
    }

    @Test("a folder, a link to it, a file, and what does not exist")
    func folders() throws {
        defer { try? FileManager.default.removeItem(at: self.folder) }
        let link = self.folder.appendingPathComponent("link")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: self.folder)
        for path in [self.folder.path, link.path] {
            guard case .there(_, isOurs: true, mode: 0o750, let free) = self.environment.folder(path) else {
                Issue.record("not seen as it is: \(self.environment.folder(path))")
                continue
            }
            #expect(free > 0)
        }
        let file = self.folder.appendingPathComponent("file")
        try Data("x".utf8).write(to: file)
        #expect(self.environment.folder(file.path) == .notAFolder)
        #expect(self.environment.folder(self.folder.path + "/a/b/c") == .missing(mayBeMade: true))
        #expect(self.environment.folder("/proc/1/nothing/here") == .missing(mayBeMade: false))
    }

    @Test("certificate files: good, with a strange key, and no certificate at all")
    func certificates() throws {
        defer { try? FileManager.default.removeItem(at: self.folder) }
        let authority = try CertificateAuthority.make()
        let names = ["pop.example"].compactMap(SubjectName.init)
        for name in ["a", "b"] {
            let made = try authority.issue(names: names, key: .p256)
            try Data(made.certificatePEM).write(to: self.folder.appendingPathComponent("\(name).pem"))
            try Data(made.keyPEM).write(to: self.folder.appendingPathComponent("\(name).key"))
        }
        try Data("words".utf8).write(to: self.folder.appendingPathComponent("words.pem"))
        for (certificate, key, isGood) in [
            ("a.pem", "a.key", true), ("a.pem", "b.key", false), ("words.pem", "a.key", false),
        ] {
            let facts = self.environment.certificates(try self.listener(certificate, key))
            if case .given(let end) = facts { #expect(isGood && end > 0) } else { #expect(!isGood, "\(facts)") }
        }
    }

    private func listener(_ certificate: String, _ key: String) throws -> Configuration.Listener {
        let text = """
            upstream:
              url: imaps://m.example
            listeners:
              - certificate: \(certificate)
                key: \(key)
            """
        let path = self.folder.appendingPathComponent("leavecopy.yaml").path
        let files = ConfigurationFiles(read: { _ in .success(text) }, obstacle: { _ in nil })
        let surroundings = Surroundings(variables: [:], isRoot: false, hostName: "a", files: files)
        return try #require(try Configuration.load(ServeOptions(config: path), in: surroundings).listeners.first)
    }
}
