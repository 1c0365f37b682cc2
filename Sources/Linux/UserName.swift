import Glibc

/// The name of a user of this machine, for the record of what an operator did; nil if the id has none.
package func userName(of id: UInt32) -> String? {
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    var text = [CChar](repeating: 0, count: 16_384)
    return unsafe text.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return nil }
        guard unsafe getpwuid_r(id, &entry, start, buffer.count, &found) == 0, unsafe found != nil else { return nil }
        guard let name = unsafe entry.pw_name else { return nil }
        return unsafe String(cString: name)
    }
}
