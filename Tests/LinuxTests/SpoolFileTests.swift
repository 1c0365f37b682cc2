import Glibc
import Testing

@testable import Linux

@Suite("A file without a name")
struct SpoolFileTests {
    private let folder: TemporaryFolder

    init() throws { self.folder = try TemporaryFolder() }

    private static func read(_ count: Int, from offset: Int, of file: SpoolFile) throws -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { buffer.deallocate() }
        var span = OutputRawSpan(buffer: buffer, initializedCount: 0)
        try file.read(count, from: offset, into: &span)
        return Array(buffer.prefix(span.finalize(for: buffer)))
    }

    private static func write(_ octets: [UInt8], at offset: Int, to file: SpoolFile) throws {
        try file.write(octets.span, at: offset)
    }

    /// Names in the folder.
    private func names() throws -> [String] {
        let folder = try #require(opendir(self.folder.path))
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            )
        }
        return names.filter { $0 != "." && $0 != ".." }
    }

    @Test("reads what was written, wherever, and is in no folder")
    func readsBack() throws {
        let file = try SpoolFile(in: self.folder.path)
        try Self.write([1, 2, 3], at: 0, to: file)
        try Self.write([9, 8], at: 100_000, to: file)
        try Self.write([], at: 5, to: file)
        #expect(try Self.read(3, from: 0, of: file) == [1, 2, 3])
        #expect(try Self.read(2, from: 100_000, of: file) == [9, 8])
        #expect(try Self.read(4, from: 99_998, of: file) == [0, 0, 9, 8])
        #expect(try Self.read(0, from: 7, of: file) == [])
        #expect(try self.names() == [])
    }

    @Test("what nobody has written cannot be read")
    func end() throws {
        let file = try SpoolFile(in: self.folder.path)
        try Self.write([1, 2, 3], at: 0, to: file)
        #expect(throws: SystemError(call: "pread", code: EIO)) { try Self.read(4, from: 0, of: file) }
    }

    @Test("gives room back to the file system")
    func discards() throws {
        let file = try SpoolFile(in: self.folder.path)
        let octets = [UInt8](repeating: 7, count: 65_536)
        try Self.write(octets, at: 0, to: file)
        try Self.write(octets, at: 65_536, to: file)
        let before = try file.allocated()
        try file.discard(0..<65_536)
        try file.discard(5..<5)
        #expect(try file.allocated() == before - 65_536)
        #expect(try Self.read(2, from: 65_535, of: file) == [0, 7])
    }

    @Test("where there are no nameless files, it loses its name at once, and only its owner could open it")
    func unlinked() throws {
        let descriptor = try SpoolFile.unlinked(in: self.folder.path)
        defer { close(descriptor) }
        var status = stat()
        #expect(fstat(descriptor, &status) == 0)
        #expect(status.st_nlink == 0 && status.st_mode & 0o777 == 0o600)
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        #expect(try self.names() == [])
    }

    @Test("a folder that is not there is an error", arguments: ["", "/nowhere"])
    func noFolder(name: String) {
        #expect(throws: SystemError.self) { try SpoolFile(in: "\(self.folder.path)/none\(name)") }
    }
}
