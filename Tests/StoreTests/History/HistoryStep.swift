import TestSupport

/// One thing that happens in a history. Numbers are taken modulo what there is at that time, so that a step still means
/// something when steps before it are left out.
enum HistoryStep: Hashable, Sendable {
    enum Restored: Hashable, Sendable {
        case one(Int)
        /// From so many days ago on, for so many days.
        case period(ago: Int, days: Int)
        case everything(earlier: Bool)
    }

    /// `age` in days; nil where the mail server tells no date.
    case arrive(count: Int, age: Int?)
    /// An IMAP user deletes.
    case expunge(Int)
    /// The mail server does not list a message for a while.
    case vanish(Int)
    case comeBack
    case dayPasses
    /// UIDVALIDITY changes: every message gets another UID, in another order. `comesBack`: to one that was before.
    case renumber(Int, comesBack: Bool)
    case login(HistoryProfile)
    /// `acknowledged`: the device's TCP has acknowledged all that was said to it before.
    case retrieve(session: Int, message: Int, acknowledged: Bool)
    case delete(session: Int, message: Int, acknowledged: Bool)
    /// RETR and DELE in one go.
    case pipeline(session: Int, message: Int, acknowledged: Bool)
    case reset(session: Int)
    case quit(session: Int)
    case drop(session: Int)
    case restore(HistoryProfile, Restored)
    /// One device was two: the first is the second from now on.
    case merge(HistoryProfile, into: HistoryProfile)
    case rename(HistoryProfile)
    /// An operator forgets a device. Who says its name at a login is a new one.
    case remove(HistoryProfile)
    /// The server stops and starts again.
    case restart
    /// kill -9, and a new start.
    case kill

    /// Whether what a device is shown at its next login may be another than before.
    var changesViews: Bool {
        switch self {
        case .arrive, .expunge, .vanish, .comeBack, .renumber, .retrieve, .delete, .pipeline, .reset: false
        case .dayPasses, .login, .quit, .drop, .restore, .merge, .rename, .remove, .restart, .kill: true
        }
    }

    /// A history that begins with mail.
    static func history(seed: UInt64, length: Int) -> [HistoryStep] {
        var generator = SeededGenerator(seed: seed)
        var steps: [HistoryStep] = [.arrive(count: 4, age: 6), .arrive(count: 4, age: 1)]
        while steps.count < length {
            if Int.random(in: 0..<5, using: &generator) == 0 {
                steps += self.session(&generator)
            } else {
                steps.append(self.random(&generator))
            }
        }
        return steps
    }

    /// A whole session, in which something happens between the marks and the end.
    private static func session(_ generator: inout SeededGenerator) -> [HistoryStep] {
        let profile = HistoryProfile.allCases.randomElement(using: &generator) ?? .plain
        let message = Int.random(in: 0..<64, using: &generator)
        var steps: [HistoryStep] = [.login(profile)]
        for next in 0..<Int.random(in: 1...3, using: &generator) {
            if Bool.random(using: &generator) {
                steps.append(.retrieve(session: self.latest, message: message + next, acknowledged: true))
            }
            let acknowledged = Bool.random(using: &generator)
            steps.append(.delete(session: self.latest, message: message + next, acknowledged: acknowledged))
        }
        switch Int.random(in: 0..<8, using: &generator) {
        case 0..<2: steps.append(.reset(session: self.latest))
        case 2..<4:
            let other = HistoryProfile.allCases.randomElement(using: &generator) ?? .plain
            steps.append(.merge(profile, into: other))
        case 4: steps.append(.renumber(message, comesBack: Bool.random(using: &generator)))
        case 5: steps.append(.restore(profile, .one(message)))
        case 6: steps.append(.restore(profile, .period(ago: 8, days: 4)))
        case _: break
        }
        steps.append(Bool.random(using: &generator) ? .quit(session: self.latest) : .drop(session: self.latest))
        return steps
    }

    /// The session that began or did something last.
    static let latest = -1

    private static func random(_ generator: inout SeededGenerator) -> HistoryStep {
        let session = Int.random(in: 0..<6, using: &generator)
        let message = Int.random(in: 0..<64, using: &generator)
        let acknowledged = Int.random(in: 0..<4, using: &generator) > 0
        let profile = HistoryProfile.allCases.randomElement(using: &generator) ?? .plain
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<8:
            let age = Int.random(in: -1..<8, using: &generator)
            return .arrive(count: Int.random(in: 1...3, using: &generator), age: age < 0 ? nil : age)
        case 8..<12: return .expunge(message)
        case 12..<14: return .vanish(message)
        case 14..<16: return .comeBack
        case 16: return .dayPasses
        case 17..<20: return .renumber(message, comesBack: acknowledged)
        case 20..<34: return .login(profile)
        case 34..<45: return .retrieve(session: session, message: message, acknowledged: acknowledged)
        case 45..<63: return .delete(session: session, message: message, acknowledged: acknowledged)
        case 63..<67: return .pipeline(session: session, message: message, acknowledged: acknowledged)
        case 67..<70: return .reset(session: session)
        case 70..<80: return .quit(session: session)
        case 80..<86: return .drop(session: session)
        case 86..<89: return .restore(profile, .one(message))
        case 89..<91:
            let ago = Int.random(in: 0..<8, using: &generator)
            return .restore(profile, .period(ago: ago, days: Int.random(in: 1...3, using: &generator)))
        case 91..<93: return .restore(profile, .everything(earlier: acknowledged))
        case 93: return .restart
        case 94: return .kill
        case 95..<98:
            return .merge(
                profile,
                into: HistoryProfile.allCases.randomElement(using: &generator) ?? .plain
            )
        case 98: return .rename(profile)
        case _: return .remove(profile)
        }
    }
}

/// The devices of a history, each set another way.
enum HistoryProfile: String, Hashable, Sendable, CaseIterable {
    /// Nothing is set.
    case plain
    /// `commit-on-disconnect: confirmed`.
    case confirmed
    /// `new-device: days 3`.
    case recent
    /// `new-device: from-now`, confirmed.
    case fromNow
    /// A window of 4 days.
    case window
    /// Unique-ids of its own.
    case ownFormat
    /// Nobody knows which device it is: nothing is ever hidden.
    case unidentified
}
