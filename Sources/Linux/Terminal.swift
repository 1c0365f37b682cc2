import Glibc

/// What standard output is connected to.
package enum Terminal {
    package static var isThere: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Columns of the terminal; nil where there is none, or it does not say.
    package static var columns: Int? {
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
