import Gateway
import NIOConcurrencyHelpers
import NIOCore

/// The page's connections that are open: few, so that whoever takes them all takes little.
final class PageConnections: Sendable {
    private static let maximum = 64
    /// From one address that is not this machine's own.
    private static let maximumOfAddress = 16

    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var byAddress: [IPAddress: Int] = [:]
    }

    private let state = NIOLockedValueBox(State())

    /// Lets a connection in until it closes.
    func admit(_ channel: any Channel) -> Bool {
        guard let address = channel.remoteAddress.flatMap(IPAddress.init) else { return false }
        let key = ObjectIdentifier(channel)
        let isAdmitted = self.state.withLockedValue { state in
            let ofAddress = state.byAddress[address] ?? 0
            guard state.channels.count < Self.maximum, address.isLoopback || ofAddress < Self.maximumOfAddress else {
                return false
            }
            state.byAddress[address] = ofAddress + 1
            state.channels[key] = channel
            return true
        }
        if isAdmitted { channel.closeFuture.whenComplete { _ in self.leave(key, address) } }
        return isAdmitted
    }

    private func leave(_ key: ObjectIdentifier, _ address: IPAddress) {
        self.state.withLockedValue { state in
            guard state.channels.removeValue(forKey: key) != nil, let count = state.byAddress[address] else { return }
            state.byAddress[address] = count > 1 ? count - 1 : nil
        }
    }

    /// Closes those that rest at once, the others after their response or after `grace`, and waits for it.
    func end(within grace: TimeAmount) async {
        let channels = self.state.withLockedValue { Array($0.channels.values) }
        guard let loop = channels.first?.eventLoop else { return }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        let cut = loop.scheduleTask(in: grace) {
            for channel in channels { channel.close(promise: nil) }
        }
        for channel in channels { try? await channel.closeFuture.get() }
        cut.cancel()
    }
}

extension IPAddress {
    init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        // A link-local address has its interface behind a percent sign.
        self.init(String(text.prefix { $0 != "%" }))
    }
}
