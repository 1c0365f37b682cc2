import ArgumentParser
import Foundation
import Gateway
import Report
import Store

/// What a device is to be known by.
struct IdentifierOptions: ParsableArguments {
    @Option(name: .long, help: "A tag: what follows # in the login name.")
    var tag: [String] = []
    @Option(name: .customLong("name"), help: "The server name it dials, without the domain; or a listener's `device`.")
    var serverName: [String] = []
    @Option(name: .long, help: "The MAC address of its network card: 02:00:00:aa:bb:cc.")
    var mac: [String] = []
    @Option(name: .long, help: "The certificate it shows: a PEM file.")
    var certificate: [String] = []
    @Option(name: .long, help: "Its address, where listeners go by addresses.")
    var address: [String] = []

    var isEmpty: Bool {
        [self.tag, self.serverName, self.mac, self.certificate, self.address].allSatisfy(\.isEmpty)
    }

    /// In canonical form, as the server makes them at a login.
    func identifiers() throws -> [Identifier] {
        var identifiers: [Identifier] = []
        for tag in self.tag { identifiers.append(Identifier(kind: .tag, value: try Self.name(tag))) }
        for name in self.serverName { identifiers.append(Identifier(kind: .name, value: try Self.name(name))) }
        for mac in self.mac {
            identifiers.append(Identifier(kind: .neighbour, value: try Self.hardwareAddress(mac).description))
        }
        for file in self.certificate { identifiers.append(try Self.certificate(file)) }
        for address in self.address {
            identifiers.append(Identifier(kind: .address, value: try Self.ipAddress(address).description))
        }
        return identifiers
    }

    private static func name(_ text: String) throws -> String {
        guard let name = DeviceName.canonical(text.utf8) else { throw StoreError.badName(text) }
        return name
    }

    private static func hardwareAddress(_ text: String) throws -> HardwareAddress {
        let octets = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }.map { pair in
            (1...2).contains(pair.utf8.count) && pair.allSatisfy(\.isHexDigit) ? UInt8(pair, radix: 16) : nil
        }
        guard let address = HardwareAddress(octets.compactMap { $0 }), octets.count == 6 else {
            throw ValidationError("'\(Table.printable(text))' is no MAC address: write 02:00:00:aa:bb:cc")
        }
        return address
    }

    private static func certificate(_ path: String) throws -> Identifier {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw StoreError.badCertificate("\(path) cannot be read")
        }
        return try Identifier.certificate(pem: [UInt8](data))
    }

    private static func ipAddress(_ text: String) throws -> IPAddress {
        guard let address = IPAddress(text) else {
            throw ValidationError("'\(Table.printable(text))' is no IP address")
        }
        return address
    }
}

/// One device that is there already.
struct DeviceChoice: ParsableArguments {
    @Argument(help: "The device's name.")
    var name: String
    @Option(name: .long, help: "Its account, where the name alone is not enough.")
    var account: String?

    func find(in store: SQLiteStore) async throws -> DeviceEntry {
        try await store.device(named: self.name, account: self.account)
    }
}
