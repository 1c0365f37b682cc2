package import Gateway
package import IMAP
package import NIOCore
package import NIOPosix
import Synchronization

/// Bodies that have come from a mail server, for all devices of their account: first in memory, then in a file without a
/// name, which nobody can read once the process has ended (DESIGN promise 5). Any thread may use it; nothing of it blocks.
///
/// Two bounds hold at every moment: of octets held in memory, and of octets of the file. Bodies that only a reader still
/// holds count. What was asked for least recently goes to the disk when the memory is three quarters full, and is dropped
/// where there is no room, or no disk that works. Who may read a message is not decided here: a key is only as good as the
/// login that comes before it.
package final class BodySpool: Sendable {
    package struct Key: Hashable, Sendable {
        package let account: AccountID
        package let mailbox: MailboxID
        package let validity: UIDValidity
        package let uid: UID
        package let section: Section

        package init(account: AccountID, mailbox: MailboxID, validity: UIDValidity, uid: UID, section: Section) {
            self.account = account
            self.mailbox = mailbox
            self.validity = validity
            self.uid = uid
            self.section = section
        }
    }

    /// The most bodies on the disk: each costs some 400 octets of memory, which no bound counts.
    static let maximumOnDisk = 65_536

    /// Each key stands in one place.
    fileprivate struct State {
        var memory = RecencyList<Key, SpooledBody>()
        /// On its way from memory to the disk.
        var moving: (key: Key, body: SpooledBody)?
        var disk = RecencyList<Key, SpooledBody>()
        var isDemoting = false
    }

    private let memory: SpoolMemory
    private let disk: SpoolDisk?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - memory: octets; 0 keeps nothing there.
    ///   - disk: octets; 0 keeps nothing there.
    ///   - folder: where the file is made, for a moment under a name at most; none is as no disk.
    ///   - threads: for what blocks. It stays its owner's.
    ///   - warn: told once that the disk fails.
    package init(
        memory: Int,
        disk: Int,
        folder: String?,
        threads: NIOThreadPool,
        warn: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.memory = SpoolMemory(bound: memory)
        self.disk = folder.flatMap { SpoolDisk(octets: disk, folder: $0, threads: threads, warn: warn) }
    }

    /// Octets that are held.
    package var octets: (memory: Int, disk: Int) { (self.memory.used, self.disk?.used ?? 0) }

    /// The body, which is now the one asked for last.
    package func find(_ key: Key) -> SpooledBody? { self.state.withLock { $0.find(key) } }

    /// Puts a whole body into memory; one whose octets are not as many as announced is none. What is longer than an eighth
    /// of the memory is not taken, so that one message does not drive out all others.
    package func keep(_ key: Key, _ pieces: [ByteBuffer], octets: UInt64) {
        guard octets <= UInt64(clamping: self.memory.bound / 8), SpoolPieces.readable(pieces) == Int(clamping: octets)
        else { return }
        guard self.find(key) == nil else { return }
        let fitted = SpoolPieces.fitted(pieces)
        let counted = SpoolPieces.held(fitted) + SpoolMemory.overhead
        while !self.memory.take(counted) {
            guard self.state.withLock({ $0.memory.removeOldest() != nil }) else { return }
        }
        let body = SpooledBody(fitted, octets: octets, memory: self.memory, counted: counted)
        self.state.withLock { state in
            state.forget(key)
            state.memory.insert(key, body)
        }
        self.demote()
    }

    /// Begins a body that goes to the disk while it comes; nil where there is no room, or no disk that works.
    package func begin(_ key: Key, octets: UInt64) -> SpoolWriter? {
        guard let disk = self.disk, let length = Int(exactly: octets), let extent = self.room(for: length, on: disk)
        else { return nil }
        return SpoolWriter(key, length: length, extent, for: self)
    }

    package func forget(_ key: Key) { self.state.withLock { $0.forget(key) } }

    package func forget(_ account: AccountID) {
        self.state.withLock { state in
            state.memory.removeAll { $0.account == account }
            if state.moving?.key.account == account { state.moving = nil }
            state.disk.removeAll { $0.account == account }
        }
    }

    /// A writer's body is whole.
    func take(_ key: Key, _ body: SpooledBody) {
        self.state.withLock { state in
            // Two may have fetched the same.
            guard state.find(key) == nil else { return }
            state.putOnDisk(key, body)
        }
    }

    // MARK: - From memory to the disk

    private var isCrowded: Bool { self.memory.used > self.memory.bound / 4 * 3 }

    private func demote() {
        guard let disk = self.disk, disk.works, self.isCrowded else { return }
        let begins = self.state.withLock { state in
            defer { state.isDemoting = true }
            return !state.isDemoting
        }
        guard begins else { return }
        disk.threads.submit { work in
            if work == .active { self.demote(to: disk) }
            self.state.withLock { $0.isDemoting = false }
        }
    }

    /// Blocks.
    private func demote(to disk: SpoolDisk) {
        while self.isCrowded, disk.works, let (key, body) = self.state.withLock({ $0.moveOldest() }) {
            guard let moved = self.copy(body, to: disk) else {
                return self.state.withLock { state in
                    guard state.endMove(of: body) else { return }
                    state.memory.insert(key, body)
                }
            }
            self.state.withLock { state in
                // It may have been forgotten meanwhile.
                guard state.endMove(of: body) else { return }
                state.putOnDisk(key, moved)
            }
        }
    }

    private func copy(_ body: SpooledBody, to disk: SpoolDisk) -> SpooledBody? {
        guard let pieces = body.pieces else { return nil }
        let length = SpoolPieces.readable(pieces)
        guard let extent = self.room(for: length, on: disk) else { return nil }
        do throws(SpoolError) {
            try disk.write(pieces, at: extent.range.lowerBound)
        } catch {
            return nil
        }
        return SpooledBody(extent, octets: body.octets, SpoolProgress(written: length))
    }

    /// Room on the disk, made by dropping what was asked for least recently; nothing is dropped for what can never fit.
    private func room(for length: Int, on disk: SpoolDisk) -> SpoolExtent? {
        guard length <= disk.length else { return nil }
        while true {
            if let extent = disk.room(for: length) { return extent }
            guard disk.works, let body = self.state.withLock({ $0.disk.removeOldest()?.value }) else { return nil }
            body.makeWay()
        }
    }
}

extension BodySpool.State {
    fileprivate mutating func find(_ key: BodySpool.Key) -> SpooledBody? {
        if let body = self.memory.find(key) { return body }
        if let moving = self.moving, moving.key == key { return moving.body }
        guard let body = self.disk.find(key) else { return nil }
        guard !body.isBroken else {
            self.disk.remove(key)
            return nil
        }
        return body
    }

    fileprivate mutating func forget(_ key: BodySpool.Key) {
        self.memory.remove(key)
        if self.moving?.key == key { self.moving = nil }
        self.disk.remove(key)
    }

    fileprivate mutating func moveOldest() -> (key: BodySpool.Key, body: SpooledBody)? {
        guard let oldest = self.memory.removeOldest() else { return nil }
        self.moving = (oldest.key, oldest.value)
        return self.moving
    }

    /// False where it was forgotten on its way.
    fileprivate mutating func endMove(of body: SpooledBody) -> Bool {
        guard self.moving?.body === body else { return false }
        self.moving = nil
        return true
    }

    fileprivate mutating func putOnDisk(_ key: BodySpool.Key, _ body: SpooledBody) {
        self.disk.insert(key, body)
        if self.disk.count > BodySpool.maximumOnDisk { _ = self.disk.removeOldest() }
    }
}
