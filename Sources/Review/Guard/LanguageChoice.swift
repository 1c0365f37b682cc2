import HTTPTypes
import Report

/// Which language a page is in: the one just chosen, else the one chosen before, else what the browser asks for.
enum LanguageChoice {
    static func texts(chosen: String?, _ headers: HTTPFields, standard: Language) -> Texts {
        for code in [chosen, PageCookies.language(headers)] {
            if let texts = Texts.all.first(where: { $0.code == code }) { return texts }
        }
        return self.wanted(headers[.acceptLanguage] ?? "") ?? Texts.of(standard)
    }

    /// The best of ours for a header like `ja,en-US;q=0.7,en;q=0.3`. Nil where none is wanted.
    static func wanted(_ header: String) -> Texts? {
        var best: (weight: Double, texts: Texts)?
        for range in header.split(separator: ",").prefix(32) {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let tag = parts.first?.split(separator: "-").first,
                let texts = Texts.all.first(where: { $0.code == tag })
            else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > best?.weight ?? 0 { best = (weight, texts) }
        }
        return best?.texts
    }
}
