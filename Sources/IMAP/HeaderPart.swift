/// How much of a message's header is fetched, always by BODY.PEEK, which sets no \Seen (RFC 3501 §6.4.5).
package enum HeaderPart: Hashable, Sendable {
    /// `BODY.PEEK[HEADER]`
    case whole
    /// The fields that people know a message by: Message-ID, From, Subject and Date.
    case details

    /// As it is asked for. The guard knows the same words, written a second time.
    var item: String {
        switch self {
        case .whole: "BODY.PEEK[HEADER]"
        case .details: "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT DATE)]"
        }
    }

    /// The most UIDs of one command.
    package var maximum: Int {
        switch self {
        case .whole: 80
        case .details: 256
        }
    }
}
