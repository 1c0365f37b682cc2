import Glibc

/// Reads a password from standard input: one line, which a terminal does not show.
package enum TerminalPassword {
    /// Octets; what is longer is no password.
    package static let longest = 1_024

    /// Whether somebody sits at a terminal, who can be asked.
    package static var isPossible: Bool { isatty(STDIN_FILENO) == 1 }

    /// Nil at the end of input, for an empty line and for one that is too long. `prompt` goes to standard error, and
    /// only where somebody sits at a terminal.
    package static func read(prompt: String) -> Secret? {
        var settings = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return self.line() }
        var silent = settings
        // With signals on, Ctrl-C would leave the terminal silent.
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
        self.say(prompt)
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
            self.say("\n")
        }
        return self.line()
    }

    /// Octet by octet, so that nothing behind the line is taken.
    private static func line() -> Secret? {
        var octets: [UInt8] = []
        defer { wipe(&octets) }
        octets.reserveCapacity(self.longest)
        var octet: UInt8 = 0
        while unsafe Glibc.read(STDIN_FILENO, &octet, 1) == 1, octet != UInt8(ascii: "\n") {
            guard octets.count < self.longest else { return nil }
            octets.append(octet)
        }
        if octets.last == UInt8(ascii: "\r") { octets.removeLast() }
        return octets.isEmpty ? nil : Secret(octets)
    }

    private static func say(_ text: String) {
        let octets = Array(text.utf8)
        _ = unsafe write(STDERR_FILENO, octets, octets.count)
    }
}
