import Gateway
import Report
import Store
import Testing

@Suite("A diagnosis")
struct DiagnosisTests {
    /// A PC that polls every ten minutes in working hours of a month, and leaves its copies.
    private static func activity(
        named: Bool = true,
        retrieved: Int = 412,
        _ change: (inout DeviceActivity) -> Void = { _ in }
    ) -> DeviceActivity {
        var activity = DeviceActivity(
            device: named ? DeviceID(7) : nil,
            name: named ? "frontdesk" : "192.0.2.44",
            account: "info@example.com",
            firstSeen: "2026-10-26T00:02:11.000001Z",
            lastSeen: "2026-11-24T20:14:37.000001Z"
        )
        activity.polls = 1_130
        activity.retrieved = retrieved
        activity.tlsVersions = ["TLSv1.3": 1_130]
        change(&activity)
        return activity
    }

    private static func deletion(_ count: Int, unread: Int = 0) -> DeviceActivity.Deletion {
        DeviceActivity.Deletion(
            session: "s1",
            count: count,
            unread: unread,
            begins: "2026-11-07T00:12:00.000000Z",
            ends: "2026-11-07T00:16:05.000000Z"
        )
    }

    @Test("finds nothing at a PC that leaves its copies")
    func fine() {
        #expect(Diagnosis.of(Self.activity()) == [])
        #expect(Verdict(Diagnosis.of(Self.activity())) == .ok)
        #expect(Diagnosis.of(Self.activity(retrieved: 0)) == [])
    }

    @Test("finds nothing where a person throws one spam away a day", arguments: [0, 1, 3])
    func spam(daysKept: Int) {
        let activity = Self.activity {
            $0.askedToDelete = 30
            $0.deletedLater = 28
            $0.deletedAtOnce = 2
            $0.daysKept = daysKept
            $0.largestDeletion = Self.deletion(2)
        }
        #expect(Diagnosis.of(activity) == [])
    }

    @Test("finds nothing where a person clears out ten old messages")
    func clearing() {
        let activity = Self.activity {
            $0.askedToDelete = 10
            $0.deletedLater = 10
            $0.daysKept = 21
            $0.largestDeletion = Self.deletion(10)
        }
        #expect(Diagnosis.of(activity) == [])
    }

    @Test("says that no copy is left, where what was retrieved is deleted in the same session")
    func leavesNoCopy() {
        let activity = Self.activity(retrieved: 40) {
            $0.askedToDelete = 40
            $0.deletedAtOnce = 40
            $0.largestDeletion = Self.deletion(40)
        }
        #expect(Diagnosis.of(activity) == [.leavesNoCopy(deleted: 40, retrieved: 40)])
        #expect(Verdict(Diagnosis.of(activity)) == .setWrong)
    }

    @Test("says so, too, of a program that deletes in a second login of the same day (C-03)")
    func secondLogin() {
        let activity = Self.activity(retrieved: 60) {
            $0.askedToDelete = 60
            $0.deletedLater = 60
            $0.daysKept = 0
            $0.largestDeletion = Self.deletion(12)
        }
        #expect(Diagnosis.of(activity) == [.leavesNoCopy(deleted: 60, retrieved: 60)])
    }

    @Test("says after how many days a program deletes, also when a Monday brings many at once")
    func deletesAfter() {
        let activity = Self.activity {
            $0.askedToDelete = 390
            $0.deletedLater = 390
            $0.daysKept = 14
            $0.largestDeletion = Self.deletion(200)
        }
        #expect(Diagnosis.of(activity) == [.deletesAfter(days: 14, deleted: 390)])
        #expect(Verdict(Diagnosis.of(activity)) == .setWrong)
    }

    @Test("says that a program was switched over, where one session deletes what it never retrieved (C-29)")
    func switchedOver() {
        let deletion = Self.deletion(812, unread: 790)
        let activity = Self.activity {
            $0.askedToDelete = 812
            $0.deletedUnread = 790
            $0.deletedLater = 22
            $0.daysKept = 9
            $0.largestDeletion = deletion
        }
        #expect(Diagnosis.of(activity) == [.wasSwitchedOver(deletion)])
        #expect(Verdict(Diagnosis.of(activity)) == .lookAtIt)
    }

