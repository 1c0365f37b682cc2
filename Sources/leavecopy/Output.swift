import Foundation
import Linux
import Report

/// Standard output and standard error.
enum Output {
    /// Lines for people: what a terminal would act on is made visible (S-09).
    static func say(_ text: String) { self.write(self.visible(text), to: .standardOutput) }
    static func complain(_ text: String) { self.write(self.visible(text), to: .standardError) }
    /// JSON and whole files, as they are.
    static func give(_ text: String, terminator: String = "\n") { self.write(text + terminator, to: .standardOutput) }
    /// A line whose text from outside is visible already, and that may have colours.
    static func show(_ line: String) { self.write("\(line)\n", to: .standardOutput) }

    /// Colours are for people who look, and have not asked for none (no-color.org).
    static var isColoured: Bool {
        Terminal.isThere && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
            && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    private static func visible(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { Table.printable(String($0)) + "\n" }
            .joined()
    }

    /// A reader that has gone (`| head`) has seen enough: the command ends quietly. Anything else is a failure, so that a
    /// file that was cut off is never taken for a whole one.
    private static func write(_ text: String, to file: FileHandle) {
        do {
            try file.write(contentsOf: Data(text.utf8))
        } catch {
            let isBrokenPipe = errno == EPIPE
            Foundation.exit(isBrokenPipe ? 141 : 74)
        }
    }
}
