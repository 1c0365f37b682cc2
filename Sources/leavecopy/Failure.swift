import ArgumentParser
import Foundation
import Report
import Server
import Store

/// Says on standard error what went wrong, and ends the command with the status that belongs to it.
enum Failure {
    static func telling<Value>(_ language: Language, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch { throw self.told(error, language) }
    }

    static func telling<Value>(_ language: Language, _ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch { throw self.told(error, language) }
    }

    private static func told(_ error: any Error, _ language: Language) -> any Error {
        switch error {
        case let error as ConfigurationFailure:
            for line in error.lines(in: language) { Output.complain(line) }
            return ExitCode(error.status.rawValue)
        case let error as ServeFailure:
            Output.complain("leavecopy: \(error.text[language])")
            return ExitCode(error.status.rawValue)
        case let error as StoreError:
            Output.complain("leavecopy: \(Wording.storeError(error)[language])")
            if case .wrongUser = error { return ExitCode(ExitStatus.permission.rawValue) }
            return ExitCode(ExitStatus.failure.rawValue)
        case let error as ExportFailure:
            Output.complain("leavecopy: \(error.text[language])")
            return ExitCode(ExitStatus.failure.rawValue)
        default: return error
        }
    }
}
