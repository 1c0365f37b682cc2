internal import COpenSSL

/// SHA-256 over octets that come in pieces. One object serves any number of digests, one after the other: keeping it
/// halves the cost of a short record. Not for use by two threads at once.
@safe
package final class SHA256 {
    /// The length of a digest in octets.
    package static let length = 32

    private let context: OpaquePointer

    package init() {
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("no memory for a digest") }
        unsafe self.context = context
        self.start()
    }

    deinit { unsafe EVP_MD_CTX_free(self.context) }

    package func update(_ octets: Span<UInt8>) {
        let done = unsafe octets.withUnsafeBufferPointer { piece in
            unsafe EVP_DigestUpdate(self.context, piece.baseAddress, piece.count)
        }
        precondition(done == 1, "a started digest takes every octet")
    }

    package func update(_ octets: [UInt8]) {
        self.update(octets.span)
    }

    /// The digest of all pieces since the last call, 32 octets; then the object is as new.
    package func finalize() -> [UInt8] {
        let digest = unsafe [UInt8](unsafeUninitializedCapacity: Self.length) { buffer, count in
            let done = unsafe EVP_DigestFinal_ex(self.context, buffer.baseAddress, nil)
            precondition(done == 1, "a started digest can be finished")
            count = Self.length
        }
        self.start()
        return digest
    }

    /// The same in place, for many short digests: nothing is allocated.
    package func finalizeInPlace() -> InlineArray<32, UInt8> {
        var digest = InlineArray<32, UInt8>(repeating: 0)
        var octets = digest.mutableSpan
        unsafe octets.withUnsafeMutableBufferPointer { buffer in
            let done = unsafe EVP_DigestFinal_ex(self.context, buffer.baseAddress, nil)
            precondition(done == 1, "a started digest can be finished")
        }
        self.start()
        return digest
    }

    private func start() {
        let done = unsafe EVP_DigestInit_ex2(self.context, Self.algorithm, nil)
        precondition(done == 1, "SHA-256 can be started")
    }

    package static func digest(of octets: Span<UInt8>) -> [UInt8] {
        unsafe octets.withUnsafeBufferPointer { piece in
            unsafe [UInt8](unsafeUninitializedCapacity: self.length) { buffer, count in
                let start = buffer.baseAddress
                let done = unsafe EVP_Digest(piece.baseAddress, piece.count, start, nil, self.algorithm, nil)
                precondition(done == 1, "SHA-256 of octets in memory does not fail")
                count = self.length
            }
        }
    }

    package static func digest(of octets: [UInt8]) -> [UInt8] {
        self.digest(of: octets.span)
    }

    /// The digest of the pieces joined.
    package static func digest(ofPieces pieces: [[UInt8]]) -> [UInt8] {
        let hasher = SHA256()
        for piece in pieces { hasher.update(piece) }
        return hasher.finalize()
    }

    /// Fetched once, since a fetch costs as much as a short digest. Never changed, and libcrypto counts references with
    /// atomics: so any thread may read it.
    nonisolated(unsafe) private static let algorithm: OpaquePointer = {
        guard let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil) else {
            preconditionFailure("libcrypto has no SHA-256: its configuration loads no default provider")
        }
        return unsafe algorithm
    }()
}
