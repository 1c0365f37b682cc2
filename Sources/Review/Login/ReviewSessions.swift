import LibCrypto
import NIOConcurrencyHelpers

/// Who is logged in, in memory alone: a restart logs everybody out. Cookies are kept as digests, so that looking one up
/// tells nothing of the others by its duration.
final class ReviewSessions: Sendable {
    /// Microseconds: 12 hours, whether it is used or not.
    static let lifetime: Int64 = 12 * 3_600 * 1_000_000
    /// The one that began first makes room.
    private static let maximum = 1_000
    private static let cookieLength = 32

    struct Session: Hashable, Sendable {
        /// The number of the token it was opened with.
        let token: Int64
        /// Microseconds since 1970.
        let began: Int64
    }

    private let key = HMACKey.random()
    private let sessions = NIOLockedValueBox<[[UInt8]: Session]>([:])

    /// 256 bits that nobody can guess.
    func newCookie() -> String { Self.hex(Random.octets(Self.cookieLength)) }

    /// Returns the cookie, always a new one: one from before the login could be known to somebody else.
    func open(token: Int64, now: Int64) -> String {
        let cookie = self.newCookie()
        self.sessions.withLockedValue { sessions in
            sessions = sessions.filter { Self.isLive($0.value, now) }
            if sessions.count >= Self.maximum, let oldest = sessions.min(by: { $0.value.began < $1.value.began }) {
                sessions[oldest.key] = nil
            }
            sessions[Self.digest(cookie)] = Session(token: token, began: now)
        }
        return cookie
    }

    func session(_ cookie: String, now: Int64) -> Session? {
        let session = self.sessions.withLockedValue { $0[Self.digest(cookie)] }
        return session.flatMap { Self.isLive($0, now) ? $0 : nil }
    }

    func end(_ cookie: String) {
        self.sessions.withLockedValue { $0[Self.digest(cookie)] = nil }
    }

    /// What a form must carry that comes with this cookie: no other site can read it, nor make it.
    func formToken(of cookie: String) -> String { Self.hex(self.key.code(of: Array(cookie.utf8))) }

    private static func isLive(_ session: Session, _ now: Int64) -> Bool {
        let age = now.subtractingReportingOverflow(session.began)
        return !age.overflow && (0..<self.lifetime).contains(age.partialValue)
    }

    private static func digest(_ cookie: String) -> [UInt8] { SHA256.digest(of: Array(cookie.utf8)) }

    private static func hex(_ octets: [UInt8]) -> String {
        octets.map { String(String(UInt16($0) | 0x100, radix: 16).dropFirst()) }.joined()
    }
}
