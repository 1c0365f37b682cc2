/// Text in Markdown (CommonMark, and GitHub's tables and bare links).
package enum MarkdownText {
    private static let special = Set("\\`*_{}[]<>|#~&!@$".unicodeScalars)

    /// One line that is shown as it stands: no markup, no link, no HTML, no end of a table's cell.
    package static func escaped(_ text: String) -> String {
        var result = ""
        let scalars = Array(Table.printable(text).unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            // `https://` and `www.` become links without any markup.
            let isLink =
                scalar == ":" && scalars.dropFirst(index + 1).first == "/"
                || scalar == "." && String(result.suffix(3)).lowercased() == "www"
            // At its start a line of these would be a heading, a list or a rule.
            let isStart = index == 0 && ["-", "+", "=", "."].contains(scalar)
            if self.special.contains(scalar) || isLink || isStart { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
