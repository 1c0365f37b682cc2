import Foundation
import Gateway
package import LibCrypto
import Report
package import TLS

/// The certificates of a server that was given none: a CA of its own, and two leaves it vouches for, kept in the state
/// folder. One leaf is P-256; the other RSA, since old Schannel knows nothing else (P-85).
package struct PrivateAuthority: Sendable {
    /// A certificate with less than this left is made anew.
    private static let renewalSeconds: Int64 = 30 * 86_400
    private static let kinds: [(KeyKind, String)] = [(.p256, "server-p256"), (.rsa2048, "server-rsa")]

    private let folder: String
    private let names: [SubjectName]

    /// `folder` is the state folder; `names` are the host names and addresses by which the server is reached.
    package init(folder: String, names: [SubjectName]) {
        self.folder = folder
        self.names = names
    }

    /// What a PC is given to trust. Readable by whoever may enter the folder.
    package var certificatePath: String { "\(self.folder)/ca.crt" }
    private var keyPath: String { "\(self.folder)/ca.key" }

    /// Both leaves, made where they are missing, end soon, or are for other names. `now` in seconds since 1970.
    package func certificates(now: Int64) throws(ServeFailure) -> [CertificateSource] {
        do {
            let authority = try self.authority(now: now)
            return try Self.kinds.map { try self.leaf($0, $1, of: authority, now: now) }
        } catch let error as ServeFailure {
            throw error
        } catch {
            throw ServeFailure(
                Phrase(
                    "a certificate cannot be made in \(self.folder): \(error)",
                    "\(self.folder) に証明書を作れません: \(error)"
                ),
                status: .cannotCreate
            )
        }
    }

    /// A CA that PCs trust is never replaced because it cannot be read: only when it ends.
    private func authority(now: Int64) throws -> CertificateAuthority {
        let exists = FileManager.default.fileExists(atPath: self.certificatePath)
        if exists || FileManager.default.fileExists(atPath: self.keyPath) {
            guard let certificate = PrivateFile.read(self.certificatePath), let key = PrivateFile.read(self.keyPath),
                let authority = try? CertificateAuthority(certificatePEM: certificate, keyPEM: key),
                let info = try? CertificateInfo(pem: certificate)
            else {
                throw ServeFailure(
                    Phrase(
                        "the private CA cannot be used: restore ca.crt and ca.key in \(self.folder), or remove both "
                            + "to have new ones, which every PC must trust again",
                        "専用 CA を使えません。\(self.folder) の ca.crt と ca.key を元に戻すか、両方を消して作り直してください"
                            + " (作り直すと全ての PC で信頼の設定が必要です)"
                    ),
                    status: .configuration
                )
            }
            if info.notAfter - now > Self.renewalSeconds { return authority }
        }
        let authority = try CertificateAuthority.make()
        // The key first: without its certificate it is an error that says so, never a CA nobody can use.
        try PrivateFile.write(authority.keyPEM(), to: self.keyPath, mode: 0o600)
        try PrivateFile.write(authority.certificatePEM, to: self.certificatePath, mode: 0o644)
        return authority
    }

    private func leaf(
        _ kind: KeyKind,
        _ name: String,
        of authority: CertificateAuthority,
        now: Int64
    ) throws -> CertificateSource {
        let (certificatePath, keyPath) = ("\(self.folder)/\(name).crt", "\(self.folder)/\(name).key")
        if let certificate = PrivateFile.read(certificatePath), let key = PrivateFile.read(keyPath),
            try self.isGood(certificate, of: authority, now: now)
        {
            let source = CertificateSource(
                chainPEM: certificate + authority.certificatePEM,
                keyPEM: key,
                name: certificatePath
            )
            // Two files are not replaced in one step: a pair that does not match is made again.
            if (try? TLSContext.server(certificates: [source], profile: .modern, strictALPN: true)) != nil {
                return source
            }
        }
        let issued = try authority.issue(names: self.names, key: kind)
        try PrivateFile.write(issued.keyPEM, to: keyPath, mode: 0o600)
        try PrivateFile.write(issued.certificatePEM, to: certificatePath, mode: 0o600)
        return CertificateSource(
            chainPEM: issued.certificatePEM + authority.certificatePEM,
            keyPEM: issued.keyPEM,
            name: certificatePath
        )
    }

    private func isGood(_ certificate: [UInt8], of authority: CertificateAuthority, now: Int64) throws -> Bool {
        guard let info = try? CertificateInfo(pem: certificate) else { return false }
        let issuer = try CertificateInfo(pem: authority.certificatePEM)
        return info.issuer == issuer.subject && info.notAfter - now > Self.renewalSeconds
            && Set(info.names) == Set(self.names.map(\.text))
    }
}

extension PrivateAuthority {
    /// The names a server answers to: this machine, where it listens, and the domains below which each PC has a name.
    package static func names(
        of listeners: [Configuration.Listener],
        hostName: String,
        domains: [String]
    ) -> [SubjectName] {
        let fixed = ["localhost", hostName, "127.0.0.1", "::1"]
        let ours = domains.flatMap { [$0, "*.\($0)"] }
        let wanted = (fixed + ours + listeners.map(\.address.description)).compactMap(SubjectName.init)
        var seen: Set<SubjectName> = []
        return wanted.filter { seen.insert($0).inserted && $0.text != "0.0.0.0" && $0.text != "::" }
    }
}
