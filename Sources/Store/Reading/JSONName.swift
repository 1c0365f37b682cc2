/// The name of a member in two machine words, so that it is compared at once. One of more than 16 octets is nobody's.
struct JSONName: Hashable {
    private var first: UInt64 = 0
    private var second: UInt64 = 0

    init() {}

    private init(_ name: String) {
        for octet in name.utf8 { self.append(octet) }
    }

    mutating func append(_ octet: UInt8) {
        // What is too long pushes its beginning out at the top, and its length cannot be a name's any more.
        if self.second >> 56 != 0 {
            self.first = .max
            return
        }
        self.second = self.second << 8 | self.first >> 56
        self.first = self.first << 8 | UInt64(octet)
    }

    static func ~= (name: JSONName, other: JSONName) -> Bool { name == other }
}

extension JSONName {
    static let timestamp = JSONName("@timestamp")
    static let event = JSONName("event")
    static let host = JSONName("host")
    static let client = JSONName("client")
    static let user = JSONName("user")
    static let tls = JSONName("tls")
    static let leavecopy = JSONName("leavecopy")
    static let action = JSONName("action")
    static let outcome = JSONName("outcome")
    static let name = JSONName("name")
    static let ip = JSONName("ip")
    static let port = JSONName("port")
    static let mac = JSONName("mac")
    static let version = JSONName("version")
    static let cipher = JSONName("cipher")
    static let dialled = JSONName("server_name")
    static let session = JSONName("session")
    static let listener = JSONName("listener")
    static let device = JSONName("device")
    static let id = JSONName("id")
    static let identifiedBy = JSONName("identified_by")
    static let kind = JSONName("kind")
    static let value = JSONName("value")
    static let label = JSONName("label")
    static let unidentified = JSONName("unidentified")
    static let `operator` = JSONName("operator")
    static let reviewer = JSONName("reviewer")
    static let role = JSONName("role")
    static let asked = JSONName("asked")
    static let answered = JSONName("answered")
    static let done = JSONName("done")
    static let message = JSONName("message")
    static let number = JSONName("number")
    static let mailbox = JSONName("mailbox")
    static let row = JSONName("row")
    static let uidValidity = JSONName("uidvalidity")
    static let uid = JSONName("uid")
    static let uidl = JSONName("uidl")
    static let size = JSONName("size")
    static let rows = JSONName("rows")
    static let between = JSONName("between")
    static let from = JSONName("from")
    static let until = JSONName("until")
    static let octets = JSONName("octets")
    static let milliseconds = JSONName("milliseconds")
    static let reason = JSONName("reason")
    static let commitment = JSONName("commitment")
    static let upstream = JSONName("upstream")
    static let counts = JSONName("counts")
}
