package import Foundation

/// What a configuration takes from the process it is read in.
package struct Surroundings: Sendable {
    package let variables: [String: String]
    package let isRoot: Bool
    package let hostName: String
    package let files: ConfigurationFiles
    /// Where days begin unless the file says otherwise.
    package let zone: TimeZone

    package init(
        variables: [String: String],
        isRoot: Bool,
        hostName: String,
        files: ConfigurationFiles,
        zone: TimeZone = .current
    ) {
        self.variables = variables
        self.isRoot = isRoot
        self.hostName = hostName
        self.files = files
        self.zone = zone
    }

    package static var ofThisProcess: Surroundings {
        Surroundings(
            variables: ProcessInfo.processInfo.environment,
            isRoot: geteuid() == 0,
            hostName: ProcessInfo.processInfo.hostName,
            files: .system
        )
    }

    /// Where state is kept when nobody says: systemd's folder, root's, or the user's own.
    package var stateFolder: String {
        if let folder = self.variables["STATE_DIRECTORY"]?.split(separator: ":").first { return String(folder) }
        if self.isRoot { return "/var/lib/leavecopy" }
        if let home = self.variables["XDG_STATE_HOME"], home.hasPrefix("/") { return "\(home)/leavecopy" }
        return "\(self.variables["HOME"] ?? ".")/.local/state/leavecopy"
    }

    /// The host name as a key of kind `name` accepts it.
    var nodeName: String {
        TextForm.name.accepts(self.hostName) ? self.hostName : "gateway"
    }
}
