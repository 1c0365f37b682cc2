import Foundation
import Report
import Server
import Testing

@Suite("The state folder")
struct StateFolderTests {
    @Test("is made for its owner alone, with the folders above it")
    func makes() throws {
        let place = try TemporaryFolder()
        let folder = try StateFolder("\(place.path)/some/state")
        #expect(folder.path == "\(place.path)/some/state")
        #expect(try place.mode(of: "some/state") == 0o700)
    }

    @Test("that others could read is closed to them")
    func closes() throws {
        let place = try TemporaryFolder()
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.path)
        let folder = try StateFolder(place.path)
        #expect(try place.mode(of: "") == 0o700)
        withExtendedLifetime(folder) {}
    }

    @Test("serves one server at a time, says which process has it, and is free when that has gone")
    func locks() throws {
        let place = try TemporaryFolder()
        let process = String(ProcessInfo.processInfo.processIdentifier)
        do {
            let first = try StateFolder(place.path)
            let failure = #expect(throws: ServeFailure.self) { try StateFolder(place.path) }
            #expect(failure?.text[.english].contains("process \(process)") == true)
            #expect(failure?.text[.japanese].contains("プロセス \(process)") == true)
            withExtendedLifetime(first) {}
        }
        _ = try StateFolder(place.path)
    }

    @Test("of another user is refused before anything is written in it", .enabled(if: geteuid() == 0))
    func refusesForeign() throws {
        let place = try TemporaryFolder()
        try FileManager.default.setAttributes([.ownerAccountID: 65_534], ofItemAtPath: place.path)
        let failure = #expect(throws: ServeFailure.self) { try StateFolder(place.path) }
        #expect(failure?.status == .permission)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
    }

    @Test("that cannot be made is an error with the way out")
    func cannotBeMade() throws {
        let place = try TemporaryFolder()
        let file = try place.write([], to: "file")
        let failure = #expect(throws: ServeFailure.self) { try StateFolder("\(file)/state") }
        #expect(failure?.status == .cannotCreate)
        #expect(failure?.text[.english].contains("--state") == true)
    }
}
