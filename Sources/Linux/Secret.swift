import Glibc

/// A password or token: held in one allocation, overwritten when the last user lets go, and never printed.
///
/// Two secrets are equal when their octets are; the comparison takes the same time wherever they differ. A secret
/// hashes by its length alone, so that a hash table cannot tell anything of it.
@safe
package final class Secret: Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable,
    @unchecked Sendable
{
    /// Written in `init` and `deinit` alone, so any thread may read it: the reason for `@unchecked Sendable`.
    private let storage: UnsafeMutableBufferPointer<UInt8>

    package init(_ octets: some Collection<UInt8>) {
        let storage = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: octets.count)
        _ = unsafe storage.initialize(from: octets)
        unsafe self.storage = storage
    }

    deinit {
        if let start = unsafe self.storage.baseAddress { unsafe explicit_bzero(start, self.storage.count) }
        unsafe self.storage.deallocate()
    }

    /// The number of octets.
    package var count: Int { unsafe self.storage.count }

    /// Hands the octets to `body`, which must not keep them.
    package func revealed<Result>(_ body: (Span<UInt8>) throws -> Result) rethrows -> Result {
        try unsafe body(Span(_unsafeElements: UnsafeBufferPointer(self.storage)))
    }

    package static func == (left: Secret, right: Secret) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<left.count { unsafe difference |= left.storage[index] ^ right.storage[index] }
        return difference == 0
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(self.count) }
    package var description: String { "•••" }
    package var debugDescription: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
