import Report
import Yams

/// A configuration file as a tree of our own: texts stay texts (`yes`, `10:30`, `0o17`), and each keeps its place.
indirect enum ConfigurationNode {
    case scalar(String, ConfigurationPlace)
    case list([ConfigurationNode], ConfigurationPlace)
    case mapping([ConfigurationEntry], ConfigurationPlace)

    var place: ConfigurationPlace {
        switch self {
        case .scalar(_, let place), .list(_, let place), .mapping(_, let place): place
        }
    }
}

struct ConfigurationEntry {
    let key: String
    let place: ConfigurationPlace
    let value: ConfigurationNode
}

/// Reads YAML. The library's error texts quote the file with its secrets, so only their places are used.
struct ConfigurationDocument {
    /// Nil when the file is empty or is no YAML.
    let root: ConfigurationNode?
    let problems: [ConfigurationProblem]

    /// Duplicate keys that are looked for before giving up.
    private static let maximumDuplicates = 64

    init(text: String, path: String) {
        var lines = Self.lines(of: text)
        var problems: [ConfigurationProblem] = []
        for round in 0..<Self.maximumDuplicates {
            do {
                let node = try Yams.compose(yaml: lines.joined(separator: "\n"))
                self.root = node.flatMap { Self.convert($0, path: path) }
                self.problems = problems
                return
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                // The library stops here: the second key gets another name, so that the rest can be read too.
                guard let key = keys.first,
                    let second = Self.rename(key, after: context.mark, number: round, in: &lines)
                else {
                    problems.append(Self.duplicate(Self.place(context.mark, path), first: context.mark.line))
                    break
                }
                let place = ConfigurationPlace.file(path, line: second, column: context.mark.column)
                problems.append(Self.duplicate(place, first: context.mark.line))
            } catch {
                problems.append(Self.syntax(error, lines: lines, path: path))
                break
            }
        }
        self.root = nil
        self.problems = problems
    }

    /// Editors of Windows end lines with CRLF, which is one `Character`: octets are compared.
    private static func lines(of text: String) -> [String] {
        let text = text.unicodeScalars.first == "\u{FEFF}" ? text.unicodeScalars.dropFirst() : text.unicodeScalars[...]
        return Substring(text).utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
    }

    /// How a key begins that stands in for a duplicate one.
    private static let substitute = "duplicate-of-a-key-"

    private static func convert(_ node: Node, path: String) -> ConfigurationNode? {
        let place = node.mark.map { self.place($0, path) } ?? .wholeFile(path)
        switch node {
        case .scalar(let scalar):
            return .scalar(scalar.string, place)
        case .sequence(let sequence):
            return .list(sequence.compactMap { self.convert($0, path: path) }, place)
        case .mapping(let mapping):
            let entries = mapping.compactMap { pair -> ConfigurationEntry? in
                let key = pair.key.scalar?.string ?? ""
                guard !key.hasPrefix(self.substitute), let value = self.convert(pair.value, path: path) else {
                    return nil
                }
                return ConfigurationEntry(
                    key: key,
                    place: pair.key.mark.map { self.place($0, path) } ?? place,
                    value: value
                )
            }
            return .mapping(entries, place)
        case .alias:
            return .scalar("", place)
        }
    }

    private static func place(_ mark: Mark, _ path: String) -> ConfigurationPlace {
        .file(path, line: mark.line, column: mark.column)
    }

    private static func duplicate(_ place: ConfigurationPlace, first: Int) -> ConfigurationProblem {
        ConfigurationProblem(
            place,
            Phrase("this key stands here a second time", "このキーは二度書かれています"),
            hint: Phrase("it was given in line \(first) already: keep one", "\(first) 行目に既にあります。一つだけ残してください")
        )
    }

    /// Gives the next `key` below `mark`, in the same column, another name. Its line; nil when it is not found there.
    private static func rename(_ key: String, after mark: Mark, number: Int, in lines: inout [String]) -> Int? {
        for index in lines.indices.dropFirst(max(mark.line, 0)) {
            let line = lines[index]
            let indent = line.prefix { $0 == " " || $0 == "-" }
            let rest = line.dropFirst(indent.count)
            guard indent.count == mark.column - 1,
                let name = ["", "\"", "'"].first(where: { quote in
                    rest.hasPrefix(quote + key + quote)
                        && rest.dropFirst(key.count + 2 * quote.count).first.map { " :".contains($0) } == true
                })
            else { continue }
            lines[index] = indent + self.substitute + String(number) + rest.dropFirst(key.count + 2 * name.count)
            return index + 1
        }
        return nil
    }

    private static func syntax(_ error: any Error, lines: [String], path: String) -> ConfigurationProblem {
        let position = self.position(of: error, lines: lines)
        let line = position.flatMap { lines.indices.contains($0.line - 1) ? lines[$0.line - 1] : nil } ?? ""
        let isTab = line.prefix { $0 == " " || $0 == "\t" }.contains("\t")
        let hint =
            isTab
            ? Phrase("a tab stands where only spaces may", "タブではなく空白で字下げしてください")
            : Phrase(
                "look at the indentation, the colons and the quotes in this line and the one above",
                "この行と一つ上の行の字下げ、コロン、引用符を確かめてください"
            )
        return ConfigurationProblem(
            position.map { .file(path, line: $0.line, column: $0.column) } ?? .wholeFile(path),
            Phrase("this is not YAML", "YAML として読めません"),
            hint: hint
        )
    }

    /// Where it went wrong; where something was opened that the file's end leaves open.
    private static func position(of error: any Error, lines: [String]) -> (line: Int, column: Int)? {
        switch error as? YamlError {
        case .scanner(let context, _, let mark, _), .parser(let context, _, let mark, _),
            .composer(let context, _, let mark, _):
            let isAtEnd = !lines.dropFirst(mark.line - 1).contains { $0.contains { $0 != " " } }
            let shown = isAtEnd ? context?.mark ?? mark : mark
            return (shown.line, shown.column)
        case .reader(_, let offset?, _, let yaml):
            let before = yaml.prefix(offset)
            let column = before.reversed().prefix { $0 != "\n" }.count
            return (before.count { $0 == "\n" } + 1, column + 1)
        case _: return nil
        }
    }
}
