package import class Linux.Secret
package import func Linux.wipe

/// The dialogue that AUTH begins (RFC 5034 §4): responses in, challenges or credentials out. It never says whether
/// credentials are right.
package struct SASLDialogue: Hashable, Sendable {
    package enum Mechanism: String, Hashable, Sendable, CaseIterable {
        /// RFC 4616: all in one response.
        case plain = "PLAIN"
        /// Never standardised, and what Outlook uses: the name, then the password.
        case login = "LOGIN"
        /// Google's and Microsoft's: a name and an access token in one response.
        case xoauth2 = "XOAUTH2"
        /// RFC 7628: the same, standardised.
        case oauthBearer = "OAUTHBEARER"
    }

    package enum Outcome: Hashable, Sendable {
        /// Send this, and hand in the next line.
        case challenge(String)
        case credentials(name: [UInt8], password: Secret)
        case token(name: [UInt8], token: Secret)
        /// Over, with this reply; the device is back in AUTHORIZATION.
        case failed(Response)
        /// The device sent `*`; the reply to it is `cancelledReply`.
        case cancelled
    }

    /// RFC 5034 §4: a cancelled dialogue is answered with -ERR.
    package static let cancelledReply = Response.err(nil, "authentication cancelled")
    package static let unknownMechanismReply = Response.err(nil, "authentication mechanism not supported")

    private enum State: Hashable, Sendable {
        case awaitingPlain
        case awaitingName
        case awaitingPassword(name: [UInt8])
        case awaitingToken
        case ended
    }

    package let mechanism: Mechanism
    private var state: State

    /// Nil if the mechanism, in upper case as the parser gives it, is not one of ours.
    package init?(mechanism: String) {
        guard let mechanism = Mechanism(rawValue: mechanism) else { return nil }
        self.mechanism = mechanism
        switch mechanism {
        case .plain: self.state = .awaitingPlain
        case .login: self.state = .awaitingName
        case .xoauth2, .oauthBearer: self.state = .awaitingToken
        }
    }

    /// Begins. `initialResponse` is what stood after the mechanism: base64, or `=` for an empty one.
    package mutating func begin(initialResponse: Secret?) -> Outcome {
        guard let initialResponse else { return self.prompt() }
        return initialResponse.revealed { text in
            text.count == 1 && text[0] == UInt8(ascii: "=") ? self.take([]) : self.decode(text)
        }
    }

    /// Goes on with a line, its end taken off.
    package mutating func respond(_ line: [UInt8]) -> Outcome {
        if line == [UInt8(ascii: "*")] {
            self.state = .ended
            return .cancelled
        }
        return self.decode(line.span)
    }

    /// The line was longer than `LineFramer.longestSASLLine`.
    package mutating func lineTooLong() -> Outcome { self.fail(SyntaxError.lineTooLong.reply) }

    private func prompt() -> Outcome {
        switch self.state {
        case .awaitingPlain, .awaitingToken: .challenge("")
        case .awaitingName: .challenge("VXNlcm5hbWU6")
        case .awaitingPassword: .challenge("UGFzc3dvcmQ6")
        case .ended: .failed(Self.cancelledReply)
        }
    }

    private mutating func decode(_ text: Span<UInt8>) -> Outcome {
        guard text.count <= LineFramer.longestSASLLine, var octets = Base64.decode(text) else {
            return self.fail(.err(nil, "invalid base64"))
        }
        defer { wipe(&octets) }
        return self.take(octets)
    }

    private mutating func take(_ octets: [UInt8]) -> Outcome {
        switch self.state {
        case .awaitingPlain: return self.takePlain(octets)
        case .awaitingName:
            guard let name = UserName.normalised(octets) else { return self.refuse() }
            self.state = .awaitingPassword(name: name)
            return self.prompt()
        case .awaitingPassword(let name): return self.accept(name: name, password: octets[...])
        case .awaitingToken: return self.takeToken(octets)
        case .ended: return .failed(Self.cancelledReply)
        }
    }

    /// `authzid NUL authcid NUL password` (RFC 4616 §2). Nobody acts for another here: authzid is empty or the same.
    private mutating func takePlain(_ octets: [UInt8]) -> Outcome {
        let fields = octets.split(separator: 0, omittingEmptySubsequences: false)
        guard fields.count == 3, let authzid = fields.first, let password = fields.last else { return self.refuse() }
        let authcid = fields[1]
        guard authzid.isEmpty || authzid == authcid else { return self.refuse() }
        guard let name = UserName.normalised(authcid) else { return self.refuse() }
        return self.accept(name: name, password: password)
    }

    /// What does not log in is answered at once with -ERR, here and when the mail server refuses the token: the challenge
    /// that tells why (RFC 7628 §3.2.2) speaks to programs that could get another token, no mail program reads it over
    /// POP3, and one that waited in it would hold the session.
    private mutating func takeToken(_ octets: [UInt8]) -> Outcome {
        guard let response = TokenResponse(octets, self.mechanism), let name = UserName.normalised(response.name) else {
            return self.refuse()
        }
        self.state = .ended
        return .token(name: name, token: Secret(response.token))
    }

    private mutating func accept(name: [UInt8], password: ArraySlice<UInt8>) -> Outcome {
        guard !password.isEmpty, Credentials.isSendable(password) else { return self.refuse() }
        self.state = .ended
        return .credentials(name: name, password: Secret(password))
    }

    /// RFC 3206 §4: what is wrong with credentials is answered with [AUTH].
    private mutating func refuse() -> Outcome { self.fail(.err(.auth, "authentication failed")) }

    private mutating func fail(_ reply: Response) -> Outcome {
        self.state = .ended
        return .failed(reply)
    }
}
