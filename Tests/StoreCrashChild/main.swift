import Foundation
import Gateway
import Store

// Writes to the store in the folder it is given until it is killed, and says after each answer what was answered: the
// number that is hidden since, and whether the answer was for a synced job.
let folder = CommandLine.arguments.dropFirst().first ?? ""
let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000_000) }
let store = try SQLiteStore.open(folder: folder, role: .server, origin: "crash", node: "crash", now: now)
let account = try await store.account(upstream: "main", login: "crash")
let mailbox = try await store.listing(account, mailbox: "INBOX").mailbox
guard let device = try await store.device(account, identifier: Identifier(kind: .tag, value: "pc"), mayMake: true)
else {
    throw StoreFailure.broken(reason: "no device")
}
var next = UInt32(clamping: try await store.view(device.id, of: mailbox, ViewTerms()).hidden.count) + 1
while true {
    let number = next
    let attempt = Attempt(action: .dele, outcome: .success, asked: "DELE \(number)", answered: "+OK", done: "hidden")
    let entry = RecordEntry(
        records: [AuditRecord(time: now(), origin: .server, attempt: attempt)],
        changes: [.hide(device.id, mailbox, NumberRanges(numbers: [number]))]
    )
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        store.write(entry, number % 3 == 0 ? .synced : .written) { result in
            if case .success = result { FileHandle.standardOutput.write(Data("\(number)\n".utf8)) }
            continuation.resume(with: result.mapError { $0 })
        }
    }
    next += 1
}