    @Test("says so, too, where all had been retrieved here, and from then on no copy is left")
    func switchedOverAndOn() {
        let deletion = Self.deletion(400)
        let activity = Self.activity(retrieved: 412) {
            $0.askedToDelete = 650
            $0.deletedAtOnce = 250
            $0.deletedLater = 400
            $0.daysKept = 11
            $0.largestDeletion = deletion
        }
        #expect(
            Diagnosis.of(activity) == [.wasSwitchedOver(deletion), .leavesNoCopy(deleted: 250, retrieved: 412)]
        )
        #expect(Verdict(Diagnosis.of(activity)) == .setWrong)
    }

    @Test("does not take the first poll of a program that leaves no copy for a switch")
    func firstPoll() {
        let activity = Self.activity(retrieved: 520) {
            $0.askedToDelete = 520
            $0.deletedAtOnce = 517
            $0.deletedLater = 3
            $0.daysKept = 1
            $0.largestDeletion = Self.deletion(500)
        }
        #expect(Diagnosis.of(activity) == [.leavesNoCopy(deleted: 517, retrieved: 520)])
    }

    @Test("says of a PC without a name that it deletes, and will be or was stopped", arguments: [0, 9])
    func noName(withheld: Int) {
        let activity = Self.activity(named: false, retrieved: 40) {
            $0.askedToDelete = 40
            $0.deletedAtOnce = 40
            $0.withheld = withheld
            $0.largestDeletion = Self.deletion(40)
        }
        #expect(Diagnosis.of(activity) == [.hasNoNameAndDeletes(deleted: 40, withheld: withheld)])
    }

    @Test("leaves a PC without a name alone that leaves its copies")
    func noNameAndFine() {
        #expect(Diagnosis.of(Self.activity(named: false)) == [])
    }

    @Test("says that a password is stale, where a program's clock is heard", arguments: [20, 60, 300, 3_600])
    func stalePassword(seconds: Int) {
        let activity = Self.activity {
            $0.refusedLogins = 288
            $0.secondsBetweenRefusals = seconds
        }
        #expect(Diagnosis.of(activity) == [.stalePassword(refused: 288, secondsBetween: seconds)])
    }

    @Test(
        "takes nobody for a program who mistypes, or guesses fast",
        arguments: [(4, 300), (30, 4), (900, 1), (12, 86_400)] as [(Int, Int?)] + [(2, nil)]
    )
    func mistyped(refused: Int, seconds: Int?) {
        let activity = Self.activity {
            $0.refusedLogins = refused
            $0.secondsBetweenRefusals = seconds
        }
        #expect(Diagnosis.of(activity) == [])
    }

    @Test(
        "says that only old encryption is used, or none",
        arguments: [
            (["TLSv1": 4, "TLSv1.1": 9], Diagnosis.oldTLS(version: "TLSv1.1", sessions: 9)),
            (["none": 30], .oldTLS(version: "none", sessions: 30)),
            (["TLSv1.2": 1, "TLSv1": 90], nil), ([:], nil), (["none": 0], nil),
        ] as [([String: Int], Diagnosis?)]
    )
    func oldTLS(versions: [String: Int], expected: Diagnosis?) {
        let found = Diagnosis.of(Self.activity { $0.tlsVersions = versions })
        #expect(found == [expected].compactMap(\.self))
        #expect(Verdict(found) == (expected == nil ? .ok : .lookAtIt))
    }

    @Test("says that two PCs use one name, where there is an alert")
    func twoOnOneName() {
        #expect(Diagnosis.of(Self.activity { $0.sharedName = 88 }) == [.twoOnOneName(alert: 88)])
    }

    @Test("stands any number", arguments: [Int.max, Int.min, -1])
    func anyNumber(number: Int) {
        let activity = Self.activity(retrieved: number) {
            $0.refusedLogins = number
            $0.secondsBetweenRefusals = number
            $0.withheld = number
            $0.deletedAtOnce = number
            $0.deletedLater = number
            $0.deletedUnread = number
            $0.daysKept = number
            $0.largestDeletion = Self.deletion(number, unread: number)
            $0.tlsVersions = ["none": number]
        }
        for diagnosis in Diagnosis.of(activity) {
            for texts in Texts.all { #expect(!diagnosis.sentence(in: texts).isEmpty) }
        }
    }
}
