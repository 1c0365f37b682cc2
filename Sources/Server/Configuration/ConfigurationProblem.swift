package import Report

/// Something wrong in the configuration: where, what, and what to do about it.
package struct ConfigurationProblem: Hashable, Sendable {
    package let place: ConfigurationPlace
    package let what: Phrase
    package let hint: Phrase

    package init(_ place: ConfigurationPlace, _ what: Phrase, hint: Phrase) {
        self.place = place
        self.what = what
        self.hint = hint
    }

    /// One line, `FILE:LINE:COLUMN: what, hint`.
    package func line(in language: Language) -> String {
        let comma =
            switch language {
            case .english: ", "
            case .japanese: "。"
            }
        return "\(self.place): \(self.what[language])\(comma)\(self.hint[language])"
    }
}

/// A place in the configuration: in a file, or a flag of the command line.
package enum ConfigurationPlace: Hashable, Sendable, CustomStringConvertible {
    case file(String, line: Int, column: Int)
    case wholeFile(String)
    case flag(String)

    package var description: String {
        switch self {
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        case .wholeFile(let path): path
        case .flag(let name): name
        }
    }

    /// The line, where there is one.
    package var line: Int? {
        switch self {
        case .file(_, let line, _): line
        case .wholeFile, .flag: nil
        }
    }
}

/// The configuration cannot be used. Everything that is wrong, in the order of the file.
package struct ConfigurationFailure: Error, Hashable, Sendable {
    package let problems: [ConfigurationProblem]
    package let status: ExitStatus
    /// SHA-256 of the file, in hexadecimal; nil where none was read.
    package let digest: String?

    package init(_ problems: [ConfigurationProblem], status: ExitStatus = .configuration, digest: String? = nil) {
        self.problems = problems
        self.status = status
        self.digest = digest
    }

    package func lines(in language: Language) -> [String] { self.problems.map { $0.line(in: language) } }
}
