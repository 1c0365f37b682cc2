import Foundation
import Linux
import Report

/// The folder for what lasts: made when it is missing, for its owner alone, and held by one server at a time.
package final class StateFolder: Sendable {
    /// With symbolic links resolved: systemd gives a service one.
    package let path: String
    /// Held as long as this lives.
    private let lock: FileLock

    private static let mode = 0o700

    package init(_ wanted: String) throws(ServeFailure) {
        let path = URL(fileURLWithPath: wanted).resolvingSymlinksInPath().path
        try Self.make(path)
        try Self.claim(path)
        do throws(FileLock.Failure) {
            self.lock = try FileLock(path: "\(path)/lock")
        } catch {
            throw Self.failure(error, path)
        }
        self.path = path
    }

    private static func make(_ path: String) throws(ServeFailure) {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: Self.mode]
            )
        } catch {
            throw ServeFailure(
                Phrase(
                    "the state folder \(path) cannot be made: give another one with 'state:' or --state",
                    "状態フォルダー \(path) を作れません。'state:' か --state で別の場所を指定してください"
                ),
                status: .cannotCreate
            )
        }
    }

    /// Whoever owns the folder runs the server: another user would leave files in it that the owner cannot open.
    private static func claim(_ path: String) throws(ServeFailure) {
        let attributes = (try? FileManager.default.attributesOfItem(atPath: path)) ?? [:]
        let owner = (attributes[.ownerAccountID] as? NSNumber)?.uint32Value
        guard let owner, owner == geteuid() else {
            let name = owner.flatMap(userName) ?? owner.map(String.init) ?? "?"
            throw ServeFailure(
                Phrase(
                    "the state folder \(path) belongs to \(name): run this as \(name), or give another folder",
                    "状態フォルダー \(path) の所有者は \(name) です。\(name) として実行するか、別のフォルダーを指定してください"
                ),
                status: .permission
            )
        }
        guard (attributes[.posixPermissions] as? NSNumber)?.intValue != Self.mode else { return }
        do {
            try FileManager.default.setAttributes([.posixPermissions: Self.mode], ofItemAtPath: path)
        } catch {
            throw ServeFailure(
                Phrase(
                    "the state folder \(path) is open to other users and cannot be closed to them",
                    "状態フォルダー \(path) がほかのユーザーに開かれていて、閉じられません"
                ),
                status: .permission
            )
        }
    }

    private static func failure(_ failure: FileLock.Failure, _ path: String) -> ServeFailure {
        switch failure {
        case .held(let holder):
            let process = holder.map { "process \($0)" } ?? "another process"
            let japanese = holder.map { "プロセス \($0)" } ?? "ほかのプロセス"
            return ServeFailure(
                Phrase(
                    "the state folder \(path) is in use by \(process): stop that server first",
                    "状態フォルダー \(path) は\(japanese)が使用中です。先にそのサーバーを止めてください"
                ),
                status: .failure
            )
        case .system(let error):
            return ServeFailure(
                Phrase("the state folder \(path) cannot be locked: \(error)", "状態フォルダー \(path) をロックできません: \(error)"),
                status: .cannotCreate
            )
        }
    }
}
