import Gateway
import IMAP
import Logging
package import NIOCore

/// Tries a mail server as `leavecopy check` shows it: reads, and only reads, through the same guard as everything else.
package struct UpstreamProbe: Sendable {
    private let configuration: UpstreamConfiguration
    private let group: any EventLoopGroup

    package init(configuration: UpstreamConfiguration, group: any EventLoopGroup) {
        self.configuration = configuration
        self.group = group
    }
}
