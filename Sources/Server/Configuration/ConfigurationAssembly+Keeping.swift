import enum Gateway.DetailsKept
import struct Gateway.MessageDetailsPolicy
import struct Store.Retention

extension ConfigurationAssembly {
    func messageDetails(_ accounts: Accounts) -> MessageDetailsPolicy {
        MessageDetailsPolicy(
            standard: self.settings.text("message-details").flatMap(DetailsKept.init) ?? .full,
            accounts: accounts.details
        )
    }

    var retention: Retention {
        let days = self.settings.text("record.keep").flatMap(Days.kept) ?? Retention.usualDays
        return Retention(days: days == 0 ? nil : days, octets: self.settings.integer("record.keep-size"))
    }
}
