/// The languages in which the program speaks to people.
package enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case japanese = "ja"

    /// What the environment asks for, by the order of precedence that POSIX gives its variables.
    package init(environment: [String: String]) {
        let wanted = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        self = wanted?.hasPrefix("ja") == true ? .japanese : .english
    }
}

/// One thing to say, in each language.
package struct Phrase: Hashable, Sendable {
    package let english: String
    package let japanese: String

    package init(_ english: String, _ japanese: String) {
        self.english = english
        self.japanese = japanese
    }

    package subscript(language: Language) -> String {
        switch language {
        case .english: self.english
        case .japanese: self.japanese
        }
    }
}
