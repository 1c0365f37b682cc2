import Report
import Server
import Testing

/// A configuration text with something wrong in it, and what must be said about it.
struct BrokenConfiguration: CustomTestStringConvertible, Sendable {
    struct Expected: Sendable {
        let line: Int
        let words: String
    }

    let text: String
    let expected: [Expected]
    var testDescription: String { self.text }

    init(_ text: String, _ expected: (line: Int, words: String)...) { self.init(text, expected) }

    init(_ text: String, _ expected: [(line: Int, words: String)]) {
        self.text = text
        self.expected = expected.map { Expected(line: $0.line, words: $0.words) }
    }

    /// Each problem is said once, in its line and in both languages.
    func check() {
        let problems = ConfigurationFixture.problems(self.text)
        #expect(problems.map(\.place.line) == self.expected.map(\.line), "\(problems.map { $0.line(in: .english) })")
        for (problem, expected) in zip(problems, self.expected) {
            let line = problem.line(in: .english)
            #expect(line.contains(expected.words))
            #expect(line.hasPrefix("\(ConfigurationFixture.path):\(expected.line):"))
            #expect(problem.line(in: .japanese) != line)
        }
    }

    /// One key below `upstream:`, in line 3.
    static func upstream(_ line: String, _ words: String) -> BrokenConfiguration {
        BrokenConfiguration("upstream:\n  url: imaps://m.example\n  \(line)\n", (3, words))
    }

    /// One key at the top, in line 3.
    static func top(_ line: String, _ words: String) -> BrokenConfiguration {
        BrokenConfiguration("upstream:\n  url: imaps://m.example\n\(line)\n", (3, words))
    }

    /// One key of a listener, in line 5.
    static func listener(_ line: String, _ words: String) -> BrokenConfiguration {
        BrokenConfiguration("upstream:\n  url: imaps://m.example\nlisteners:\n  - name: a\n    \(line)\n", (5, words))
    }

    /// One key below `limits:`, in line 4.
    static func limits(_ line: String, _ words: String) -> BrokenConfiguration {
        BrokenConfiguration("upstream:\n  url: imaps://m.example\nlimits:\n  \(line)\n", (4, words))
    }

    /// One key of an account, in line 5.
    static func account(_ line: String, _ words: String) -> BrokenConfiguration {
        BrokenConfiguration("upstream:\n  url: imaps://m.example\naccounts:\n  - login: a\n    \(line)\n", (5, words))
    }

    /// One key of a device, in line 5.
    static func device(_ line: String, _ words: String) -> BrokenConfiguration {
        BrokenConfiguration("upstream:\n  url: imaps://m.example\ndevices:\n  - name: a\n    \(line)\n", (5, words))
    }

    /// What stands below `upstream:`, from line 3.
    static func whole(_ text: String, _ expected: (line: Int, words: String)...) -> BrokenConfiguration {
        BrokenConfiguration("upstream:\n  url: imaps://m.example\n\(text)\n", expected)
    }
}
