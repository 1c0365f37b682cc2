import Foundation
import Gateway
import Report
import Store

/// A message as a page names it. What nobody has read yet is said to be so.
struct MessageWords {
    let address: String
    let subject: String
    let from: String
    /// By the mail server's clock; empty where it does not say.
    let received: String
    let account: String
    let onServer: String

    init(_ message: MessageSummary, _ texts: Texts, _ times: PageTimes) {
        self.address = Self.address(message.key)
        self.subject = Self.subject(message.text, texts)
        self.from = message.text?.from ?? ""
        self.received = Self.received(message.internalDate, times)
        self.account = message.account
        self.onServer = texts(message.isGone ? "page.no" : "page.yes")
    }

    init(_ message: HiddenMessage, _ texts: Texts, _ times: PageTimes) {
        let subject = HeaderText.decoded(message.subject)
        let from = HeaderText.decoded(message.from)
        let isKnown = !subject.isEmpty || !from.isEmpty
        self.address = Self.address(message.key)
        self.subject = subject.isEmpty ? texts(isKnown ? "page.noSubject" : "page.notKnown") : subject
        self.from = from
        self.received = Self.received(message.internalDate, times)
        self.account = ""
        self.onServer = texts(message.isGone ? "page.no" : "page.yes")
    }

    static func address(_ key: MessageKey) -> String { "/messages/\(key.mailbox.value)/\(key.number)" }

    static func subject(_ text: MessageText?, _ texts: Texts) -> String {
        guard let text else { return texts("page.notKnown") }
        return text.subject.isEmpty ? texts("page.noSubject") : text.subject
    }

    static func received(_ seconds: Int64?, _ times: PageTimes) -> String {
        seconds.map { times.text(times.recorded(Date(timeIntervalSince1970: TimeInterval($0)))) } ?? ""
    }
}
