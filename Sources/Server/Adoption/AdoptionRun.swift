import Gateway
import IMAP
import POP3
import Store
import Upstream

import struct NIOCore.ByteBuffer

/// One pass over both sides.
struct AdoptionRun {
    /// Messages that two whole lists must have to be believed by their sizes alone.
    private static let leastWithoutHeaders = 8

    private typealias Theirs = UniqueIDMatching.Theirs
    private typealias Ours = UniqueIDMatching.Ours

    private let listed: ListedMailbox
    private let lease: any MailboxLease
    private let maildrop: any OwnMaildrop
    private let store: SQLiteStore
    private let tell: @Sendable (AdoptionProgress) -> Void
    private var theirs: [Theirs] = []
    private var ours: [Ours] = []
    /// The places of `ours` in the snapshot are the same; UIDs are asked of it.
    private var received: [UInt32: Int64] = [:]
    /// The Date field of headers that this run has read, by message-number.
    private var dates: [Int: String] = [:]
    private var report = AdoptionReport()
    /// Texts of theirs, and the rows that were found for them, in this run or an earlier one.
    private(set) var pairs: [String: UInt32] = [:]

    init(
        listed: ListedMailbox,
        lease: any MailboxLease,
        maildrop: any OwnMaildrop,
        store: SQLiteStore,
        tell: @escaping @Sendable (AdoptionProgress) -> Void
    ) {
        self.listed = listed
        self.lease = lease
        self.maildrop = maildrop
        self.store = store
        self.tell = tell
    }

    /// Matches, and keeps what it found; of a dry run only what the headers say, which is true whoever asks.
    mutating func match(isDryRun: Bool) async throws(AdoptionFailure) -> AdoptionReport {
        let known = try await self.readWhatIsKnown()
        self.tell(.listed(theirs: self.theirs.count, ours: self.ours.count))
        let walked = try await self.walk(known)
        self.tell(.walked(walked))
        self.pairs = known
        for (their, our) in zip(self.theirs, self.ours).prefix(walked) where self.pairs[their.text] == nil {
            self.pairs[their.text] = our.row
            self.report.counts.bySize += 1
        }
        var taken = Set(self.pairs.values)
        let open = self.theirs.indices.filter { self.pairs[self.theirs[$0].text] == nil }
        let free = self.ours.indices.filter { !taken.contains(self.ours[$0].row) }
        if !open.isEmpty, !free.isEmpty {
            try await self.readHeaders(theirs: open, ours: free)
            let found = UniqueIDMatching.byHeader(open.map { self.theirs[$0] }, free.map { self.ours[$0] })
            for pair in found.pairs { self.pairs[pair.text] = pair.row }
            self.report.counts.byHeader = found.pairs.count
            self.report.counts.collisions = found.collisions
            taken = Set(self.pairs.values)
        }
        if !isDryRun {
            let learned = self.theirs.map { LearnedUniqueID(text: $0.text, key: $0.key, row: self.pairs[$0.text]) }
            try await self.keep(learned, keys: [:])
        }
        return self.finish(taken: taken)
    }

    private mutating func readWhatIsKnown() async throws(AdoptionFailure) -> [String: UInt32] {
        let mailbox = self.listed.mailbox
        do throws(StoreFailure) {
            let learned = try await self.store.learned(mailbox)
            let recognition = try await self.store.recognition(mailbox)
            let snapshot = self.listed.snapshot
            self.ours = (0..<snapshot.count).compactMap { position in
                snapshot[position].map {
                    Ours(row: $0.number, size: $0.size, key: recognition[$0.number]?.key)
                }
            }
            self.received = recognition.compactMapValues(\.received)
            let keys = Dictionary(learned.map { ($0.text, $0.key) }) { first, _ in first }
            self.theirs = self.maildrop.listing.messages.map {
                Theirs(number: $0.number.value, size: $0.size, text: $0.text, key: keys[$0.text] ?? nil)
            }
            let listed = Set(self.theirs.map(\.text))
            let known = learned.compactMap { one in one.row.map { (one.text, $0) } }
                .filter { listed.contains($0.0) }
            // A row that two texts claim is found anew.
            let claims = Dictionary(known.map { ($0.1, 1) }, uniquingKeysWith: +)
            let certain = known.filter { claims[$0.1] == 1 }
            self.report.counts.before = certain.count
            return Dictionary(certain) { first, _ in first }
        } catch {
            throw .store(.failed(error))
        }
    }

