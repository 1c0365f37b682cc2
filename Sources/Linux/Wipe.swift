import Glibc

/// Overwrites octets that were secret, in a way that the optimiser may not leave out. An array that shares its storage
/// is copied first, so wipe the only holder.
package func wipe(_ octets: inout [UInt8]) {
    unsafe octets.withUnsafeMutableBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        unsafe explicit_bzero(start, bytes.count)
    }
}
