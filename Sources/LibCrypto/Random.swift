internal import COpenSSL

/// Chance that nobody can guess. A machine whose source of chance fails must not go on, so failure stops the process.
package struct Random: RandomNumberGenerator, Sendable {
    package init() {}

    package mutating func next() -> UInt64 {
        Random.octets(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// `count` octets from RAND_bytes.
    package static func octets(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        guard let length = Int32(exactly: count) else { preconditionFailure("2 GiB of chance at once") }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let done = unsafe RAND_bytes(buffer.baseAddress, length)
            precondition(done == 1, "RAND_bytes failed: there is no source of chance")
            initialized = count
        }
    }
}

/// Comparison that tells nothing by its duration.
package enum ConstantTime {
    /// Whether both are the same. Only the lengths may show in the time it takes.
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe CRYPTO_memcmp(left, right, left.count) == 0
    }
}
