import Glibc
import Testing

/// A file of this project, by its path from the project's folder.
struct SourceFile: Sendable, CustomTestStringConvertible {
    let path: String
    let text: String

    var name: Substring { self.path.split(separator: "/").last ?? "" }
    /// The folder below `Sources` or `Tests`.
    var module: Substring { self.path.split(separator: "/").dropFirst().first ?? "" }
    var testDescription: String { self.path }
    var lines: [Substring] { self.text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The lines without comments and without what stands in string literals; a literal of several lines is left out.
    var code: [String] {
        var inText = false
        return self.lines.map { line in
            let marks = line.components(separatedBy: "\"\"\"").count - 1
            if marks % 2 == 1 { inText.toggle() }
            return inText || marks > 0 ? "" : Self.bare(line)
        }
    }

    /// What stands in string literals on one line, with the number of the line.
    var literals: [(line: Int, text: String)] {
        self.lines.enumerated().flatMap { index, line in
            let trimmed = line.drop { $0 == " " }
            return trimmed.hasPrefix("//") ? [] : Self.literals(line).map { (index + 1, $0) }
        }
    }

    private static func literals(_ line: Substring) -> [String] {
        line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
            .map { String($0.element) }
    }

    private static func bare(_ line: Substring) -> String {
        let outside = line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 0 }.map { String($0.element) }.joined(separator: "\"\"")
        guard let comment = outside.range(of: "//") else { return outside }
        return String(outside[..<comment.lowerBound])
    }
}

extension SourceFile {
    /// The project's folder.
    static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

    static let sources = SourceFile.swiftFiles(in: "Sources")
    static let tests = SourceFile.swiftFiles(in: "Tests")

    static func read(_ path: String) -> String? {
        guard let file = fopen(self.root + "/" + path, "r") else { return nil }
        defer { fclose(file) }
        var octets: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&part, 1, part.count, file), count > 0 { octets += part.prefix(count) }
        return String(decoding: octets, as: UTF8.self)
    }

    private static func swiftFiles(in folder: String) -> [SourceFile] {
        self.entries(of: folder).flatMap { name -> [SourceFile] in
            let path = folder + "/" + name
            guard name.hasSuffix(".swift") else { return name.contains(".") ? [] : self.swiftFiles(in: path) }
            return self.read(path).map { [SourceFile(path: path, text: $0)] } ?? []
        }
    }

    private static func entries(of folder: String) -> [String] {
        guard let directory = opendir(self.root + "/" + folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { octets in
                String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}

extension StringProtocol {
    func components(separatedBy separator: String) -> [SubSequence] {
        self.split(separator: separator, omittingEmptySubsequences: false)
    }

    func range(of text: String) -> Range<Index>? { self.firstRange(of: text) }
}
