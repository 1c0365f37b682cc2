import Foundation
package import Report
import Store

/// What `leavecopy check` found, line by line, and how the command ends.
package struct CheckReport: Hashable, Sendable {
    package enum Grade: String, Hashable, Sendable, CaseIterable { case ok, warn, fail }

    package struct Line: Hashable, Sendable {
        package let grade: Grade
        /// What was looked at, one word that programs can rely on: `state`, `upstream`, `quota`.
        package let subject: String
        package let what: Phrase
        /// What mends it; nil when nothing has to be.
        package let step: Phrase?

        package init(_ grade: Grade, _ subject: String, _ what: Phrase, step: Phrase? = nil) {
            self.grade = grade
            self.subject = subject
            self.what = what
            self.step = step
        }
    }

    package private(set) var lines: [Line] = []
    /// 0 when no line failed; a wrong configuration or permission counts more than a mail server that is away.
    package private(set) var status = ExitStatus.success

    mutating func add(_ line: Line) { self.lines.append(line) }

    mutating func ok(_ subject: String, _ what: Phrase) { self.add(Line(.ok, subject, what)) }

    mutating func warn(_ subject: String, _ what: Phrase, step: Phrase) {
        self.add(Line(.warn, subject, what, step: step))
    }

    mutating func fail(_ subject: String, _ what: Phrase, step: Phrase, _ status: ExitStatus) {
        self.add(Line(.fail, subject, what, step: step))
        if Self.weight(status) > Self.weight(self.status) { self.status = status }
    }

    private static func weight(_ status: ExitStatus) -> Int {
        switch status {
        case .success: 0
        case .failure, .unmatched: 1
        case .upstreamAway: 2
        case .software: 3
        case .cannotCreate: 4
        case .permission: 5
        case .configuration: 6
        }
    }

    /// For people: a line each, and below it the step that mends it.
    package func text(in language: Language) -> [String] {
        self.lines.flatMap { line in
            let grade = line.grade.rawValue.padding(toLength: 4, withPad: " ", startingAt: 0)
            let step = line.step.map { ["      -> \($0[language])"] } ?? []
            return ["\(grade)  \(line.what[language])"] + step
        }
    }

    /// For programs: `status` and `lines`, each with `grade`, `subject`, `text` and `step`.
    package func json(in language: Language) throws -> String {
        struct Shown: Encodable {
            struct Line: Encodable {
                let grade: String
                let subject: String
                let text: String
                let step: String?
            }
            let status: Int32
            let lines: [Line]
        }
        let lines = self.lines.map {
            Shown.Line(
                grade: $0.grade.rawValue,
                subject: $0.subject,
                text: $0.what[language],
                step: $0.step?[language]
            )
        }
        return try JSONText.of(Shown(status: self.status.rawValue, lines: lines))
    }
}
