import Glibc

/// A system call that failed: which one, and errno.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    package let call: String
    package let code: Int32

    package init(call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    /// The call that failed just now.
    init(_ call: String) { self.init(call: call, code: errno) }

    package var description: String {
        var text = [CChar](repeating: 0, count: 128)
        let message = unsafe text.withUnsafeMutableBufferPointer { buffer -> String? in
            guard let start = buffer.baseAddress else { return nil }
            guard unsafe strerror_r(self.code, start, buffer.count) == 0 else { return nil }
            return unsafe String(cString: start)
        }
        return "\(self.call): \(message ?? "error \(self.code)")"
    }
}
