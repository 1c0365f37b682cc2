package import Foundation
package import Logging

/// The log: one line an event on standard error, constant words first and `key=value` behind. Nothing in a line can
/// make a second line or drive a terminal. Under systemd the journal adds time and level by itself.
package struct StandardErrorLog: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let isJournal: Bool

    package init(level: Logger.Level, isJournal: Bool) {
        self.logLevel = level
        self.isJournal = isJournal
    }

    /// Sends all loggers there. Once a process; `level` is a name of swift-log.
    package static func bootstrap(level: String) {
        let level = Logger.Level(rawValue: level) ?? .info
        let isJournal = Self.isJournal
        LoggingSystem.bootstrap { _ in StandardErrorLog(level: level, isJournal: isJournal) }
    }

    /// Whether systemd gave us our output.
    static var isJournal: Bool { ProcessInfo.processInfo.environment["JOURNAL_STREAM"] != nil }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let line = self.line(event, at: Date())
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }

    package func line(_ event: LogEvent, at time: Date) -> String {
        let fields = self.metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }
            .map { " \($0.key)=\(Self.value($0.value.description))" }
        let prefix = self.isJournal ? Self.priority(event.level) : "\(time.ISO8601Format()) \(event.level) "
        return prefix + Self.printable(event.message.description) + fields.joined() + "\n"
    }

    /// sd-daemon(3): the level in front of a line, as syslog numbers it.
    private static func priority(_ level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "<7>"
        case .info: "<6>"
        case .notice: "<5>"
        case .warning: "<4>"
        case .error: "<3>"
        case .critical: "<2>"
        }
    }

    private static func value(_ text: String) -> String {
        let text = Self.printable(text)
        return text.contains(" ") || text.isEmpty ? "\"\(text.replacing("\"", with: "'"))\"" : text
    }

    private static func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: result.append("?")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
