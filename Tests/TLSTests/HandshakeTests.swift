import LibCrypto
import NIOCore
import NIOEmbedded
import TLS
import TestSupport
import Testing

@Suite("a handshake in memory")
struct HandshakeTests {
    let certificates: TestCertificates

    init() throws {
        self.certificates = try TestCertificates.shared.get()
    }

    @Test("both sides agree, however the octets are cut", arguments: [Int.max, 1, 7, 1_000])
    func agrees(piece: Int) throws {
        let pair = try TLSPair(client: self.certificates.client(), server: self.certificates.server())
        defer { pair.drop() }
        try pair.carry(piece: piece)
        let client = try #require(pair.clientEvents.session)
        let server = try #require(pair.serverEvents.session)
        #expect(client.version == "TLSv1.3")
        #expect(server.version == "TLSv1.3")
        #expect(server.serverName == TestCertificates.serverName)
        #expect(!server.resumed)
        try pair.client.writeOutbound(ByteBuffer(string: "USER a\r\n"))
        try pair.server.writeOutbound(ByteBuffer(string: "+OK hello\r\n"))
        try pair.carry(piece: piece)
        #expect(pair.serverEvents.takeText() == "USER a\r\n")
        #expect(pair.clientEvents.takeText() == "+OK hello\r\n")
        #expect(!pair.clientEvents.early)
        #expect(ErrorQueue.isEmpty)
    }

    @Test("the second connection resumes the first one's session, and each ticket is used once")
    func resumes() throws {
        let client = try self.certificates.client()
        let server = try self.certificates.server()
        for round in 0..<4 {
            let pair = try TLSPair(client: client, server: server)
            try pair.carry()
            #expect(pair.clientEvents.session?.resumed == (round > 0))
            #expect(pair.serverEvents.session?.resumed == (round > 0))
            pair.drop()
        }
    }

    @Test("tickets outlive one change of their keys and not two")
    func ticketsAge() throws {
        let clock = TestClock()
        let client = try self.certificates.client()
        let server = try TLSContext.server(
            certificates: [self.certificates.p256],
            profile: .modern,
            strictALPN: true,
            now: { clock.now }
        )
        for (hours, resumed) in [(Int64(0), false), (5, true), (6, true), (20, false)] {
            clock.advance(by: .hours(hours))
            let pair = try TLSPair(client: client, server: server)
            try pair.carry()
            #expect(pair.serverEvents.session?.resumed == resumed, "after \(hours) more hours")
            pair.drop()
        }
    }

    @Test("a certificate for another name is refused, with the reason")
    func wrongName() throws {
        let pair = try TLSPair(
            client: self.certificates.client(),
            server: self.certificates.server(),
            name: "mail.example.com"
        )
        defer { pair.drop() }
        try pair.carry()
        guard case .certificate(let reason)? = pair.clientEvents.errors.first else {
            Issue.record("not refused: \(pair.clientEvents.errors)")
            return
        }
        #expect(reason.lowercased().contains("hostname mismatch"))
        #expect(pair.clientEvents.session == nil)
    }

    @Test("an address is checked as an address", arguments: [("127.0.0.1", true), ("::1", true), ("127.0.0.2", false)])
    func addresses(address: String, accepted: Bool) throws {
        let pair = try TLSPair(client: self.certificates.client(), server: self.certificates.server(), name: address)
        defer { pair.drop() }
        try pair.carry()
        #expect((pair.clientEvents.session != nil) == accepted)
        #expect(pair.serverEvents.session?.serverName == nil)
    }

    @Test("an unknown CA is refused")
    func unknownAuthority() throws {
        let pair = try TLSPair(client: TestCertificates().client(), server: self.certificates.server())
        defer { pair.drop() }
        try pair.carry()
        guard case .certificate? = pair.clientEvents.errors.first else {
            Issue.record("not refused: \(pair.clientEvents.errors)")
            return
        }
        #expect(pair.clientEvents.session == nil)
        guard case .handshake? = pair.serverEvents.errors.first else {
            Issue.record("the server does not know: \(pair.serverEvents.errors)")
            return
        }
    }

    @Test("what is written and flushed in the handshake arrives after it, in order")
    func writesWait() throws {
        let pair = try TLSPair(client: self.certificates.client(), server: self.certificates.server())
        defer { pair.drop() }
        let written = pair.client.write(ByteBuffer(string: "one "))
        pair.client.write(ByteBuffer(string: "two"), promise: nil)
        pair.client.flush()
        try pair.carry()
        #expect(pair.serverEvents.takeText() == "one two")
        try written.wait()
    }

    @Test("what is written in a handshake is bounded")
    func writesAreBounded() throws {
        let pair = try TLSPair(client: self.certificates.client(), server: self.certificates.server())
        defer { pair.drop() }
        let piece = ByteBuffer(repeating: 0, count: TLSHandler.maximumWaiting)
        pair.client.write(piece, promise: nil)
        let refused = pair.client.write(ByteBuffer(string: "x"))
        #expect(throws: TLSError.self) { try refused.wait() }
    }

    @Test("plain text on the TLS port fails the handshake")
    func plainText() throws {
        let pair = try TLSPair(client: self.certificates.client(), server: self.certificates.server())
        defer { pair.drop() }
        pair.server.pipeline.fireChannelRead(ByteBuffer(string: "USER someone\r\nPASS secret\r\n"))
        guard case .handshake? = pair.serverEvents.errors.first else {
            Issue.record("\(pair.serverEvents.errors)")
            return
        }
        #expect(!pair.server.isActive)
        #expect(ErrorQueue.isEmpty)
    }
}
