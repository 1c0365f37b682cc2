import ArgumentParser
import Foundation
import Linux
import Report
import Server
import Store

struct AuditReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Tell what a period of the record means: each device, what is set wrong there, and what mends it."
    )

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case terminal, markdown, html, csv, json
    }

    @OptionGroup var common: CommonOptions
    @Option(name: .long, help: "From this time on (default: 30 days ago): 2026-11-01, or \"2026-11-01 10:30\".")
    var since: String?
    @Option(name: .long, help: "Before this time (default: now).")
    var until: String?
    @Option(name: .long, help: "Only this account.")
    var account: String?
    @Option(name: .long, help: "Only this device.")
    var device: String?
    @Option(name: .long, help: "terminal, markdown, html (one file, with charts), csv or json.")
    var format: Format?
    @Flag(name: .long, help: "The same as --format json.")
    var json = false
    @Option(name: .long, help: "Into this file, in place of the terminal.")
    var output: String?

    /// Seconds of thirty days.
    private static let period: TimeInterval = 30 * 86_400
    /// Where there is no terminal.
    private static let width = 100

    func validate() throws {
        guard !self.json || self.format == nil || self.format == .json else {
            throw ValidationError("--json and --format \(self.format?.rawValue ?? "") are two forms: give one")
        }
    }

    func run() async throws {
        let now = Date()
        let until = try self.until.map(FilterOptions.moment) ?? LocalTime.recorded(now)
        let since =
            try self.since.map(FilterOptions.moment)
            ?? LocalTime.recorded((LocalMoment.date(until) ?? now).addingTimeInterval(-Self.period))
        guard since < until else { throw ValidationError("--since must be before --until") }
        let store = try self.common.openStore()
        let texts = Texts.of(self.common.spoken)
        try await Failure.telling(self.common.spoken) {
            let report = try await AuditReport.make(
                from: store,
                since: since,
                until: until,
                account: self.account,
                device: self.device,
                now: LocalTime.recorded(now)
            )
            try self.give(try self.text(report, texts))
        }
    }

    private func text(_ report: AuditReport, _ texts: Texts) throws -> String {
        switch self.json ? .json : self.format ?? .terminal {
        case .terminal:
            let width = self.output == nil ? Terminal.columns ?? Self.width : Self.width
            return report.terminal(in: texts, width: width).joined(separator: "\n") + "\n"
        case .markdown: return report.markdown(in: texts)
        case .html: return report.html(in: texts)
        case .csv: return report.csv(in: texts)
        case .json: return try report.json(in: texts) + "\n"
        }
    }

    private func give(_ text: String) throws {
        guard let output = self.output else { return Output.give(text, terminator: "") }
        do {
            try Data(text.utf8).write(to: URL(filePath: output), options: .atomic)
        } catch {
            throw ExportFailure.cannotWrite(output)
        }
    }
}
