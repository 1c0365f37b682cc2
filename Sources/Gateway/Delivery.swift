import enum IMAP.Section
import struct IMAP.UID
import struct NIOCore.ByteBuffer
import struct POP3.ByteStuffer
import struct POP3.MessageNumber
import struct POP3.TopLimiter

/// One RETR or TOP under way: what was asked, what has been fetched for it, and what goes out.
///
/// A TOP of a few lines fetches a window from the start of the message, gathers what is wanted of it, and doubles the
/// window until there is enough (I-41); from the last size on it fetches the message whole and lets pass what is wanted.
/// A body is always fetched to its end, never cancelled for being enough: with the end come the lines that went
/// upstream, and the record cites them.
///
/// A notice of our own is all there from the beginning: it is gathered like a window, and nothing is fetched.
struct Delivery: Hashable, Sendable {
    /// From this number of lines on, TOP is a download: fetchmail asks for 99999999 (P-45).
    static let linesOfWhole = 1_000_000
    private static let firstWindow: UInt32 = 65_536
    private static let lastWindow: UInt32 = 262_144

    let number: MessageNumber
    let entry: MaildropEntry
    /// Nil: RETR.
    let lines: Int?
    private let replacesNUL: Bool
    /// Nil: the message is fetched whole.
    private(set) var window: UInt32?

    private var stuffer: ByteStuffer
    private var limiter: TopLimiter?
    private var header = HeaderDetails()
    /// Octets that came for the present fetch.
    private var received: UInt64 = 0
    /// What goes out, where all of it is here before anything is answered.
    private(set) var gathered: [ByteBuffer] = []
    /// What the mail server announced, for `+OK n octets`.
    var announced: UInt64 = 0
    var transcript: [String] = []

    init(_ number: MessageNumber, _ entry: MaildropEntry, lines: Int?, replacesNUL: Bool) {
        self.number = number
        self.entry = entry
        self.lines = lines
        self.replacesNUL = replacesNUL
        self.stuffer = ByteStuffer(replacesNUL: replacesNUL)
        if let lines, lines < Self.linesOfWhole {
            self.window = Self.firstWindow
            self.limiter = TopLimiter(lines: lines)
        }
        if case .notice(let notice) = entry {
            self.announced = UInt64(notice.text.count)
            self.gather([ByteBuffer(bytes: notice.text)])
        }
    }

    /// Whether the device gets the whole message: what is asked amounts to a download.
    var isWhole: Bool { self.limiter == nil }
    /// The row of a message that the device gets whole.
    var wholeRow: UInt32? { self.isWhole ? self.entry.message?.number : nil }
    /// Nothing is answered before all that goes out is here.
    var isGathered: Bool { self.window != nil }
    var action: Attempt.Action { self.lines == nil ? .retr : .top }
    var asked: String { self.lines.map { "TOP \(self.number.value) \($0)" } ?? "RETR \(self.number.value)" }
    /// As delivered so far: line ends are two octets, stuffing is not counted (RFC 1939 §11).
    var octets: UInt64 { self.stuffer.octets }
    var details: MessageDetails? { self.header.details }

    /// What is asked of the mail server; nil for what is our own. `ahead` is what is likely to be asked for next.
    func request(ahead: [UID] = []) -> BodyRequest? {
        self.entry.message.map { message in
            BodyRequest(
                uid: message.uid,
                section: self.window.map { .octets(offset: 0, length: $0) } ?? .whole,
                ahead: ahead
            )
        }
    }

    /// Takes what came of a window or a short message, and keeps what is wanted of it.
    mutating func gather(_ pieces: [ByteBuffer]) {
        for piece in pieces {
            if let wanted = self.take(piece) { self.gathered.append(wanted) }
        }
    }

    /// The window has come whole. True when nothing more is wanted, or the message ended in it; else the next `request`
    /// is a larger one.
    mutating func windowEnded() -> Bool {
        guard let window = self.window, let limiter = self.limiter else { return true }
        if limiter.hasEnough || self.received < UInt64(window) { return true }
        self.window = window >= Self.lastWindow ? nil : window * 2
        self.limiter = self.lines.map(TopLimiter.init(lines:))
        self.header = HeaderDetails()
        self.received = 0
        self.gathered = []
        return false
    }

    /// Makes pieces of the message ready for the device.
    mutating func stuff(_ pieces: [ByteBuffer]) -> [ByteBuffer] {
        pieces.flatMap { piece in
            self.take(piece).map { self.stuffer.stuff($0) } ?? []
        }
    }

    /// What was gathered, made ready for the device.
    mutating func stuffGathered() -> [ByteBuffer] {
        defer { self.gathered = [] }
        return self.gathered.flatMap { self.stuffer.stuff($0) }
    }

    /// What is missing at the end of the message.
    mutating func finish() -> [ByteBuffer] {
        let end = self.stuffer.finish()
        return end.readableBytes > 0 ? [end] : []
    }

    private mutating func take(_ piece: ByteBuffer) -> ByteBuffer? {
        self.received &+= UInt64(piece.readableBytes)
        self.header.collect(piece)
        let wanted = self.limiter?.limit(piece) ?? piece
        return wanted.readableBytes > 0 ? wanted : nil
    }
}
