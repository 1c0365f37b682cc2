/// What becomes of the messages a session has marked by DELE when it says QUIT. Upstream nothing, ever: there is no
/// command for it.
package enum DeletionPolicy: Hashable, Sendable {
    /// They are hidden from this device, and from no other.
    case hide(Device)
    /// Nothing is hidden, since it is not certain which device is speaking (promise 4); but RETR serves them no more to
    /// unidentified sessions from this address (`unidentified: once`).
    case withhold
    /// DELE is accepted and changes nothing.
    case keep

    package init(speaker: Speaker?, hidesDeleted: Bool) {
        switch speaker {
        case .device(let device, by: _): self = hidesDeleted ? .hide(device) : .keep
        case .unidentified(.once): self = hidesDeleted ? .withhold : .keep
        case .unidentified(.keep), .unidentified(.reject), nil: self = .keep
        }
    }

    /// What is kept with QUIT's record; nil when nothing changes.
    package func change(_ rows: NumberRanges, of mailbox: MailboxID, from address: IPAddress) -> Change? {
        guard !rows.ranges.isEmpty else { return nil }
        switch self {
        case .hide(let device): return .hide(device.id, mailbox, rows)
        case .withhold: return .withhold(mailbox, address, rows)
        case .keep: return nil
        }
    }

    /// What the record says was done for a DELE; `isConfirmed` where a line that is lost commits it too.
    package func doneAtDELE(isConfirmed: Bool) -> String {
        switch self {
        case .hide(let device):
            "marked: hidden from \(device.name) at QUIT" + (isConfirmed ? " or when the line is lost" : "")
        case .withhold, .keep: "nothing"
        }
    }

    /// What the record says was done when the line was lost: `count` marks were confirmed, `dropped` were not.
    package func doneWhenLost(_ count: Int, dropped: Int) -> String {
        let marks = "\(dropped) \(dropped == 1 ? "mark" : "marks") dropped"
        switch self {
        case .hide(let device) where count > 0:
            let hidden = "\(count) \(count == 1 ? "message" : "messages")"
            return "line lost: hidden from \(device.name): \(hidden) that it had whole"
                + (dropped > 0 ? "; \(marks)" : "")
        case .hide, .withhold, .keep: return dropped > 0 ? "\(marks), nothing hidden" : "nothing"
        }
    }

    /// What the record says was done at QUIT, with `count` messages marked.
    package func doneAtQUIT(_ count: Int) -> String {
        switch self {
        case .hide(let device):
            count == 0 ? "nothing" : "hidden from \(device.name): \(count) \(count == 1 ? "message" : "messages")"
        case .withhold, .keep: "nothing"
        }
    }
}
