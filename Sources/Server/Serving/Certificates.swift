import Foundation
import LibCrypto
package import Logging
import NIOConcurrencyHelpers
import Report
package import TLS

/// The TLS context of each listener, exchanged while the server runs: at SIGHUP, and when a private certificate is made
/// anew. A pair that cannot be used changes nothing: the listeners keep what they have, and the log says why.
package final class Certificates: Sendable {
    /// The log speaks of a certificate that ends sooner.
    private static let warningSeconds: Int64 = 14 * 86_400

    private let listeners: NIOLockedValueBox<[Configuration.Listener]>
    private let authority: PrivateAuthority
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private let contexts = NIOLockedValueBox<[String: TLSContext]>([:])

    /// Throws what is wrong with the first pair that cannot be used. `now` in seconds since 1970.
    package init(
        listeners: [Configuration.Listener],
        authority: PrivateAuthority,
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) throws(ServeFailure) {
        self.listeners = NIOLockedValueBox(listeners)
        self.authority = authority
        self.now = now
        self.logger = logger
        let contexts = try self.load(listeners)
        self.contexts.withLockedValue { $0 = contexts }
    }

    /// Whether a listener has no certificate of its own in the configuration.
    package var usesAuthority: Bool { Self.useAuthority(self.listeners.withLockedValue { $0 }) }

    private static func useAuthority(_ listeners: [Configuration.Listener]) -> Bool {
        listeners.contains { $0.certificates.isEmpty }
    }

    /// For new connections of a listener; those that live keep what they began with.
    package func context(of listener: String) -> TLSContext? { self.contexts.withLockedValue { $0[listener] } }

    /// Reads all files again. Slow: not on an event loop.
    package func reload() {
        try? self.reload(for: nil)
    }

    /// The same for listeners that were configured anew, where they were. Throws why nothing was changed, which the log has
    /// then.
    func reload(for changed: [Configuration.Listener]?) throws(ServeFailure) {
        let listeners = changed ?? self.listeners.withLockedValue { $0 }
        do throws(ServeFailure) {
            let contexts = try self.load(listeners)
            self.contexts.withLockedValue { $0 = contexts }
            self.listeners.withLockedValue { $0 = listeners }
            self.logger.notice("certificates taken")
        } catch {
            self.logger.error("the certificates stay as they were", metadata: ["reason": "\(error.text[.english])"])
            throw error
        }
    }

    private func load(_ listeners: [Configuration.Listener]) throws(ServeFailure) -> [String: TLSContext] {
        let made = Self.useAuthority(listeners) ? try self.authority.certificates(now: self.now()) : []
        var contexts: [String: TLSContext] = [:]
        for listener in listeners {
            var sources = made
            if !listener.certificates.isEmpty {
                sources = []
                for files in listener.certificates { sources.append(try Self.source(files)) }
            }
            for source in sources { self.warnOfEnd(source) }
            do throws(TLSError) {
                contexts[listener.name] = try TLSContext.server(
                    certificates: sources,
                    profile: listener.isLegacy ? .legacy : .modern,
                    strictALPN: listener.isStrictALPN,
                    clientAuthority: listener.clientAuthority
                )
            } catch {
                throw ServeFailure(Self.phrase(error, listener), status: .configuration)
            }
        }
        return contexts
    }

    private static func phrase(_ error: TLSError, _ listener: Configuration.Listener) -> Phrase {
        if case .configuration(path: let path?, _) = error, path == listener.clientAuthority {
            let place = "listener \(listener.name), client-ca"
            return Phrase("\(place): \(error)", "\(place): CA の証明書を使えません: \(error)")
        }
        let place = listener.certificates.first.map { "\($0.place): " } ?? ""
        return Phrase("\(place)\(error)", "\(place)証明書を使えません: \(error)")
    }

    private static func source(_ files: Configuration.CertificateFiles) throws(ServeFailure) -> CertificateSource {
        guard let chain = PrivateFile.read(files.certificate), let key = PrivateFile.read(files.key) else {
            let path = PrivateFile.read(files.certificate) == nil ? files.certificate : files.key
            throw ServeFailure(
                Phrase("\(files.place): \(path) cannot be read", "\(files.place): \(path) を読めません"),
                status: .configuration
            )
        }
        return CertificateSource(chainPEM: chain, keyPEM: key, name: files.certificate)
    }

    private func warnOfEnd(_ source: CertificateSource) {
        guard let info = try? CertificateInfo(pem: source.chainPEM) else { return }
        let left = info.notAfter - self.now()
        guard left < Self.warningSeconds else { return }
        let end = Date(timeIntervalSince1970: TimeInterval(info.notAfter)).ISO8601Format()
        let metadata: Logger.Metadata = ["file": "\(source.name)", "end": "\(end)"]
        if left < 0 {
            self.logger.error("a certificate has ended", metadata: metadata)
        } else {
            self.logger.warning("a certificate ends soon", metadata: metadata)
        }
    }
}
