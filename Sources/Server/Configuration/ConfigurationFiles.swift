import Foundation
package import Report

/// What the configuration needs to know of the file system; handed in, so that tests need none.
package struct ConfigurationFiles: Sendable {
    /// The text of a file, or why it cannot be had.
    package let read: @Sendable (String) -> Result<String, ConfigurationFileError>
    /// Why a file that is named in the configuration cannot be read; nil when it can.
    package let obstacle: @Sendable (String) -> Phrase?

    /// Why there is no folder where one is named; nil when there is.
    package let folderObstacle: @Sendable (String) -> Phrase?
    /// Why a program that is named cannot be run; nil when it can.
    package let programObstacle: @Sendable (String) -> Phrase?
    /// Whether others than a file's owner and group may read or change it.
    package let isOpenToOthers: @Sendable (String) -> Bool

    package init(
        read: @escaping @Sendable (String) -> Result<String, ConfigurationFileError>,
        obstacle: @escaping @Sendable (String) -> Phrase?,
        folderObstacle: @escaping @Sendable (String) -> Phrase? = { _ in nil },
        programObstacle: @escaping @Sendable (String) -> Phrase? = { _ in nil },
        isOpenToOthers: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
        self.read = read
        self.obstacle = obstacle
        self.folderObstacle = folderObstacle
        self.programObstacle = programObstacle
        self.isOpenToOthers = isOpenToOthers
    }

    /// The largest configuration file that is read: a mistaken path must not fill the memory.
    private static let maximumOctets = 1 << 20

    package static let system = ConfigurationFiles(
        read: { path in
            if let reason = Self.systemObstacle(path) { return .failure(reason) }
            guard let data = FileManager.default.contents(atPath: path) else { return .failure(.notPermitted) }
            guard data.count <= Self.maximumOctets, let text = String(bytes: data, encoding: .utf8) else {
                return .failure(.notText)
            }
            return .success(text)
        },
        obstacle: { path in Self.systemObstacle(path)?.text },
        folderObstacle: { path in
            switch Self.systemKind(path) {
            case .folder: nil
            case let other: (other ?? .noFolder).text
            }
        },
        programObstacle: { path in
            if let reason = Self.systemKind(path) { return reason.text }
            return FileManager.default.isExecutableFile(atPath: path) ? nil : ConfigurationFileError.notProgram.text
        },
        isOpenToOthers: { path in
            let facts = try? FileManager.default.attributesOfItem(
                atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            )
            return ((facts?[.posixPermissions] as? NSNumber)?.intValue ?? 0) & 0o007 != 0
        }
    )

    private static func systemObstacle(_ path: String) -> ConfigurationFileError? {
        if let reason = Self.systemKind(path) { return reason }
        return FileManager.default.isReadableFile(atPath: path) ? nil : .notPermitted
    }

    /// Why what is there is no file.
    private static func systemKind(_ path: String) -> ConfigurationFileError? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return .missing }
        return isFolder.boolValue ? .folder : nil
    }

    static func absolute(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// A key as it may be shown: a short one, with what a terminal would act on taken out.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(40).map {
                    ($0.properties.generalCategory == .control || $0.properties.generalCategory == .format) ? "?" : $0
                }
            )
        )
    }
}

package enum ConfigurationFileError: Error, Hashable, Sendable {
    case missing
    case folder
    case notPermitted
    case notText
    case notProgram
    case noFolder

    package var text: Phrase {
        switch self {
        case .missing: Phrase("it does not exist", "存在しません")
        case .folder: Phrase("it is a folder", "フォルダーです")
        case .notPermitted:
            Phrase("this user may not read it: look at its owner and mode", "このユーザーには読めません。所有者と権限を確かめてください")
        case .notText: Phrase("it is not UTF-8 text of at most 1 MiB", "1 MiB 以下の UTF-8 の文ではありません")
        case .noFolder: Phrase("it is no folder", "フォルダーではありません")
        case .notProgram:
            Phrase("this user may not execute it: look at its mode", "このユーザーには実行できません。権限を確かめてください")
        }
    }

    var status: ExitStatus { self == .notPermitted ? .permission : .configuration }
}
