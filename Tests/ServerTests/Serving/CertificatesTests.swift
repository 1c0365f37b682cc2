import Foundation
import LibCrypto
import Logging
import Report
import Server
import Synchronization
import Testing

@Suite("The certificates of a server that runs")
struct CertificatesTests {
    private let folder: TemporaryFolder
    private let log = LogLines()

    init() throws { self.folder = try TemporaryFolder() }

    /// A configuration file with one listener that has a certificate of its own, and one that has none.
    private func certificates() throws -> Certificates {
        let text = """
            state: \(self.folder.path)
            upstream: {url: "imaps://mail.example.com"}
            listeners:
              - {name: own, port: 10995, certificate: own.crt, key: own.key}
              - {name: made, port: 10110, tls: starttls}
            """
        let file = try self.folder.write(Array(text.utf8), to: "leavecopy.yaml")
        let surroundings = Surroundings(variables: [:], isRoot: false, hostName: "gateway", files: .system)
        let configuration = try Configuration.load(ServeOptions(config: file), in: surroundings)
        let names = PrivateAuthority.names(of: configuration.listeners, hostName: "gateway", domains: [])
        return try Certificates(
            listeners: configuration.listeners,
            authority: PrivateAuthority(folder: self.folder.path, names: names),
            now: { Int64(Date().timeIntervalSince1970) },
            logger: self.log.logger
        )
    }

    private func writePair(days: Int64 = 90) throws {
        let name = try #require(SubjectName("mail.example.com"))
        let issued = try CertificateAuthority.make().issue(names: [name], key: .p256, validity: .days(days))
        _ = try self.folder.write(issued.certificatePEM, to: "own.crt")
        _ = try self.folder.write(issued.keyPEM, to: "own.key")
    }

    @Test("are exchanged for new connections when they are read again")
    func exchanges() throws {
        try self.writePair()
        let certificates = try self.certificates()
        let before = try #require(certificates.context(of: "own"))
        #expect(certificates.context(of: "made") != nil)
        #expect(certificates.context(of: "another") == nil)
        #expect(certificates.usesAuthority)
        try self.writePair()
        certificates.reload()
        #expect(certificates.context(of: "own") !== before)
        #expect(self.log.lines == ["certificates taken"])
    }

    @Test("stay as they were when a file is bad, and the log names the place")
    func keepsOldPair() throws {
        try self.writePair()
        let certificates = try self.certificates()
        let before = certificates.context(of: "own")
        _ = try self.folder.write(Array("nonsense".utf8), to: "own.key")
        certificates.reload()
        #expect(certificates.context(of: "own") === before)
        let line = try #require(self.log.lines.first)
        #expect(line.hasPrefix("the certificates stay as they were reason=\(self.folder.path)/leavecopy.yaml:4:"))
        #expect(self.log.lines.count == 1)
    }

    @Test("keep a server from starting when a file is bad, with the status of a wrong configuration")
    func refusesAtStart() throws {
        try self.writePair()
        _ = try self.folder.write(Array("nonsense".utf8), to: "own.crt")
        let failure = #expect(throws: ServeFailure.self) { try self.certificates() }
        #expect(failure?.status == .configuration)
        #expect(failure?.text[.english].contains("leavecopy.yaml:4:") == true)
    }

    @Test("that end within 14 days are spoken of in the log", arguments: [(13, true), (15, false)] as [(Int64, Bool)])
    func warns(days: Int64, isWarned: Bool) throws {
        try self.writePair(days: days)
        _ = try self.certificates()
        #expect(self.log.lines.contains { $0.hasPrefix("a certificate ends soon") } == isWarned)
    }
}

/// Keeps what is logged: the message, and `reason` where there is one.
private final class LogLines: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { self.kept.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let reason = event.metadata?["reason"].map { " reason=\($0)" } ?? ""
            self.lines.kept.withLock { $0.append("\(event.message)\(reason)") }
        }
    }
}
