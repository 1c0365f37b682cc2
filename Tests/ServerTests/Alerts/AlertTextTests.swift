import Gateway
import Report
import Store
import Testing

@testable import Server

@Suite("What an alert says")
struct AlertTextTests {
    private static let named = AlertSubject(
        device: Device(id: DeviceID(1), name: "front desk; 2"),
        account: "info@example.com",
        address: .v4(0xC000_0207)
    )
    private static let unnamed = AlertSubject(account: "info@example.com", address: .v4(0xC000_0207))

    /// As the record has them.
    private static let sentences = [
        AlertText.massDeletion(named, 20_000, minutes: 10), AlertText.massDeletion(unnamed, 100, minutes: 1),
        AlertText.repeatedFailures(named, 12, reason: "wrong credentials"),
        AlertText.repeatedFailures(AlertSubject(address: .v4(1)), 12, reason: "foreign protocol"),
        AlertText.unidentified(unnamed), "the mailbox of info@example.com is 85% full",
        "a command to the mail server was stopped before it left: verb",
        "the mail server opened the mailbox of info@example.com for writing; the connection was closed unused",
        "the disk of the state folder is full: nothing can be recorded", "nothing can be recorded: disk I/O error",
        "512 MiB are free on the disk of the state folder",
        AlertText.massDeletion(named, 200, minutes: 10) + "; 50 of this kind in a day: no more are told",
    ]

    @Test("stands on the page in Japanese, too", arguments: sentences)
    func japanese(sentence: String) {
        let said = RecordWords.done(sentence, in: .of(.japanese))
        #expect(said.unicodeScalars.contains { (0x3040...0x30FF).contains($0.value) } && !said.contains("{"), "\(said)")
        for word in ["messages", "mailbox", "nothing", "logins", "told"] { #expect(!said.contains(word), "\(said)") }
    }

    @Test("has a kind in Japanese, too", arguments: AlertKind.allCases)
    func kind(kind: AlertKind) {
        #expect(RecordWords.reason(kind.rawValue, in: .of(.japanese)) != kind.rawValue)
    }
}
