internal import COpenSSL

/// A key for HMAC-SHA-256 (RFC 2104 §2). The key stays in libcrypto's memory, which is wiped when the last user lets go.
@safe
package final class HMACKey: CustomStringConvertible, CustomReflectable, @unchecked Sendable {
    /// Keyed once and only ever copied afterwards, which any thread may do: the reason for `@unchecked Sendable`.
    private let template: OpaquePointer

    /// Any length is allowed; 32 octets is the usual one (RFC 2104 §3).
    package init(_ key: Span<UInt8>) {
        let template = unsafe key.withUnsafeBufferPointer { octets in
            // A null key would mean "the key of before" to libcrypto, so an empty one points somewhere.
            var nothing: UInt8 = 0
            return unsafe withUnsafePointer(to: &nothing) { placeholder in
                unsafe copenssl_hmac_sha256(octets.baseAddress ?? placeholder, octets.count)
            }
        }
        guard let template = unsafe template else { preconditionFailure("libcrypto has no HMAC-SHA-256") }
        unsafe self.template = template
    }

    package convenience init(_ key: [UInt8]) {
        self.init(key.span)
    }

    /// A key of 32 random octets that nobody else knows.
    package static func random() -> HMACKey {
        HMACKey(Random.octets(32))
    }

    deinit { unsafe EVP_MAC_CTX_free(self.template) }

    /// The code over the octets, 32 octets.
    package func code(of octets: Span<UInt8>) -> [UInt8] {
        guard let context = unsafe EVP_MAC_CTX_dup(self.template) else { preconditionFailure("no memory for a MAC") }
        defer { unsafe EVP_MAC_CTX_free(context) }
        let updated = unsafe octets.withUnsafeBufferPointer { piece in
            unsafe EVP_MAC_update(context, piece.baseAddress, piece.count)
        }
        precondition(updated == 1, "a keyed MAC takes every octet")
        return unsafe [UInt8](unsafeUninitializedCapacity: SHA256.length) { buffer, count in
            let done = unsafe EVP_MAC_final(context, buffer.baseAddress, &count, SHA256.length)
            precondition(done == 1, "a keyed MAC can be finished")
        }
    }

    package func code(of octets: [UInt8]) -> [UInt8] {
        self.code(of: octets.span)
    }

    /// Whether `code` is the code over the octets; takes the same time wherever they differ.
    package func verifies(_ code: [UInt8], of octets: [UInt8]) -> Bool {
        ConstantTime.equal(self.code(of: octets), code)
    }

    package var description: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
