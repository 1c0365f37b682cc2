import Foundation
import Linux
import Subprocess
import SystemPackage

/// Runs commands as processes: in a group of their own that is killed when the time is over, with nothing to read but what
/// they are given, an environment of PATH, HOME and LANG and what they are given, and their standard error thrown away,
/// since it may quote a secret.
package struct ProcessRunner: CommandRunner {
    /// Octets of output that are read; a token is never longer than 8,192.
    package static let maximumOctets = 16_384
    private static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    private let limit: Duration
    private let environment: [Subprocess.Environment.Key: String]

    /// `surroundings` is the environment of this process.
    package init(limit: Duration = .seconds(30), surroundings: [String: String]) {
        self.limit = limit
        var environment: [Subprocess.Environment.Key: String] = ["PATH": surroundings["PATH"] ?? Self.usualPath]
        environment["HOME"] = surroundings["HOME"]
        environment["LANG"] = surroundings["LANG"]
        self.environment = environment
    }

    package func run(_ arguments: [String], input: [UInt8], variables: [String: String]) async -> CommandOutcome {
        let limit = self.limit
        return await withTaskGroup(of: CommandOutcome?.self) { group in
            group.addTask {
                input.isEmpty
                    ? await self.outcome(of: arguments, input: .none, variables)
                    : await self.outcome(of: arguments, input: WholeInput(octets: input), variables)
            }
            group.addTask {
                // Woken early when the command has ended.
                try? await Task.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            // Kills the command's group where it still runs; the group's end is awaited, so that nothing is left behind.
            group.cancelAll()
            await group.waitForAll()
            return first ?? .timedOut
        }
    }

    private func outcome(
        of arguments: [String],
        input: some InputProtocol,
        _ variables: [String: String]
    ) async -> CommandOutcome {
        guard let name = arguments.first else { return .notStarted }
        var environment = self.environment
        for (name, value) in variables { environment[Subprocess.Environment.Key(stringLiteral: name)] = value }
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
        ]
        do {
            let result = try await Subprocess.run(
                name.contains("/") ? .path(FilePath(name)) : .name(name),
                arguments: Arguments(Array(arguments.dropFirst())),
                environment: .custom(environment),
                workingDirectory: "/",
                platformOptions: options,
                input: input,
                output: .bytes(limit: Self.maximumOctets),
                error: .discarded
            )
            switch result.terminationStatus {
            case .exited(0): return .printed(Secret(result.standardOutput))
            case .exited(let status): return .failed("exit status \(status)")
            case .signaled(let signal): return .failed("signal \(signal)")
            }
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            return .printedTooMuch
        } catch {
            return .notStarted
        }
    }
}

/// All that a command may read. One that does not read it has not failed.
private struct WholeInput: InputProtocol {
    let octets: [UInt8]

    func write(with writer: StandardInputWriter) async throws { _ = try? await writer.write(self.octets) }
}
