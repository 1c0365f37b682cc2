package import Report

/// Why the server did not start, or stopped by itself, for the person at the terminal.
package struct ServeFailure: Error, Hashable, Sendable {
    package let text: Phrase
    package let status: ExitStatus

    package init(_ text: Phrase, status: ExitStatus) {
        self.text = text
        self.status = status
    }
}
