internal import COpenSSL
internal import LibCrypto

extension PeerCertificate {
    /// The upper bound of a common name (RFC 5280 appendix A.1).
    private static let longestCommonName = 64

    /// Nil when its key cannot be written down.
    init?(_ certificate: OpaquePointer) {
        defer { ErrorQueue.clear() }
        guard let keyDigest = unsafe KeyDigest.of(certificate) else { return nil }
        unsafe self.init(keyDigest: keyDigest, commonName: Self.commonName(of: certificate))
    }

    private static func commonName(of certificate: OpaquePointer) -> String? {
        let subject = unsafe X509_get_subject_name(certificate)
        var position: Int32 = -1
        while true {
            let next = unsafe X509_NAME_get_index_by_NID(subject, NID_commonName, position)
            guard next >= 0 else { break }
            position = next
        }
        guard position >= 0 else { return nil }
        var start: UnsafeMutablePointer<UInt8>?
        let value = unsafe X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, position))
        let count = unsafe ASN1_STRING_to_UTF8(&start, value)
        guard count >= 0, let text = unsafe start else { return nil }
        defer { unsafe copenssl_free(text) }
        let octets = unsafe [UInt8](UnsafeBufferPointer(start: text, count: Int(count)))
        guard (1...self.longestCommonName).contains(octets.count), octets.allSatisfy({ (0x20...0x7E).contains($0) })
        else { return nil }
        return String(decoding: octets, as: UTF8.self)
    }
}
