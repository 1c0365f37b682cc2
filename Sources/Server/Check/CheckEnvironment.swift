import Foundation
import LibCrypto
import Linux
import TLS

/// What `check` has to know of the machine; handed in, so that tests need none.
package struct CheckEnvironment: Sendable {
    package let folder: @Sendable (String) -> FolderFacts
    package let certificates: @Sendable (Configuration.Listener) -> CertificateFacts
    /// Seconds since 1970.
    package let now: @Sendable () -> Int64
    /// The mail server of a configuration; nil when its client cannot even be made, e.g. of a broken CA file.
    package let upstream: @Sendable (Configuration) -> (any CheckedUpstream)?

    package init(
        folder: @escaping @Sendable (String) -> FolderFacts,
        certificates: @escaping @Sendable (Configuration.Listener) -> CertificateFacts,
        now: @escaping @Sendable () -> Int64,
        upstream: @escaping @Sendable (Configuration) -> (any CheckedUpstream)?
    ) {
        self.folder = folder
        self.certificates = certificates
        self.now = now
        self.upstream = upstream
    }
}

/// The state folder as it is.
package enum FolderFacts: Hashable, Sendable {
    /// It does not exist; `mayBeMade`: this user can make it.
    case missing(mayBeMade: Bool)
    case notAFolder
    /// `isOurs`: it belongs to this user, or this user is root.
    case there(owner: String, isOurs: Bool, mode: Int, freeOctets: Int64)
}

/// The certificate files of a listener, as TLS takes them.
package enum CertificateFacts: Hashable, Sendable {
    /// Made by the private CA when the server starts.
    case made
    /// The earliest end of them, in seconds since 1970.
    case given(end: Int64)
    /// A file is no certificate, or the key does not fit it; `reason` is our own words or libcrypto's.
    case unusable(reason: String)
}

extension CheckEnvironment {
    package static func ofThisMachine(
        upstream: @escaping @Sendable (Configuration) -> (any CheckedUpstream)?
    ) -> CheckEnvironment {
        CheckEnvironment(
            folder: Self.lookAtFolder,
            certificates: Self.lookAtCertificates,
            now: { Int64(Date().timeIntervalSince1970) },
            upstream: upstream
        )
    }

    private static func lookAtFolder(_ path: String) -> FolderFacts {
        let files = FileManager.default
        // systemd gives a service a link.
        let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let facts = try? files.attributesOfItem(atPath: path) else {
            return .missing(mayBeMade: Self.mayMake(path))
        }
        guard facts[.type] as? FileAttributeType == .typeDirectory else { return .notAFolder }
        let free = try? FreeSpace.octets(at: path)
        let number = (facts[.ownerAccountID] as? NSNumber)?.uint32Value
        return .there(
            owner: facts[.ownerAccountName] as? String ?? number.map(String.init) ?? "?",
            isOurs: geteuid() == 0 || number == geteuid(),
            mode: (facts[.posixPermissions] as? NSNumber)?.intValue ?? 0,
            freeOctets: free.map { Int64(clamping: $0) } ?? .max
        )
    }

    /// Whether the nearest folder above that exists can be written to.
    private static func mayMake(_ path: String) -> Bool {
        var above = path
        repeat {
            above = ConfigurationFiles.folder(of: above)
            if above.isEmpty { above = "." }
        } while above != "/" && above != "." && !FileManager.default.fileExists(atPath: above)
        return FileManager.default.isWritableFile(atPath: above)
    }

    private static func lookAtCertificates(_ listener: Configuration.Listener) -> CertificateFacts {
        guard !listener.certificates.isEmpty else { return .made }
        var ends: [Int64] = []
        do {
            var sources: [CertificateSource] = []
            for files in listener.certificates {
                let chain = [UInt8](try Data(contentsOf: URL(fileURLWithPath: files.certificate)))
                let key = [UInt8](try Data(contentsOf: URL(fileURLWithPath: files.key)))
                ends.append(try CertificateInfo(pem: chain).notAfter)
                sources.append(CertificateSource(chainPEM: chain, keyPEM: key, name: files.certificate))
            }
            let profile: TLSContext.Profile = listener.isLegacy ? .legacy : .modern
            _ = try TLSContext.server(
                certificates: sources,
                profile: profile,
                strictALPN: listener.isStrictALPN,
                clientAuthority: listener.clientAuthority
            )
        } catch let error as TLSError {
            return .unusable(reason: "\(error)")
        } catch {
            return .unusable(reason: "it is no certificate in PEM form, or cannot be read")
        }
        return ends.min().map(CertificateFacts.given) ?? .made
    }
}
