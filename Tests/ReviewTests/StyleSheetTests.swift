import Foundation
import Testing

@testable import Review

@Suite("The style sheet")
struct StyleSheetTests {
    private static let text = String(decoding: PackageResources.style_css, as: UTF8.self)

    /// The colours by name: for a bright and for a dark system.
    private static let colours: [[String: String]] = [
        "\n:root \\{", "prefers-color-scheme: dark\\) \\{\\s*:root \\{",
    ].map { opening in
        guard let begin = Self.text.range(of: opening, options: .regularExpression) else { return [:] }
        let block = Self.text[begin.upperBound...].prefix { $0 != "}" }
        let pairs = block.matches(of: /--([a-z-]+): (#[0-9a-f]{6});/).map { (String($0.1), String($0.2)) }
        return Dictionary(pairs) { $1 }
    }

    /// What is read, or must be made out, on a ground; the ratio as in WCAG 2.2: 4.5 for text (1.4.3), 3 for borders of
    /// controls (1.4.11).
    struct Pair: CustomTestStringConvertible {
        let ink: String
        let ground: String
        let ratio: Double

        var testDescription: String { "\(self.ink) on \(self.ground)" }

        static let all: [Pair] =
            ["ink", "faint", "link", "good", "warn", "bad"].flatMap { ink in
                ["ground", "panel"].map { Pair(ink: ink, ground: $0, ratio: 4.5) }
            }
            + ["good", "warn", "bad"].flatMap { name in
                [name, "ink", "faint", "link"].map { Pair(ink: $0, ground: "\(name)-ground", ratio: 4.5) }
            }
            + [Pair(ink: "on-press", ground: "press", ratio: 4.5)]
            + ["edge", "press"].flatMap { ink in
                ["ground", "panel"].map { Pair(ink: ink, ground: $0, ratio: 3) }
            }
    }

    /// WCAG 2.2, "relative luminance"; nil where `text` is no `#rrggbb`.
    private static func luminance(_ text: String) -> Double? {
        guard text.count == 7, text.hasPrefix("#"), let number = UInt32(text.dropFirst(), radix: 16) else { return nil }
        let parts = [16, 8, 0].map { shift -> Double in
            let part = Double((number >> UInt32(shift)) & 255) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    private static func contrast(_ one: String, _ other: String) -> Double? {
        guard let one = self.luminance(one), let other = self.luminance(other) else { return nil }
        return (max(one, other) + 0.05) / (min(one, other) + 0.05)
    }

    @Test("the measure is right: black on white is 21, and #767676 just passes")
    func measure() throws {
        #expect(Self.contrast("#000000", "#ffffff") == 21)
        #expect(try #require(Self.contrast("#767676", "#ffffff")) >= 4.5)
        #expect(try #require(Self.contrast("#777777", "#ffffff")) < 4.5)
        #expect(Self.contrast("#12345g", "#ffffff") == nil)
    }

    @Test("what is read has the contrast that WCAG AA asks for, in the bright and in the dark", arguments: Pair.all)
    func contrast(_ pair: Pair) throws {
        for colours in Self.colours {
            let ink = try #require(colours[pair.ink])
            let ground = try #require(colours[pair.ground])
            let ratio = try #require(Self.contrast(ink, ground))
            #expect(ratio >= pair.ratio, "\(ratio)")
        }
    }

    @Test("it has no colour beside those, and asks for nothing from elsewhere")
    func complete() throws {
        let light = try #require(Self.colours.first)
        let dark = try #require(Self.colours.last)
        #expect(Set(light.keys) == Set(dark.keys))
        let used = Set(Self.text.matches(of: /var\(--([a-z-]+)\)/).map { String($0.1) })
        #expect(used.isSubset(of: light.keys))
        let rules = Self.text.split(separator: "\n").filter { !$0.contains("--") || $0.contains("var(") }
        #expect(!rules.contains { $0.contains(/#[0-9a-fA-F]{3,8}\b/) && $0.contains(":") && $0.contains("color") })
        for word in ["url(", "@import", "http", "@font-face", "<", "rgb(", "hsl("] {
            #expect(!Self.text.contains(word))
        }
        #expect(Self.text.utf8.count < 16_000)
        #expect(Self.text.count { $0 == "{" } == Self.text.count { $0 == "}" })
    }
}
