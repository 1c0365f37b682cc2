package import Gateway
import LibCrypto

extension Identifier {
    /// What a device is known by that shows this certificate, the first one of a PEM file, or another with the same key.
    package static func certificate(pem: [UInt8]) throws(StoreError) -> Identifier {
        do throws(CryptoError) {
            return Identifier(kind: .certificate, value: try CertificateInfo(pem: pem).keyDigest)
        } catch {
            throw .badCertificate("\(error)")
        }
    }
}
