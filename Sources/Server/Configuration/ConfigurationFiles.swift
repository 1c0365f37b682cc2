import Foundation

/// What the configuration needs to know of the file system; handed in, so that tests need none.
package struct ConfigurationFiles: Sendable {
    /// The text of a file, or why it cannot be had.
    package let read: @Sendable (String) -> Result<String, ConfigurationFileError>
    /// Why a file that is named in the configuration cannot be read; nil when it can.
    package let obstacle: @Sendable (String) -> Phrase?

    package init(
        read: @escaping @Sendable (String) -> Result<String, ConfigurationFileError>,
        obstacle: @escaping @Sendable (String) -> Phrase?
    ) {
        self.read = read
        self.obstacle = obstacle
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
        obstacle: { path in Self.systemObstacle(path)?.text }
    )

    private static func systemObstacle(_ path: String) -> ConfigurationFileError? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return .missing }
        if isFolder.boolValue { return .folder }
        return FileManager.default.isReadableFile(atPath: path) ? nil : .notPermitted
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

    package var text: Phrase {
        switch self {
        case .missing: Phrase("it does not exist", "存在しません")
        case .folder: Phrase("it is a folder", "フォルダーです")
        case .notPermitted:
            Phrase("this user may not read it: look at its owner and mode", "このユーザーには読めません。所有者と権限を確かめてください")
        case .notText: Phrase("it is not UTF-8 text of at most 1 MiB", "1 MiB 以下の UTF-8 の文ではありません")
        }
    }

    var status: ExitStatus { self == .notPermitted ? .permission : .configuration }
}
