import Gateway
import POP3
import Testing

@Suite("What a device hears of a failure")
struct FailureTests {
    static let all: [Failure] =
        [
            .credentials(answeredLocally: true), .credentials(answeredLocally: false),
            .unavailable(reason: "PEER WORDS"),
            .tooManyConnections, .misconfigured(reason: "PEER WORDS"), .uidValidityChanged, .preparing, .messageGone,
            .messageTooLarge, .messageUnavailable,
        ].map(Failure.upstream)
        + [.busy, .full, .tooManyDevices, .broken(reason: "PEER WORDS")].map(Failure.store)
        + [.noDeviceName, .malformedLogin, .loginTimeout]

    @Test("is -ERR, in words of ours that mail programs do not misread (P-23, T-062)", arguments: all)
    func words(failure: Failure) throws {
        guard case .err(let code, let text) = failure.reply else {
            Issue.record("\(failure) is answered \(failure.reply)")
            return
        }
        #expect(!text.contains("PEER"))
        #expect(!text.hasPrefix("["))
        let small = text.lowercased()
        switch code {
        case .auth: for word in ["lock", "wait", "timeout"] { #expect(!small.contains(word)) }
        case .sysTemp, .inUse: #expect(small.contains("wait"))
        case .sysPerm: #expect(!small.contains("wait"))
        case .loginDelay, nil: Issue.record("no failure is answered with \(String(describing: code))")
        }
    }

    @Test("is the same for an unknown user, a wrong password and a malformed login (S-15)") func indistinguishable() {
        let known = Failure.upstream(.credentials(answeredLocally: true)).reply
        #expect(known == Failure.upstream(.credentials(answeredLocally: false)).reply)
        #expect(known == Failure(.malformed).reply)
        #expect(known == .err(.auth, "authentication failed"))
    }
}