    /// How many of the first messages are the same by their sizes: believed when the headers of a few agree.
    private mutating func walk(_ known: [String: UInt32]) async throws(AdoptionFailure) -> Int {
        let count = UniqueIDMatching.walk(self.theirs, self.ours, known: known)
        let samples = UniqueIDMatching.samples(ofWalk: count)
        try await self.readHeaders(theirs: samples, ours: samples, isSample: true)
        let compared = samples.compactMap { position -> Bool? in
            guard let their = self.theirs[position].key, let our = self.ours[position].key else { return nil }
            return their == our
        }
        guard !compared.isEmpty else {
            // A service that gives no header leaves the sizes, and few of them agree by chance too easily.
            let isWhole = count == self.theirs.count && count == self.ours.count
            return isWhole && count >= Self.leastWithoutHeaders ? count : 0
        }
        return compared.contains(false) ? 0 : count
    }

    /// Reads the headers that are not known yet, a chunk of each side in turn, and keeps each chunk.
    private mutating func readHeaders(
        theirs: [Int],
        ours: [Int],
        isSample: Bool = false
    ) async throws(AdoptionFailure) {
        var open = theirs.filter { self.theirs[$0].key == nil }[...]
        var free = ours.filter { self.ours[$0].key == nil }[...]
        let all = open.count + free.count
        while !open.isEmpty || !free.isEmpty {
            let learned = try await self.readTheirs(Array(open.prefix(Adoption.chunk)))
            let keys = try await self.readOurs(Array(free.prefix(Adoption.chunk)))
            open = open.dropFirst(Adoption.chunk)
            free = free.dropFirst(Adoption.chunk)
            try await self.keep(learned, keys: keys)
            if !isSample { self.tell(.headers(all - open.count - free.count, of: all)) }
        }
    }

    private mutating func readTheirs(_ positions: [Int]) async throws(AdoptionFailure) -> [LearnedUniqueID] {
        guard !positions.isEmpty else { return [] }
        let headers: [MessageNumber: [UInt8]]
        do throws(ServiceFailure) {
            headers = try await self.maildrop.headers(
                of: positions.compactMap { MessageNumber(self.theirs[$0].number) }
            )
        } catch {
            throw .service(error)
        }
        var learned: [LearnedUniqueID] = []
        for position in positions {
            let their = self.theirs[position]
            guard let number = MessageNumber(their.number), let header = headers[number] else { continue }
            self.theirs[position].key = MessageKey.digest(of: header)
            self.dates[their.number] = Self.date(header)
            learned.append(LearnedUniqueID(text: their.text, key: self.theirs[position].key, row: nil))
        }
        return learned
    }

    private mutating func readOurs(_ positions: [Int]) async throws(AdoptionFailure) -> [UInt32: [UInt8]] {
        guard !positions.isEmpty else { return [:] }
        var places: [UID: Int] = [:]
        for position in positions { if let uid = self.listed.snapshot[position]?.uid { places[uid] = position } }
        let headers: [FetchedHeader]
        do throws(UpstreamFailure) {
            headers = try await self.lease.headers(of: places.keys.sorted())
        } catch {
            throw .upstream(error)
        }
        var keys: [UInt32: [UInt8]] = [:]
        for header in headers {
            guard let position = places[header.uid], let key = MessageKey.digest(of: header.octets) else { continue }
            self.ours[position].key = key
            keys[self.ours[position].row] = key
        }
        return keys
    }

    private func keep(_ learned: [LearnedUniqueID], keys: [UInt32: [UInt8]]) async throws(AdoptionFailure) {
        // In parts: another process may write meanwhile.
        var rest = learned[...]
        repeat {
            do throws(StoreFailure) {
                try await self.store.keep(Array(rest.prefix(2_000)), keys: keys, of: self.listed.mailbox)
            } catch {
                throw .store(.failed(error))
            }
            rest = rest.dropFirst(2_000)
        } while !rest.isEmpty
    }

    private mutating func finish(taken: Set<UInt32>) -> AdoptionReport {
        let listing = self.maildrop.listing
        let theirs = self.theirs.filter { self.pairs[$0.text] == nil }
        let ours = self.ours.indices.filter { !taken.contains(self.ours[$0].row) }
        self.report.counts.unmatchedTheirs = max(0, theirs.count - self.report.counts.collisions)
        self.report.counts.unmatchedOurs = ours.count
        self.report.theirs = listing.messages.count + listing.unnamed
        self.report.ours = self.ours.count
        self.report.unnamed = listing.unnamed
        self.report.loginDelay = listing.capabilities.loginDelay
        self.report.unmatched = theirs.prefix(AdoptionReport.shownUnmatched).map {
            .init(side: .pop3, text: $0.text, size: $0.size, date: self.dates[$0.number])
        }
        self.report.unmatched += ours.prefix(AdoptionReport.shownUnmatched).compactMap { position in
            self.listed.snapshot[position].map {
                .init(
                    side: .imap,
                    text: $0.uniqueID.text,
                    size: UInt64($0.size),
                    received: self.received[$0.number]
                )
            }
        }
        return self.report
    }

    private static func date(_ header: [UInt8]) -> String? {
        var details = HeaderDetails()
        details.collect(ByteBuffer(bytes: header))
        return details.details.map { String(decoding: $0.date, as: UTF8.self) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
