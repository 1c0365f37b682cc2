import NIOConcurrencyHelpers

package import enum Gateway.IPAddress
package import protocol NIOCore.Channel

/// The devices' connections that are open: counted, so that nobody can have them all (S-11), and at hand, so that they
/// can be closed when a stop has waited long enough.
package final class Connections: Sendable {
    package enum Refusal: String, Hashable, Sendable {
        case total = "too many connections"
        case address = "too many connections from this address"
    }

    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var byAddress: [IPAddress: Int] = [:]
    }

    private let maximum: Int
    private let maximumOfAddress: Int
    private let state = NIOLockedValueBox(State())

    package init(maximum: Int, ofOneAddress maximumOfAddress: Int) {
        self.maximum = maximum
        self.maximumOfAddress = maximumOfAddress
    }

    package var count: Int { self.state.withLockedValue { $0.channels.count } }

    /// Lets a connection in until it closes; otherwise says why not.
    package func admit(_ channel: any Channel, from address: IPAddress) -> Refusal? {
        let key = ObjectIdentifier(channel)
        let refusal = self.state.withLockedValue { state -> Refusal? in
            guard state.channels.count < self.maximum else { return .total }
            let ofAddress = state.byAddress[address] ?? 0
            guard ofAddress < self.maximumOfAddress else { return .address }
            state.byAddress[address] = ofAddress + 1
            state.channels[key] = channel
            return nil
        }
        if refusal == nil { channel.closeFuture.whenComplete { _ in self.leave(key, address) } }
        return refusal
    }

    private func leave(_ key: ObjectIdentifier, _ address: IPAddress) {
        self.state.withLockedValue { state in
            guard state.channels.removeValue(forKey: key) != nil, let count = state.byAddress[address] else { return }
            state.byAddress[address] = count > 1 ? count - 1 : nil
        }
    }

    /// Closes every connection that is open, without a final dot for what is under way.
    package func closeAll() {
        for channel in self.state.withLockedValue({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }
}
