package import NIOCore
import NIOPosix

/// Finds out whether a host takes connections on the usual POP3 ports. Nothing is said to it.
package enum POP3Doors {
    private static let ports = [110, 995]
    private static let seconds: Int64 = 5

    package static func open(at host: String, on group: any EventLoopGroup) async -> [Int] {
        await withTaskGroup(of: Int?.self) { tasks in
            for port in self.ports {
                tasks.addTask {
                    let connection = ClientBootstrap(group: group).connectTimeout(.seconds(self.seconds))
                        .connect(host: host, port: port)
                    guard let channel = try? await connection.get() else { return nil }
                    try? await channel.close()
                    return port
                }
            }
            var open: [Int] = []
            for await case let port? in tasks { open.append(port) }
            return open.sorted()
        }
    }
}
