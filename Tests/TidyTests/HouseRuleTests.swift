import Testing

@Suite("House rules about the source")
struct HouseRuleTests {
    @Test("the source is found")
    func found() {
        #expect(SourceFile.sources.count > 50)
        #expect(SourceFile.tests.count > 20)
    }

    @Test("a file has at most 500 lines")
    func sizes() {
        for file in SourceFile.sources {
            #expect(file.lines.count <= 501, "\(file.path)")
        }
    }

    /// What a module may import; what is not listed may import what it likes.
    private static let imports: [String: Set<String>] = [
        "POP3": ["Linux", "NIOCore"],
        "IMAP": ["Linux", "NIOCore"],
        "Gateway": ["IMAP", "Linux", "NIOCore", "POP3"],
        "LibCrypto": ["COpenSSL", "Glibc"],
        "Linux": ["Glibc"],
        "TLS": ["COpenSSL", "LibCrypto", "NIOCore", "Synchronization"],
    ]

    private static func imports(_ file: SourceFile) -> [(line: String, module: String)] {
        file.code.compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard let index = words.firstIndex(of: "import"), let last = words.last, index <= 2 else { return nil }
            return (line, String(last.prefix { $0 != "." }))
        }
    }

    @Test("modules import what their place allows")
    func modules() {
        for file in SourceFile.sources {
            for (line, module) in Self.imports(file) {
                if let allowed = Self.imports[String(file.module)], !allowed.contains(module) {
                    Issue.record("\(file.path): \(line)")
                }
                if module == "COpenSSL" { #expect(["LibCrypto", "TLS"].contains(file.module), "\(file.path)") }
                if module == "GRDB" { #expect(file.module == "Store", "\(file.path)") }
            }
        }
    }

    @Test("pure modules take of NIO the ByteBuffer alone", arguments: ["POP3", "IMAP", "Gateway"])
    func pure(module: String) {
        for file in SourceFile.sources where file.module == module {
            for (line, module) in Self.imports(file) where module == "NIOCore" {
                #expect(line.hasSuffix("import struct NIOCore.ByteBuffer"), "\(file.path): \(line)")
            }
        }
    }

    @Test("unsafe code stands in LibCrypto, TLS and Linux alone")
    func unsafeCode() {
        let words = [
            "unsafe ", "OpaquePointer", "UnsafePointer", "UnsafeRaw", "UnsafeMutable", "unsafeBitCast", "withUnsafe",
        ]
        for file in SourceFile.sources where !["LibCrypto", "TLS", "Linux"].contains(file.module) {
            // NIO's name for lending a descriptor: what is done with it stands in Linux.
            let code = file.code.map { $0.split(separator: ".withUnsafeTransportIfAvailable(").joined() }
            for (index, line) in code.enumerated() where words.contains(where: line.contains) {
                Issue.record("\(file.path):\(index + 1): \(line)")
            }
        }
    }

    @Test("a state machine names every state: no default")
    func noDefault() {
        for file in SourceFile.sources where file.name.contains("StateMachine") {
            for (index, line) in file.code.enumerated() where line.contains("default:") {
                Issue.record("\(file.path):\(index + 1)")
            }
        }
    }

    @Test("nothing is tried by force, and nothing prints but the executable")
    func forbiddenCode() {
        for file in SourceFile.sources + SourceFile.tests {
            for (index, line) in file.code.enumerated() {
                if line.contains("try" + "!") { Issue.record("\(file.path):\(index + 1) forces a try") }
                let prints = line.firstRange(of: "print(").map { range in
                    let before = line[..<range.lowerBound].last
                    return !(before.map { $0.isLetter || $0 == "." } ?? false)
                }
                if prints == true, file.path.hasPrefix("Sources/"), file.module != "leavecopy" {
                    Issue.record("\(file.path):\(index + 1) prints")
                }
            }
        }
    }

    @Test("no note to ourselves and no path of one machine is left in the text")
    func bannedWords() {
        // Put together here, so that this file does not find itself.
        let notes: Set<Substring> = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
        let paths = ["/wo" + "rk/", "/tmp" + "/h/", "/ho" + "me/", "/Us" + "ers/"]
        for file in SourceFile.sources + SourceFile.tests {
            for (index, line) in file.lines.enumerated() {
                let words = line.split { !$0.isLetter }
                guard words.contains(where: notes.contains) || paths.contains(where: line.contains) else { continue }
                Issue.record("\(file.path):\(index + 1): \(line)")
            }
        }
    }

    @Test("every RFC that is cited has a row in README's table, and citations have one form")
    func citations() throws {
        let readme = try #require(SourceFile.read("README.md"), "README.md is missing: it holds the table of RFCs")
        let rows = Set(
            readme.split(separator: "\n").compactMap { line -> Int? in
                line.hasPrefix("|") ? line.split(separator: "|").first.flatMap { Int($0.filter { $0 != " " }) } : nil
            }
        )
        let citation = /RFC[ -]?([0-9]+)( §[0-9]+(\.[0-9]+)*)?/
        // An item of FETCH, and no citation.
        let item = "RFC822"
        for file in SourceFile.sources {
            for match in file.text.matches(of: citation) where match.0 != item {
                #expect(match.0.hasPrefix("RFC "), "\(file.path): \(match.0)")
                #expect(Int(match.1).map(rows.contains) == true, "\(file.path) cites \(match.0), not in README's table")
            }
        }
    }

    @Test("no literal of IMAP and Upstream begins with a verb that could change a mailbox")
    func vocabulary() {
        let verbs: Set<Substring> = [
            "APPEND", "CLOSE", "COPY", "CREATE", "DELETE", "EXPUNGE", "MOVE", "RENAME", "REPLACE", "SELECT", "SETACL",
            "SETMETADATA", "SETQUOTA", "STORE", "SUBSCRIBE", "UNSUBSCRIBE",
        ]
        // The one word of these that is heard and not said: the untagged answer (RFC 3501 §7.4.1).
        let heard = ["Sources/IMAP/ResponseParser.swift": "EXPUNGE"]
        for file in SourceFile.sources where ["IMAP", "Upstream"].contains(file.module) {
            for (line, text) in file.literals where heard[file.path] != text {
                let words = text.uppercased().split { !$0.isLetter }
                let first = words.first == "UID" ? words.dropFirst().first : words.first
                // A verb on the wire is in capitals; a sentence of the log may begin with the same word.
                guard let first, verbs.contains(first), text.contains(first) else { continue }
                Issue.record("\(file.path):\(line): \(text)")
            }
        }
    }
}
