import Glibc
import Linux
import Testing

@Suite("A file of lines")
struct LineFileTests {
    private let folder: TemporaryFolder

    init() throws { self.folder = try TemporaryFolder() }

    private var path: String { self.folder.path + "/lines" }

    private func open() throws -> LineFile { try LineFile(path: self.path, mode: 0o640) }

    private static func lines(_ texts: String...) -> [[UInt8]] { texts.map { Array("\($0)\n".utf8) } }

    private func content() throws -> String {
        let file = try #require(fopen(self.path, "r"))
        defer { fclose(file) }
        var octets = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&octets, 1, octets.count, file)
        return String(decoding: octets.prefix(count), as: UTF8.self)
    }

    private func write(_ text: String) throws {
        let file = try #require(fopen(self.path, "w"))
        defer { fclose(file) }
        #expect(fwrite(text, 1, text.utf8.count, file) == text.utf8.count)
    }

    @Test("is made with its mode whatever the mask is, and grows")
    func appends() throws {
        let mask = umask(0o077)
        let file = try self.open()
        umask(mask)
        #expect(file.append(Self.lines("a", "b")).count == 2)
        #expect(try self.open().append(Self.lines("c")).count == 1)
        try file.sync()
        #expect(try self.content() == "a\nb\nc\n")
        var status = stat()
        #expect(stat(self.path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o640)
        #expect(try file.lastLine() == Array("c".utf8))
    }

    @Test(
        "takes back a last line that was torn",
        arguments: [
            ("a\nb", "a\n"), ("{\"torn\":", ""), ("", ""), ("a\n", "a\n"),
            // No line of ours: what comes begins a line of its own.
            ("words", "words\n"),
        ]
    )
    func tornLine(before: String, after: String) throws {
        try self.write(before)
        let file = try self.open()
        #expect(try self.content() == after)
        #expect(file.append(Self.lines("next")).count == 1)
        #expect(try self.content() == after + "next\n")
    }

    @Test("knows whether it still has its name")
    func renamed() throws {
        let file = try self.open()
        #expect(file.isNamed(self.path))
        #expect(rename(self.path, self.path + ".1") == 0)
        #expect(!file.isNamed(self.path))
        _ = try self.open()
        #expect(!file.isNamed(self.path))
        #expect(unlink(self.path + ".1") == 0)
    }

    @Test("is no pipe, and no folder")
    func others() throws {
        #expect(mkfifo(self.path, 0o600) == 0)
        #expect(throws: SystemError.self) { try self.open() }
        #expect(throws: SystemError.self) { try LineFile(path: self.folder.path, mode: 0o640) }
        #expect(throws: SystemError(call: "open", code: ENOENT)) {
            try LineFile(path: self.folder.path + "/none/lines", mode: 0o640)
        }
    }
}
