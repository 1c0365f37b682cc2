import Glibc

/// No memory of this process is ever written to a core file, and no other process of the same user may trace it:
/// passwords are in it.
package enum CoreDumps {
    package static func turnOff() throws(SystemError) {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0 else {
            throw SystemError("setrlimit")
        }
        typealias Prctl = @convention(c) (CInt, CUnsignedLong, CUnsignedLong, CUnsignedLong, CUnsignedLong) -> CInt
        guard let symbol = unsafe dlsym(nil, "prctl") else { throw SystemError(call: "prctl", code: ENOSYS) }
        guard unsafe unsafeBitCast(symbol, to: Prctl.self)(self.setDumpable, 0, 0, 0, 0) == 0 else {
            throw SystemError("prctl")
        }
    }

    /// PR_SET_DUMPABLE of prctl(2); the call itself takes variable arguments, which Swift does not import.
    private static let setDumpable: CInt = 4
}

/// How many files and sockets this process may have open.
package enum OpenFileLimit {
    package static func current() throws(SystemError) -> UInt64 { UInt64(try self.read().rlim_cur) }

    /// Raises the limit as far as it goes without privileges, and says how far that is.
    @discardableResult
    package static func raise() throws(SystemError) -> UInt64 {
        var limit = try self.read()
        guard limit.rlim_cur < limit.rlim_max else { return UInt64(limit.rlim_cur) }
        limit.rlim_cur = limit.rlim_max
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw SystemError("setrlimit")
        }
        return UInt64(limit.rlim_cur)
    }

    private static func read() throws(SystemError) -> rlimit {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw SystemError("getrlimit")
        }
        return limit
    }
}
