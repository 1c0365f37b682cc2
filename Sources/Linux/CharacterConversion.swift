import Glibc

/// Text of an old code page as UTF-8, by the system's own tables.
package enum CharacterConversion {
    /// Nil when the system does not know the charset, or the octets are no text in it. `name` is one of ours, never a peer's.
    package static func utf8(_ octets: [UInt8], from name: String) -> [UInt8]? {
        let converter = unsafe iconv_open("UTF-8", name)
        guard unsafe converter != iconv_t(bitPattern: -1) else { return nil }
        defer { unsafe iconv_close(converter) }
        // No letter of these charsets takes more than four octets in UTF-8 for each of its own.
        var output = [CChar](repeating: 0, count: octets.count.multipliedReportingOverflow(by: 4).partialValue)
        var input = octets.map { CChar(bitPattern: $0) }
        var inputLeft = input.count
        var outputLeft = output.count
        let failed = unsafe input.withUnsafeMutableBufferPointer { from in
            unsafe output.withUnsafeMutableBufferPointer { to in
                var (source, target) = (from.baseAddress, to.baseAddress)
                return unsafe iconv(converter, &source, &inputLeft, &target, &outputLeft) == -1
            }
        }
        guard !failed, inputLeft == 0 else { return nil }
        return output.prefix(output.count - outputLeft).map { UInt8(bitPattern: $0) }
    }
}
