/// What a NO, BAD or BYE means, by its response code and, where a server gives none, by its text.
enum RefusalTable {
    /// What was asked when the server refused.
    enum Moment: Hashable {
        case login, examine, fetch, other
    }

    static func refusal(_ status: StatusResponse, at moment: Moment) -> ServerRefusal {
        if let pressure = Self.pressure(status, at: moment) { return pressure }
        if status.condition == .bye { return .disconnected }
        // Exchange Online, in answer to whatever comes after the login (I-15).
        if status.says("authenticated but not connected") { return .unavailable }
        if case .named(let name) = status.code, let refusal = Self.refusal(name, at: moment) { return refusal }
        if moment == .fetch { return .messageUnavailable }
        if status.condition == .bad { return .unavailable }
        switch moment {
        case .login:
            return Self.soundsTemporary(status) ? .unavailable : .credentials
        case .examine:
            if status.says("unsafe login") { return .noPermission }
            let missing = ["no such mailbox", "does not exist", "doesn't exist", "unknown mailbox", "not found"]
            return missing.contains(where: status.says) ? .noSuchMailbox : .unavailable
        case .fetch, .other:
            return .unavailable
        }
    }

    /// Throttling and full houses, whatever was asked (I-24, I-55).
    private static func pressure(_ status: StatusResponse, at moment: Moment) -> ServerRefusal? {
        if status.code == .named(.throttled) || status.says("request is throttled") || status.says("rate limit")
            || status.says("suggested backoff time")
        {
            return .throttled(seconds: status.backoffSeconds)
        }
        let crowds = ["too many simultaneous connections", "maximum number of connections", "too many connections"]
        if crowds.contains(where: status.says) { return .tooManyConnections }
        return status.code == .named(.limit) && moment != .fetch ? .tooManyConnections : nil
    }

    private static func refusal(_ name: ResponseCode.Name, at moment: Moment) -> ServerRefusal? {
        switch name {
        case .authenticationFailed, .expired:
            moment == .login ? .credentials : .unavailable
        case .authorizationFailed:
            moment == .login ? .credentials : .noPermission
        case .unavailable, .inUse, .serverBug, .corruption:
            moment == .fetch ? .messageUnavailable : .unavailable
        case .privacyRequired:
            .plainLoginForbidden
        case .nonExistent:
            moment == .examine ? .noSuchMailbox : .noPermission
        case .contactAdmin, .noPermission, .cannot, .overQuota:
            .noPermission
        case .expungeIssued:
            moment == .fetch ? .messageGone : nil
        case .alert, .webAlert:
            moment == .login ? .credentials : nil
        case .limit, .throttled, .readOnly, .readWrite, .uidNotSticky:
            nil
        }
    }

    private static func soundsTemporary(_ status: StatusResponse) -> Bool {
        ["temporar", "try again", "unavailable", "internal error", "server error", "timed out", "timeout"]
            .contains(where: status.says)
    }
}

extension StatusResponse {
    /// Whether the text contains `words`, which are in lower case.
    func says(_ words: String) -> Bool { self.place(of: words) != nil }

    /// From Exchange's `Suggested Backoff Time: 299961 milliseconds`, rounded up.
    var backoffSeconds: Int? {
        guard let place = self.place(of: "suggested backoff time:") else { return nil }
        let digits = self.text[place...].drop { $0 == UInt8(ascii: " ") }.prefix { (0x30...0x39).contains($0) }
        guard let milliseconds = UInt32(String(decoding: digits, as: UTF8.self)) else { return nil }
        return Int(milliseconds / 1_000) + (milliseconds % 1_000 > 0 ? 1 : 0)
    }

    /// The place behind `words`.
    private func place(of words: String) -> Int? {
        let pattern = Array(words.utf8)
        guard self.text.count >= pattern.count else { return nil }
        for start in 0...(self.text.count - pattern.count) {
            let matches = pattern.indices.allSatisfy { index in
                let octet = self.text[start + index]
                return ((0x41...0x5A).contains(octet) ? octet | 0x20 : octet) == pattern[index]
            }
            if matches { return start + pattern.count }
        }
        return nil
    }
}
