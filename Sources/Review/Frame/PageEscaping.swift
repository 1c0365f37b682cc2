import Mustache
import Report

/// How text enters a page, in elements and in attributes. Our own, since the library's compares whole characters: a quote
/// with an accent on it is none to it, and ends an attribute all the same.
struct PageEscaping: MustacheContentType {
    /// As templates name it.
    static let name = "PAGE"

    func escapeText(_ text: String) -> String { HTMLText.escaped(text) }
}
