import Server

import struct Foundation.TimeZone

/// Reads configuration texts as files that exist nowhere.
enum ConfigurationFixture {
    static let path = "/etc/test/leavecopy.yaml"
    static let readable: Set<String> = [
        "/etc/test/chain.pem", "/etc/test/key.pem", "/etc/test/two.pem", "/ca.pem", "/etc/test/secret", openFile,
    ]
    static let openFile = "/etc/test/open"
    static let program = "/usr/bin/pass"

    static func surroundings(
        _ text: Result<String, ConfigurationFileError>,
        variables: [String: String] = [:],
        zone: TimeZone = .gmt
    ) -> Surroundings {
        Surroundings(
            variables: variables,
            isRoot: true,
            hostName: "gateway1",
            files: ConfigurationFiles(
                read: { $0 == Self.path ? text : .failure(.missing) },
                obstacle: { Self.readable.contains($0) ? nil : ConfigurationFileError.missing.text },
                folderObstacle: { $0 == "/etc/test/missing" ? ConfigurationFileError.missing.text : nil },
                programObstacle: { $0 == Self.program ? nil : ConfigurationFileError.missing.text },
                isOpenToOthers: { $0 == Self.openFile }
            ),
            zone: zone
        )
    }

    static func load(_ text: String, _ change: (inout ServeOptions) -> Void = { _ in }) throws -> Configuration {
        var options = ServeOptions(config: self.path)
        change(&options)
        return try Configuration.load(options, in: self.surroundings(.success(text)))
    }

    static func problems(_ text: String) -> [ConfigurationProblem] {
        do throws(ConfigurationFailure) {
            _ = try Configuration.load(ServeOptions(config: self.path), in: self.surroundings(.success(text)))
            return []
        } catch {
            return error.problems
        }
    }
}
