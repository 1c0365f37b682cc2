import Foundation
package import Gateway

/// A record as it is read back. What it does not say is empty or nil, and so is what a damaged record does not say any
/// more: reading never fails.
package struct StoredRecord: Hashable, Sendable {
    package let sequence: Int64
    /// The exact bytes that are hashed.
    package let json: [UInt8]
    package internal(set) var time: String = ""
    package internal(set) var action: String = ""
    package internal(set) var outcome: String = ""
    /// The machine that wrote it.
    package internal(set) var node: String = ""
    package internal(set) var session: String = ""
    package internal(set) var listener: String = ""
    package internal(set) var account: String = ""
    package internal(set) var device: String = ""
    package internal(set) var deviceID: DeviceID?
    /// How the device was identified: a kind, its value, and what the device says of itself.
    package internal(set) var identifierKind: String = ""
    package internal(set) var identifierValue: String = ""
    package internal(set) var identifierLabel: String = ""
    /// What the policy was for a device that nobody knows; empty where one is known, and before a login.
    package internal(set) var unidentified: String = ""
    package internal(set) var address: String = ""
    package internal(set) var port: UInt16?
    /// The MAC address, where the device is on the same link.
    package internal(set) var neighbour: String = ""
    package internal(set) var tlsVersion: String = ""
    package internal(set) var tlsCipher: String = ""
    /// The name that the device dialled.
    package internal(set) var serverName: String = ""
    /// Who ran a command on the gateway.
    package internal(set) var operatorName: String = ""
    /// Who was at the review page, and as what.
    package internal(set) var reviewer: String = ""
    package internal(set) var reviewerRole: String = ""
    package internal(set) var asked: String = ""
    package internal(set) var answered: String = ""
    package internal(set) var done: String = ""
    package internal(set) var reason: String = ""
    /// Rows of the mailbox that a commit speaks of.
    package internal(set) var rows: NumberRanges = NumberRanges()
    package internal(set) var mailbox: MailboxID?
    /// When it happened, where nobody saw it happen.
    package internal(set) var between: Between?
    /// The message as the session numbered it, and what lasts of it.
    package internal(set) var messageNumber: Int?
    package internal(set) var row: UInt32?
    package internal(set) var uidValidity: UInt32?
    package internal(set) var uid: UInt32?
    package internal(set) var uniqueID: String = ""
    package internal(set) var size: UInt32?
    package internal(set) var octets: UInt64?
    package internal(set) var milliseconds: UInt64?
    package internal(set) var counts: [String: Int] = [:]
    /// To the details of a message: hexadecimal.
    package internal(set) var commitment: String = ""
    package internal(set) var upstream: [String] = []
    /// What the header of its message says. Nil where nobody has read it, and once it was erased.
    package internal(set) var message: MessageText?

    /// `tag frontdesk`; empty where no device was known.
    package var identifiedBy: String {
        self.identifierKind.isEmpty ? "" : "\(self.identifierKind) \(self.identifierValue)"
    }

    /// The one message that it speaks of.
    package var key: MessageKey? {
        guard let mailbox = self.mailbox else { return nil }
        if let row = self.row { return MessageKey(mailbox, row) }
        guard let only = self.rows.ranges.first, self.rows.count == 1 else { return nil }
        return MessageKey(mailbox, only.lowerBound)
    }

    /// What really happened, as a class.
    package var effect: RecordedEffect { RecordedEffect(action: self.action, done: self.done) }

    /// What is not as `RecordEncoder` writes it takes the long way.
    init(sequence: Int64, body: Data, message: MessageText? = nil) {
        do throws(RecordReader.Unusual) {
            self = try StoredRecord(sequence: sequence, usual: body)
        } catch {
            self = StoredRecord(sequence: sequence, anyJSON: body)
        }
        self.message = message
    }

    private init(sequence: Int64, usual body: Data) throws(RecordReader.Unusual) {
        self.sequence = sequence
        self.json = [UInt8](body)
        try RecordReader.read(into: &self)
    }

    /// Of any JSON, or of what is none.
    init(sequence: Int64, anyJSON body: Data) {
        self.sequence = sequence
        self.json = [UInt8](body)
        self.take(JSONMembers(of: body))
    }
}
