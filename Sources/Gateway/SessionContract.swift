package import struct NIOCore.ByteBuffer
package import enum POP3.Response

/// What the session state machine wants done. Plain values: the shell carries them out in order and decides nothing.
package enum SessionAction: Hashable, Sendable {
    case reply(Response)
    /// Part of a multi-line reply, byte-stuffed, CRLF and all.
    case piece(ByteBuffer)
    /// Put TLS in place after what was written before. Octets already buffered close the connection (S-01).
    case startTLS
    /// Ask for `loginAnswered`.
    case login(LoginRequest)
    /// Ask for `maildropAnswered`.
    case openMaildrop
    /// Ask for `recorded`, once for each of these actions, in their order.
    case record([Attempt], changes: [Change], Durability)
    /// Ask for `bodyCame`, or `bodyBegan` … `bodyEnded`, or `bodyFailed`.
    case fetch(BodyRequest)
    /// Ask the body source for more once the device's channel is writable.
    case pullBody
    case cancelBody
    /// Ask for `writable` once the device's channel can take more (LIST and UIDL of long maildrops go in parts).
    case awaitWritable
    /// Ask for `drained` once all that was written before is with the kernel.
    case awaitDrained
    case startTimer(SessionTimer, seconds: Int)
    case cancelTimer(SessionTimer)
    /// Says something an operator should find in the log: constant words.
    case log(String)
    /// Flush, and close.
    case close
}

package enum SessionTimer: Hashable, Sendable, CaseIterable {
    /// TLS and login together (S-11); 60 s.
    case login
    /// Autologout (RFC 1939 §3): 600 s since the last command or written octet.
    case idle
    /// How long PASS waits for a listing: 5 s.
    case listingAtLogin
    /// How long STAT, LIST and UIDL wait: 60 s.
    case listing
    /// A failed login is answered after 1 to 3 s; the shell draws the time (S-15).
    case refusalDelay
}

/// A login as the device asked for it. The shell runs the identity chain, opens the mailbox and finds the device.
package struct LoginRequest: Hashable, Sendable {
    /// As sent, with a tag if there is one.
    package let name: [UInt8]
    package let secret: LoginSecret
    /// `USER`, or `AUTH` and a mechanism.
    package let method: String

    package init(name: [UInt8], secret: LoginSecret, method: String) {
        self.name = name
        self.secret = secret
        self.method = method
    }
}

/// A login that succeeded.
package struct Admission: Hashable, Sendable {
    /// For the record, without tag.
    package let account: String
    package let speaker: Speaker
    /// What holds for this device.
    package let settings: DeviceSettings
    /// The format of unique-ids that this device alone has; nil where it sees its account's.
    package let ownUniqueIDs: UniqueIDFormat?
    /// What went upstream for it.
    package let transcript: [String]

    package init(
        account: String,
        speaker: Speaker,
        settings: DeviceSettings = DeviceSettings(),
        ownUniqueIDs: UniqueIDFormat? = nil,
        transcript: [String]
    ) {
        self.account = account
        self.speaker = speaker
        self.settings = settings
        self.ownUniqueIDs = ownUniqueIDs
        self.transcript = transcript
    }
}

/// A login that did not.
package enum LoginRefusal: Error, Hashable, Sendable {
    case upstream(UpstreamFailure, transcript: [String])
    case store(StoreFailure)
    /// `unidentified: reject`.
    case noDeviceName
    /// `registration: closed`, and nobody knows this tag or server name.
    case unknownDevice
    /// `accounts` does not list it.
    case unknownAccount
    /// `one-session`: the device has one already.
    case deviceInUse
    /// The command that gives the account's password or token failed.
    case noSecret
    /// Refused here before the mail server was asked, e.g. control characters in the name.
    case malformed
}

/// A maildrop that is ready, and what it cost upstream.
package struct OpenedMaildrop: Hashable, Sendable {
    package let maildrop: Maildrop
    package let transcript: [String]

    package init(maildrop: Maildrop, transcript: [String]) {
        self.maildrop = maildrop
        self.transcript = transcript
    }
}
