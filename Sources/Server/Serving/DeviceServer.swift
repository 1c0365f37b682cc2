import NIOConcurrencyHelpers
package import NIOCore
import NIOExtras
import ServiceLifecycle

/// The listeners of a server, from the first that is bound to the last session that has ended.
package struct DeviceServer: Service {
    private let group: any EventLoopGroup
    private let listeners: [Listener]
    private let connections: Connections
    private let grace: TimeAmount
    private let started: @Sendable ([SocketAddress]) async throws -> Void
    private let stopping: @Sendable () -> Void

    /// `started` is called when every port is ours and before anybody is let in; what it throws ends the server.
    /// `stopping` is called when no more connections are taken. After `grace` what still runs is cut.
    package init(
        group: any EventLoopGroup,
        listeners: [Listener],
        connections: Connections,
        grace: TimeAmount = .seconds(10),
        started: @escaping @Sendable ([SocketAddress]) async throws -> Void,
        stopping: @escaping @Sendable () -> Void
    ) {
        self.group = group
        self.listeners = listeners
        self.connections = connections
        self.grace = grace
        self.started = started
        self.stopping = stopping
    }

    /// A port that is ours.
    private struct Bound: Sendable {
        let channel: any Channel
        let quiescing: ServerQuiescingHelper
    }

    /// One listener's port cannot be had.
    package struct BindFailure: Error {
        package let listener: Listener.Settings
        package let cause: any Error
    }

    /// Returns when the last session has ended after a graceful stop; throws when a port is lost before.
    package func run() async throws {
        let bound = try await self.bindAll()
        let stop = Stop()
        let begin: @Sendable () -> Void = {
            guard stop.begin(bound) else { return }
            self.stopping()
        }
        try await withTaskCancellationOrGracefulShutdownHandler {
            do {
                try await self.started(bound.compactMap(\.channel.localAddress))
                for listener in bound where !stop.hasBegun { try await Listener.open(listener.channel) }
            } catch {
                begin()
                await self.drain(stop)
                throw error
            }
            await Self.firstToClose(bound)
            let isUnexpected = !stop.hasBegun && !Task.isCancelled
            begin()
            await self.drain(stop)
            if isUnexpected { throw ChannelError.eof }
        } onCancelOrGracefulShutdown: {
            begin()
        }
    }

    private func bindAll() async throws -> [Bound] {
        var bound: [Bound] = []
        for listener in self.listeners {
            let quiescing = ServerQuiescingHelper(group: self.group)
            do {
                let channel = try await listener.bind(on: self.group, quiescing: quiescing)
                bound.append(Bound(channel: channel, quiescing: quiescing))
            } catch {
                for other in bound { try? await other.channel.close().get() }
                throw BindFailure(listener: listener.settings, cause: error)
            }
        }
        return bound
    }

    /// A listening socket closes at a stop, or when the kernel takes it away.
    private static func firstToClose(_ bound: [Bound]) async {
        let (closed, continuation) = AsyncStream<Void>.makeStream()
        for listener in bound { listener.channel.closeFuture.whenComplete { _ in continuation.finish() } }
        for await _ in closed {}
    }

    /// Waits for the sessions: a reply under way may end, at most as long as `grace`.
    private func drain(_ stop: Stop) async {
        let connections = self.connections
        let end = self.group.any().scheduleTask(in: self.grace) { connections.closeAll() }
        for drained in stop.drained { try? await drained.get() }
        end.cancel()
    }

    /// Begun once, whoever is first: a signal, a cancelled task, or a socket that closed by itself.
    private final class Stop: Sendable {
        private let futures = NIOLockedValueBox<[EventLoopFuture<Void>]?>(nil)

        var hasBegun: Bool { self.futures.withLockedValue { $0 != nil } }
        var drained: [EventLoopFuture<Void>] { self.futures.withLockedValue { $0 ?? [] } }

        func begin(_ bound: [Bound]) -> Bool {
            self.futures.withLockedValue { futures in
                guard futures == nil else { return false }
                futures = bound.map { listener in
                    let drained = listener.channel.eventLoop.makePromise(of: Void.self)
                    listener.quiescing.initiateShutdown(promise: drained)
                    return drained.futureResult
                }
                return true
            }
        }
    }
}
