import Foundation
import Testing

/// A script of the lab folder: it starts a real Dovecot, a mailbox and the product, plays one scenario, and exits 1 with
/// one line when something is not as it must be.
struct Scenario {
    private static let lab = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "lab")

    /// The product: named by the environment, else the debug build beside the running test.
    private static var binary: String {
        if let path = ProcessInfo.processInfo.environment["LEAVECOPY_BINARY"] { return path }
        var folder = URL(filePath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
        while folder.path.count > 1 {
            folder.deleteLastPathComponent()
            let candidate = folder.appending(path: "leavecopy").path
            if FileManager.default.isExecutableFile(atPath: candidate), !folder.appending(path: "Package.swift").isFile
            {
                return candidate
            }
        }
        return Self.lab.appending(path: "../../../.build/debug/leavecopy").standardizedFileURL.path
    }

    /// Plays the script; what it printed is the comment of the failure.
    static func run(_ script: String, _ arguments: String...) async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-B", Self.lab.appending(path: script + ".py").path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging([
            "LEAVECOPY_BINARY": Self.binary, "PYTHONUNBUFFERED": "1",
        ]) { $1 }
        // A file takes what is printed: a pipe that nobody empties would stop the script.
        let output = FileManager.default.temporaryDirectory.appending(path: "leavecopy-\(UUID().uuidString).log")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        try handle.close()
        let printed = try String(decoding: Data(contentsOf: output), as: UTF8.self)
        #expect(status == 0, "\(script) \(arguments.joined(separator: " ")):\n\(printed)")
    }
}

extension URL {
    fileprivate var isFile: Bool { FileManager.default.fileExists(atPath: self.path) }
}
