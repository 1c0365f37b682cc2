import Report

/// A text that takes little of a page, whatever is in it.
enum RowText {
    /// Of a text on a row, in octets as they stand in the page.
    static let ofRow = 180

    /// As much of `text` as fits in `most` octets once it is escaped: a character that is made visible takes eight.
    static func cut(_ text: String, to most: Int = ofRow) -> String {
        // Nothing grows more than that by being escaped.
        guard text.utf8.count > most / 8 else { return text }
        var octets = 0
        var kept = ""
        for scalar in text.unicodeScalars {
            octets += HTMLText.escaped(String(scalar)).utf8.count
            guard octets <= most else { return kept + "…" }
            kept.unicodeScalars.append(scalar)
        }
        return text
    }
}
