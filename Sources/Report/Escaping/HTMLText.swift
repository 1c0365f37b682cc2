/// Text in HTML and SVG: between tags and in quoted attributes.
package enum HTMLText {
    /// What a browser would act on is made harmless, and what turns text around or cannot be seen is made visible (S-09).
    package static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in Table.printable(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
