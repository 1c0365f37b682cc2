import struct NIOCore.ByteBuffer
import enum POP3.Command
import struct POP3.MessageNumber
import enum POP3.Response
import struct POP3.SASLDialogue

/// Where a session stands. The first part is AUTHORIZATION, the second TRANSACTION, the third UPDATE (RFC 1939 §4 to §6).
enum SessionState: Hashable, Sendable {
    /// Nothing was said yet.
    case unconnected
    /// The listener wants TLS before the greeting.
    case awaitingTLS
    /// The next command is awaited; `name` is what USER gave, until it is used or forgotten.
    case authorization(name: [UInt8]?)
    /// STLS was answered; all that was learnt before is forgotten.
    case startingTLS
    case authenticating(SASLDialogue)
    /// The shell finds out whether name and password are right.
    case loggingIn(method: String)
    /// A login failed: its record and its delay are awaited, then it is answered.
    case refusing(Refusal)
    /// Admitted, and the listing is waited for, 5 s at most.
    case preparing(Admission, method: String)
    /// The record of the login is being written; nothing was answered yet.
    case admitting(Transaction)

    /// Ready for the next command.
    case idle(Transaction)
    /// A command waits for the listing, 60 s at most.
    case awaitingMaildrop(Transaction, Command)
    /// Lines of LIST or UIDL remain to be written.
    case listing(Transaction, Listing)
    /// DELEs are being recorded; their replies follow in order.
    case marking(Transaction, PendingMarks)
    /// An attempt is being recorded; its reply follows.
    case answering(Transaction, Response)
    /// RETR or TOP: asked upstream, nothing has come.
    case fetching(Transaction, Delivery)
    /// TOP: the first octets are gathered before anything is answered.
    case gathering(Transaction, Delivery)
    /// All that goes out is here, byte-stuffed, and its record is being written; nothing was answered yet.
    case serving(Transaction, Delivery, message: [ByteBuffer])
    /// The start record is being written. `failure`: the body broke meanwhile, and nothing was answered yet.
    case starting(Transaction, Delivery, failure: UpstreamFailure?)
    /// `+OK` is on the wire: the only honest way left to fail is to close without the final dot.
    case delivering(Transaction, Delivery)
    /// All went out but the final dot: the result record is being written. `whole` is the row of a message that goes out
    /// whole; nil for a part of one.
    case finishing(Transaction, whole: UInt32?)

    /// QUIT: what was written of a message may not have reached the kernel yet, and it is not hidden before.
    case draining(Transaction)
    /// QUIT: the hides and their records are being kept.
    case updating(Transaction)
    /// The line is lost and the session over: what is confirmed is being hidden, with the records of the end.
    case committing(Ending)
    /// Answers everything with nothing.
    case closed
}

/// The end of a session whose line is lost, until it is kept.
struct Ending: Hashable, Sendable {
    /// Records that are answered before its own.
    var earlier: Int
    /// What is recorded with the end.
    let attempts: [Attempt]
    let reason: String
    let outcome: Attempt.Outcome
    let marked: Int
    let uncited: [String]
}

/// A login that is being refused.
struct Refusal: Hashable, Sendable {
    var reply: Response
    /// The session ends with the reply.
    var closes: Bool
    var isRecorded = false
    var isDelayed = false
}

/// What a session in TRANSACTION carries from command to command.
struct Transaction: Hashable, Sendable {
    enum Opening: Hashable, Sendable {
        case pending
        case ready(Maildrop)
        case failed(UpstreamFailure)
    }

    var opening: Opening
    /// What was answered but could not be recorded: it joins the next record that is written.
    var unrecorded: [Attempt] = []
    /// Something of a RETR or TOP answer may still be on its way to the kernel.
    var mayHaveUnwritten = false
    /// The guard's lines for a listing that came after the login's record: the session's end cites them.
    var uncited: [String] = []

    var maildrop: Maildrop? {
        guard case .ready(let maildrop) = self.opening else { return nil }
        return maildrop
    }

    var markedCount: Int { self.maildrop?.markedCount ?? 0 }
}

/// LIST or UIDL without an argument, part by part.
package struct Listing: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case sizes
        case uniqueIDs
    }

    /// Lines to a part, about 30 KiB.
    static let linesInPart = 1_000

    let content: Content
    /// The highest message-number that was written.
    var last = 0

    package init(content: Content) { self.content = content }
}

/// DELEs whose records are being written, in order.
struct PendingMarks: Hashable, Sendable {
    /// More are not taken at a time: the rest waits in the device's buffer.
    static let limit = 4_096

    struct Mark: Hashable, Sendable {
        let attempt: Attempt
        let reply: Response
    }

    private var marks: [Mark] = []
    private var first = 0

    var count: Int { self.marks.count - self.first }

    mutating func append(_ mark: Mark) { self.marks.append(mark) }

    mutating func popFirst() -> Mark? {
        guard self.marks.indices.contains(self.first) else { return nil }
        defer {
            self.first += 1
            if self.first >= Self.limit {
                self.marks.removeFirst(self.first)
                self.first = 0
            }
        }
        return self.marks[self.first]
    }
}

/// What the record of a session's end says it did.
struct SessionTally: Hashable, Sendable {
    var counts: [String: Int] = [:]
    /// Messages served whole.
    var served = 0

    mutating func count(_ name: String) { self.counts[name, default: 0] += 1 }
}

/// What is counted against a device until the session is closed.
struct SessionLimits: Hashable, Sendable {
    /// RFC 1939 §4 lets a server close; three tries are what a person needs.
    static let failedLogins = 3
    static let badCommandsBeforeLogin = 3
    static let badCommands = 20
    /// Commands of other servers that old clients probe for (P-71).
    static let freeProbes = 5

    var failedLogins = 0
    var badCommands = 0
    var probes = 0
}
