import Foundation
import LibCrypto
import Report
import Server
import TLS
import Testing

@Suite("The private certificate authority")
struct PrivateAuthorityTests {
    private static let names = ["localhost", "gateway.example", "127.0.0.1", "::1"]
    private static let day: Int64 = 86_400

    private let folder: TemporaryFolder
    private let now = Int64(Date().timeIntervalSince1970)

    init() throws { self.folder = try TemporaryFolder() }

    private func authority(_ names: [String] = Self.names) -> PrivateAuthority {
        PrivateAuthority(folder: self.folder.path, names: names.compactMap { SubjectName($0) })
    }

    @Test("makes a CA that anybody may read, and two leaves that it vouches for, with keys for their owner alone")
    func makes() throws {
        let leaves = try self.authority().certificates(now: self.now)
        let infos = try leaves.map { try CertificateInfo(pem: $0.chainPEM) }
        #expect(infos.map(\.keyKind) == [.p256, .rsa2048])
        let ca = try CertificateInfo(pem: [UInt8](try #require(self.folder.octets(of: "ca.crt"))))
        #expect(infos.allSatisfy { $0.issuer == ca.subject && Set($0.names) == Set(Self.names) })
        #expect(try self.folder.mode(of: "ca.crt") == 0o644)
        for key in ["ca.key", "server-p256.key", "server-rsa.key"] {
            #expect(try self.folder.mode(of: key) == 0o600)
        }
    }

    @Test("keeps what it made")
    func keeps() throws {
        let first = try self.authority().certificates(now: self.now)
        let second = try self.authority().certificates(now: self.now + 700 * Self.day)
        #expect(first.map(\.chainPEM) == second.map(\.chainPEM))
    }

    @Test("makes leaves anew for another name, and before they end; the CA stays")
    func renewsLeaves() throws {
        let first = try self.authority().certificates(now: self.now)
        let ca = self.folder.octets(of: "ca.crt")
        let renamed = try self.authority(Self.names + ["192.0.2.10"]).certificates(now: self.now)
        #expect(Set(first.map(\.chainPEM)).isDisjoint(with: renamed.map(\.chainPEM)))
        #expect(try CertificateInfo(pem: renamed[0].chainPEM).names.contains("192.0.2.10"))
        let renewed = try self.authority(Self.names + ["192.0.2.10"]).certificates(now: self.now + 800 * Self.day)
        #expect(Set(renamed.map(\.chainPEM)).isDisjoint(with: renewed.map(\.chainPEM)))
        #expect(self.folder.octets(of: "ca.crt") == ca)
    }

    @Test("vouches for every name below a domain, from the day the domain is configured until it is no more")
    func domains() throws {
        let names = PrivateAuthority.names(of: [], hostName: "gateway", domains: ["pop.office.example"])
        let ours: Set = ["pop.office.example", "*.pop.office.example"]
        #expect(Set(names.map(\.text)).isSuperset(of: ours))
        let plain = PrivateAuthority.names(of: [], hostName: "gateway", domains: [])
        #expect(Set(names).subtracting(plain) == Set(ours.compactMap { SubjectName($0) }))
        for (wanted, isCovered) in [(plain, false), (names, true), (plain, false)] {
            for leaf in try self.authority(wanted.map(\.text)).certificates(now: self.now) {
                #expect(try ours.isSubset(of: CertificateInfo(pem: leaf.chainPEM).names) == isCovered)
            }
        }
    }

    @Test("makes a leaf anew whose key is another's")
    func mendsHalfWrittenPair() throws {
        let first = try self.authority().certificates(now: self.now)
        let stranger = try CertificateAuthority.make().issue(names: [#require(SubjectName("localhost"))], key: .p256)
        _ = try self.folder.write(stranger.keyPEM, to: "server-p256.key")
        let mended = try self.authority().certificates(now: self.now)
        #expect(mended[0].chainPEM != first[0].chainPEM)
        #expect(mended[1].chainPEM == first[1].chainPEM)
    }

    @Test("makes a CA anew when it ends, and leaves with it")
    func renewsAuthority() throws {
        _ = try self.authority().certificates(now: self.now)
        let ca = self.folder.octets(of: "ca.crt")
        _ = try self.authority().certificates(now: self.now + 3_640 * Self.day)
        #expect(self.folder.octets(of: "ca.crt") != ca)
    }

    @Test("never replaces a CA because it cannot be read", arguments: ["ca.crt", "ca.key"])
    func refusesBrokenAuthority(file: String) throws {
        _ = try self.authority().certificates(now: self.now)
        _ = try self.folder.write(Array("nonsense".utf8), to: file)
        let failure = #expect(throws: ServeFailure.self) { try self.authority().certificates(now: self.now) }
        #expect(failure?.text[.english].contains("restore ca.crt and ca.key") == true)
        #expect(self.folder.octets(of: file) == Data("nonsense".utf8))
    }
}
