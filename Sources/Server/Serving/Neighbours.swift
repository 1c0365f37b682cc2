package import Gateway
package import Linux
package import Logging
import NIOConcurrencyHelpers
package import NIOCore

/// MAC addresses of the devices on our own links, from the kernel's table. One reading serves a second of connections,
/// but a device that connects for the first time is always looked for: the kernel learnt of it just now.
package final class Neighbours: Sendable {
    private struct Reading {
        var table = NeighbourTable([])
        var time: NIODeadline?
        var absent: Set<IPAddress> = []
    }

    private let reading = NIOLockedValueBox(Reading())
    private let read: @Sendable () throws -> NeighbourTable
    private let logger: Logger

    /// `read` asks the kernel.
    package init(
        logger: Logger,
        read: @escaping @Sendable () throws -> NeighbourTable = { try NeighbourTable.read() }
    ) {
        self.logger = logger
        self.read = read
    }

    /// Nil for a device behind a router, and for this machine itself.
    package func hardwareAddress(of address: IPAddress, now: NIODeadline = .now()) -> HardwareAddress? {
        self.reading.withLockedValue { reading in
            if let time = reading.time, now - time < .seconds(1) {
                if let octets = reading.table.hardwareAddress(of: address.octets) { return HardwareAddress(octets) }
                if reading.absent.contains(address) { return nil }
            }
            do {
                reading = Reading(table: try self.read(), time: now)
            } catch {
                self.logger.warning("the neighbour table cannot be read", metadata: ["reason": "\(error)"])
                reading = Reading(time: now)
            }
            let octets = reading.table.hardwareAddress(of: address.octets)
            if octets == nil { reading.absent.insert(address) }
            return octets.flatMap { HardwareAddress($0) }
        }
    }
}
