import Foundation
import Linux
import Store

/// A place where checkpoints are kept outside the database.
protocol CheckpointTarget: Sendable {
    /// For the log; never the arguments of a command.
    var name: String { get }
    /// Gives the note away. Why it could not; nil when it is there.
    func push(_ note: String) async -> String?
}

/// A file that grows by one note at a time.
struct CheckpointFile: CheckpointTarget {
    private static let mode: UInt32 = 0o640

    let path: String
    var name: String { "file:\(self.path)" }

    func push(_ note: String) async -> String? {
        await Self.queue.run {
            do throws(SystemError) {
                let file = try LineFile(path: self.path, mode: Self.mode)
                if let error = file.append([Array(note.utf8)]).error { throw error }
                try file.sync()
                return nil
            } catch {
                return error.description
            }
        }
    }

    private static let queue = DispatchQueue(label: "checkpoints")
}

/// A message of syslog or of the journal: the note as a JSON string, since it has several lines.
struct CheckpointMessage: CheckpointTarget {
    let name: String
    /// Sends one line; why it could not.
    let send: @Sendable (_ line: String) -> String?

    func push(_ note: String) async -> String? {
        let object = try? JSONSerialization.data(
            withJSONObject: ["checkpoint": note],
            options: [.withoutEscapingSlashes]
        )
        guard let object else { return "the note is no text" }
        return await Self.queue.run { self.send(String(decoding: object, as: UTF8.self)) }
    }

    private static let queue = DispatchQueue(label: "checkpoints")
}

/// A program of the operator's, which reads the note on its standard input.
struct CheckpointCommand: CheckpointTarget {
    let arguments: [String]
    let runner: any CommandRunner

    /// The arguments may hold a secret.
    var name: String { "command:\(self.arguments.first ?? "")" }

    func push(_ note: String) async -> String? {
        await self.runner.run(self.arguments, input: Array(note.utf8), variables: [:]).trouble
    }
}

extension DispatchQueue {
    /// Runs what may wait for a disk or another program.
    func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            self.async { continuation.resume(returning: body()) }
        }
    }
}
