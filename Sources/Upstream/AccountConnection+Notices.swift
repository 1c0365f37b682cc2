import Gateway
import IMAP
import Logging

/// What the mail server says that people should hear of, or that the account's other connections must know.
extension AccountConnection {
    /// Kilobytes.
    func hear(used: UInt64, limit: UInt64) {
        self.quota = (used, limit)
        let configuration = self.dialler.configuration
        guard limit > 0 else { return }
        let (hundredfold, overflows) = used.multipliedReportingOverflow(by: 100)
        let percent = Int(clamping: overflows ? used / max(1, limit / 100) : hundredfold / limit)
        guard percent >= configuration.fullPercent(), self.notes.mayWarnOfQuota(self.account) else { return }
        self.logger.warning(
            "the mailbox is nearly full; nothing is deleted from it any more",
            metadata: ["usedKB": "\(used)", "limitKB": "\(limit)"]
        )
        configuration.notice(.mailboxIsFull(account: LoginName(self.account).display, percent: percent))
    }

    func hear(notice text: String) {
        self.logger.notice("the mail server says", metadata: ["text": "\(text)"])
    }

    func pause(seconds: Int?) {
        self.logger.warning("the mail server asks for a pause", metadata: ["seconds": "\(seconds ?? 0)"])
        self.notes.pause(self.account, seconds: seconds)
    }

    func warn(of refusal: ServerRefusal) {
        guard refusal == .readWrite else { return }
        self.logger.critical("EXAMINE opened the mailbox for writing; the connection is not used")
        self.dialler.configuration.notice(.openedForWriting(account: LoginName(self.account).display))
    }
}
