import Gateway
import Linux
import Logging

/// The MAC address of a device on the same link, from the kernel's table (DESIGN section 3): never the default router's,
/// behind which many devices stand, and never our own.
struct Neighbours: Sendable {
    let logger: Logger

    func hardwareAddress(of address: IPAddress) -> HardwareAddress? {
        do throws(SystemError) {
            let table = try NeighbourTable.read()
            return table.hardwareAddress(of: address.octets).flatMap(HardwareAddress.init)
        } catch {
            self.logger.error("the neighbour table cannot be read", metadata: ["reason": "\(error)"])
            return nil
        }
    }
}
