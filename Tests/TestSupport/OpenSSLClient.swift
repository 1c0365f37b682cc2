import Foundation

/// `openssl s_client`, a TLS client that is not ours.
package enum OpenSSLClient {
    /// All that it prints when it says `input` to a server on loopback. It gives up after 20 seconds.
    package static func talk(to port: Int, _ arguments: [String], input: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["20", "openssl", "s_client", "-connect", "127.0.0.1:\(port)"] + arguments
        let stdin = Pipe()
        let output = Pipe()
        process.standardInput = stdin
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }
}
