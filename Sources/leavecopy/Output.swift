import Foundation

/// Standard output and standard error.
enum Output {
    /// Lines for people: what a terminal would act on is made visible (S-09).
    static func say(_ text: String) { self.write(self.visible(text), to: .standardOutput) }
    static func complain(_ text: String) { self.write(self.visible(text), to: .standardError) }
    /// JSON, as it is.
    static func give(_ json: String) { self.write("\(json)\n", to: .standardOutput) }

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
