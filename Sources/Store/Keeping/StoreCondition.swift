import GRDB
import Synchronization

import enum Gateway.StoreFailure

/// Watches whether writes succeed, and who may use the room that is left. A server that was told that the disk is full
/// does not try again before there is room for the reserve and a margin: a small write that still finds a place would only
/// take what a command needs. A command uses the reserve.
final class StoreCondition: Sendable {
    private struct State {
        var state = StoreHealth.State.writable
        var since: Int64
        var reason = ""
        /// Whether the reserve was made, or found: only then does its absence mean that a command has used it.
        var expectsReserve: Bool
        var observers: [@Sendable (StoreHealth) -> Void] = []
    }

    let role: SQLiteStore.Role
    let reserve: Reserve
    private let now: @Sendable () -> Int64
    private let state: Mutex<State>

    init(role: SQLiteStore.Role, reserve: Reserve, now: @escaping @Sendable () -> Int64) {
        self.role = role
        self.reserve = reserve
        self.now = now
        self.state = Mutex(State(since: now(), expectsReserve: reserve.isHeld))
    }

    var health: StoreHealth {
        let free = self.reserve.freeOctets
        return self.state.withLock { Self.health($0, free) }
    }

    /// Hears each change of the state, on whatever thread found it.
    func observe(_ observer: @escaping @Sendable (StoreHealth) -> Void) {
        self.state.withLock { $0.observers.append(observer) }
    }

    /// Throws `.full` where a write must not even be tried.
    func admit() throws(StoreFailure) {
        guard self.role == .server, self.reserve.octets > 0 else { return }
        let (state, expectsReserve) = self.state.withLock { ($0.state, $0.expectsReserve) }
        let isMissing = expectsReserve && !self.reserve.isHeld
        guard isMissing || state == .full else { return }
        guard self.reserve.hasRoom, !isMissing || self.takeReserve() else {
            self.change(to: .full, reason: "no room on the disk")
            throw .full
        }
    }

    /// Makes the reserve where it is missing; false where the disk has no room for it.
    @discardableResult
    func takeReserve() -> Bool {
        guard self.role == .server, self.reserve.octets > 0 else { return true }
        guard !self.reserve.isHeld else { return true }
        guard self.reserve.hasRoom, (try? self.reserve.take()) != nil else { return false }
        self.state.withLock { $0.expectsReserve = true }
        return true
    }

    /// Whether a command has made room by giving up the reserve, and should try again what failed.
    func releaseReserve(for error: any Error) -> Bool {
        guard self.role == .command, StoreFailure(error) == .full, self.reserve.isHeld else { return false }
        return (try? self.reserve.release()) != nil
    }

    func succeeded() { self.change(to: .writable, reason: "") }

    /// Only what the database itself says counts: a command that asks for the impossible breaks nothing.
    func failed(_ error: any Error) {
        guard let error = error as? DatabaseError else { return }
        switch StoreFailure(error) {
        case .full: self.change(to: .full, reason: "no room on the disk")
        case .broken(let reason) where Self.isBroken(error): self.change(to: .broken, reason: reason)
        case .broken, .busy, .tooManyDevices: break
        }
    }

    private static func isBroken(_ error: DatabaseError) -> Bool {
        [
            ResultCode.SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM,
        ].contains(error.resultCode)
    }

    private func change(to new: StoreHealth.State, reason: String) {
        guard self.state.withLock({ $0.state != new }) else { return }
        let now = self.now()
        let free = self.reserve.freeOctets
        let told = self.state.withLock { state -> (StoreHealth, [@Sendable (StoreHealth) -> Void])? in
            guard state.state != new else { return nil }
            state.state = new
            state.since = now
            state.reason = reason
            return (Self.health(state, free), state.observers)
        }
        guard let (health, observers) = told else { return }
        for observer in observers { observer(health) }
    }

    private static func health(_ state: State, _ free: UInt64?) -> StoreHealth {
        StoreHealth(state: state.state, since: state.since, reason: state.reason, freeOctets: free)
    }
}

extension SQLiteStore {
    /// As it is now.
    package var health: StoreHealth { self.condition.health }

    /// Hears each change of the state, on whatever thread found it.
    package func observeHealth(_ observer: @escaping @Sendable (StoreHealth) -> Void) {
        self.condition.observe(observer)
    }

    /// For a timer of the server: makes the reserve where it is missing and there is room, and tries a store that failed
    /// again, so that it is known to work before a device asks. False while there is no room for the reserve.
    package func tend() async -> Bool {
        let hasReserve = self.condition.takeReserve()
        guard self.condition.health.state != .writable else { return hasReserve }
        _ = try? await self.writeSynced { try $0.execute(sql: "UPDATE tree SET size = size WHERE id = 1") }
        return hasReserve
    }

    /// Carries out a write where the disk allows it, and learns from how it went.
    func withRoom<Value: Sendable>(_ write: @Sendable () async throws -> Value) async throws -> Value {
        try self.condition.admit()
        do {
            let value = try await write()
            self.condition.succeeded()
            return value
        } catch {
            guard self.condition.releaseReserve(for: error) else {
                self.condition.failed(error)
                throw error
            }
            return try await write()
        }
    }
}
