internal import COpenSSL
internal import LibCrypto

/// A certificate chain with its key, both PEM. The key is kept only as long as the value.
package struct CertificateSource: Sendable {
    package let chainPEM: [UInt8]
    package let keyPEM: [UInt8]
    /// For messages.
    package let name: String

    package init(chainPEM: [UInt8], keyPEM: [UInt8], name: String) {
        self.chainPEM = chainPEM
        self.keyPEM = keyPEM
        self.name = name
    }

    /// Puts leaf, chain and key into the context. A second leaf of the same kind of key is refused.
    func use(in context: OpaquePointer) throws(TLSError) {
        guard let chain = unsafe copenssl_chain_new() else { throw self.failure("no memory") }
        defer { unsafe copenssl_chain_free(chain) }
        let leaf = try unsafe self.leaf(restInto: chain)
        defer { unsafe X509_free(leaf) }
        let key = try unsafe self.key()
        defer { unsafe EVP_PKEY_free(key) }
        ErrorQueue.clear()
        guard unsafe X509_check_private_key(leaf, key) == 1 else {
            ErrorQueue.clear()
            throw self.failure("the private key does not belong to the first certificate")
        }
        guard unsafe SSL_CTX_use_cert_and_key(context, leaf, key, chain, 0) == 1 else {
            let entries = ErrorQueue.drain()
            if entries.contains(where: { $0.reasonCode == SSL_R_NOT_REPLACING_CERTIFICATE }) {
                throw self.failure("there is a certificate with this kind of key already")
            }
            throw self.failure("the certificate cannot be used: \(entries.first?.reason ?? "no reason given")")
        }
    }

    private func failure(_ reason: String) -> TLSError {
        .configuration(path: self.name, reason: reason)
    }

    /// The first certificate, which the caller frees; the others go into the chain, which owns them.
    private func leaf(restInto chain: OpaquePointer) throws(TLSError) -> OpaquePointer {
        ErrorQueue.clear()
        guard let input = unsafe self.input(self.chainPEM) else { throw self.failure("it is too large") }
        defer { unsafe BIO_free(input) }
        let first = unsafe PEM_read_bio_X509(input, nil, copenssl_no_passphrase, nil)
        while let certificate = unsafe PEM_read_bio_X509(input, nil, copenssl_no_passphrase, nil) {
            if unsafe copenssl_chain_push(chain, certificate) == 0 { unsafe X509_free(certificate) }
        }
        // Reading ends with "no start line"; anything else is a damaged certificate.
        if let entry = ErrorQueue.drain().first, entry.reasonCode != PEM_R_NO_START_LINE {
            unsafe X509_free(first)
            throw self.failure("a certificate in it is damaged: \(entry.reason)")
        }
        guard let first = unsafe first else { throw self.failure("it holds no certificate in PEM form") }
        return unsafe first
    }

    private func key() throws(TLSError) -> OpaquePointer {
        ErrorQueue.clear()
        guard let input = unsafe self.input(self.keyPEM) else { throw self.failure("it is too large") }
        defer { unsafe BIO_free(input) }
        if let key = unsafe PEM_read_bio_PrivateKey(input, nil, copenssl_no_passphrase, nil) {
            ErrorQueue.clear()
            return unsafe key
        }
        let codes = ErrorQueue.drain().map(\.reasonCode)
        if codes.contains(PEM_R_BAD_PASSWORD_READ) || codes.contains(PEM_R_PROBLEMS_GETTING_PASSWORD) {
            throw self.failure("the private key is protected by a passphrase; store it without one")
        }
        throw self.failure("no private key in PEM form can be read")
    }

    /// A BIO with a copy of the octets, which are wiped with it.
    private func input(_ octets: [UInt8]) -> OpaquePointer? {
        guard let count = Int32(exactly: octets.count), let bio = unsafe BIO_new(BIO_s_secmem()) else { return nil }
        if count > 0, unsafe BIO_write(bio, octets, count) != count {
            unsafe BIO_free(bio)
            return nil
        }
        return unsafe bio
    }
}
