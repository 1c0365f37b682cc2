import Foundation

/// The program that was built with the tests.
enum Program {
    struct Run {
        let status: Int32
        let output: String
        let errors: String
    }

    static func binary() throws -> URL {
        var folder = URL(filePath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
        while folder.path.count > 1 {
            folder.deleteLastPathComponent()
            let candidate = folder.appending(path: "leavecopy")
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder), !isFolder.boolValue {
                return candidate
            }
        }
        throw CocoaError(.fileNoSuchFile)
    }

    /// In Japan's time zone. What it prints is little, so that no pipe fills.
    static func run(_ arguments: [String], environment: [String: String] = ["LANG": "C.UTF-8"]) throws -> Run {
        let process = Process()
        process.executableURL = try Self.binary()
        process.arguments = arguments
        process.environment = environment.merging(["TZ": "Asia/Tokyo"]) { given, _ in given }
        let (output, errors) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        let complained = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Run(
            status: process.terminationStatus,
            output: String(decoding: said, as: UTF8.self),
            errors: String(decoding: complained, as: UTF8.self)
        )
    }
}
