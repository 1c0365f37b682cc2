/// What a mail server said, as far as it is understood; the rest is `.other`, and ignored.
enum Response: Hashable {
    /// What stands behind `+`, at most 8,192 octets of it.
    case continuation([UInt8])
    case status(StatusResponse)
    case capability(Capabilities)
    case exists(UInt32)
    case expunge
    /// How many messages have gone (RFC 7162 §3.2.10), those of before this session not counted.
    case vanished(Int)
    case fetch(FetchResponse)
    case search(UIDRanges)
    /// RFC 4466 §2.6.2: the tag of the SEARCH it answers, where told.
    case extendedSearch(tag: [UInt8]?, UIDRanges)
    /// Kilobytes of STORAGE (RFC 9208 §5.1).
    case quota(usedKB: UInt64, limitKB: UInt64)
    case other
}

/// OK, NO, BAD, BYE or PREAUTH (RFC 3501 §7.1).
struct StatusResponse: Hashable {
    enum Condition: String, CaseIterable {
        case ok = "OK"
        case no = "NO"
        case bad = "BAD"
        case bye = "BYE"
        case preauth = "PREAUTH"
    }

    /// Nil in an untagged response.
    let tag: [UInt8]?
    let condition: Condition
    let code: ResponseCode?
    /// For people: at most 512 octets, in lower case where `matches` looks at it.
    let text: [UInt8]
}

/// What stands between `[` and `]` (RFC 3501 §7.1, RFC 5530 §3).
enum ResponseCode: Hashable {
    enum Name: String, CaseIterable {
        case alert = "ALERT"
        case authenticationFailed = "AUTHENTICATIONFAILED"
        case authorizationFailed = "AUTHORIZATIONFAILED"
        case cannot = "CANNOT"
        case contactAdmin = "CONTACTADMIN"
        case corruption = "CORRUPTION"
        case expired = "EXPIRED"
        case expungeIssued = "EXPUNGEISSUED"
        case inUse = "INUSE"
        case limit = "LIMIT"
        case noPermission = "NOPERM"
        case nonExistent = "NONEXISTENT"
        case overQuota = "OVERQUOTA"
        case privacyRequired = "PRIVACYREQUIRED"
        case readOnly = "READ-ONLY"
        case readWrite = "READ-WRITE"
        case serverBug = "SERVERBUG"
        case throttled = "THROTTLED"
        case uidNotSticky = "UIDNOTSTICKY"
        case unavailable = "UNAVAILABLE"
        /// Google's, with an address where the user is to log in.
        case webAlert = "WEBALERT"
    }

    case named(Name)
    case capability(Capabilities)
    case uidValidity(UIDValidity?)
    case uidNext(UID?)
    case other
}

/// One FETCH response: the items we ask for, and no others.
struct FetchResponse: Hashable {
    enum Size: Hashable {
        case absent
        /// A number that makes no sense, such as `-1` or `9.3736e+06` (I-36).
        case unknown
        case octets(UInt32)
    }

    enum Body: Hashable {
        case absent
        /// NIL, or nothing where the value should stand (RFC 3501 §7.4.2, I-42).
        case none
        /// A literal that was handed on in pieces.
        case streamed
        /// A quoted string, unescaped.
        case octets([UInt8])
    }

    enum Identifier: Hashable {
        case absent
        /// 0, or no 32-bit number.
        case invalid
        case uid(UID)
    }

    var identifier = Identifier.absent
    var size = Size.absent
    var internalDate: Int64?
    var flags: [String]?
    var serverID: ServerMessageID?
    var body = Body.absent
    /// `BODY[HEADER]`, or the fields of it that were asked for.
    var header = Body.absent
    var headerPart: HeaderPart?
    /// Where a partial body begins, as echoed (`BODY[]<0>`).
    var origin: UInt64?
}
