/// What tells one device from another, strongest first (DESIGN section 3).
package enum IdentifierKind: String, Hashable, Sendable, CaseIterable {
    case credential, certificate, name, tag, neighbour, address
}

/// One thing a device is known by: a kind and its value in canonical form (a tag in lower case, a MAC in colons).
package struct Identifier: Hashable, Sendable {
    package let kind: IdentifierKind
    package let value: String
    /// What it says of itself, for people: the common name of a certificate. It tells no device from another.
    package let label: String?

    package init(kind: IdentifierKind, value: String, label: String? = nil) {
        self.kind = kind
        self.value = value
        self.label = label
    }
}

package struct AccountID: Hashable, Sendable {
    package let value: Int64
    package init(_ value: Int64) { self.value = value }
}

package struct MailboxID: Hashable, Sendable {
    package let value: Int64
    package init(_ value: Int64) { self.value = value }
}

package struct DeviceID: Hashable, Sendable {
    package let value: Int64
    package init(_ value: Int64) { self.value = value }
}

/// A device of an account, with the name it has now.
package struct Device: Hashable, Sendable {
    package let id: DeviceID
    package let name: String

    package init(id: DeviceID, name: String) {
        self.id = id
        self.name = name
    }
}

/// What happens to a session of which no device is known (DESIGN section 3).
package enum UnidentifiedPolicy: String, Hashable, Sendable, CaseIterable {
    /// DELE is answered +OK and hides nothing; what was asked to be deleted is not served a second time by RETR.
    case once
    /// The same, but served again and again.
    case keep
    /// No login without a name.
    case reject
}

/// Who is speaking, on what evidence.
package enum Speaker: Hashable, Sendable {
    case device(Device, by: Identifier)
    case unidentified(UnidentifiedPolicy)
}
