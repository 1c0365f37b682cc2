import ArgumentParser
import Foundation
import Gateway
import Linux
import Report
import Server
import Store

struct DeviceRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make a new password for a device that has one of its own; the old one is void at once."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @OptionGroup var device: DeviceChoice

    func run() async throws {
        let store = try self.common.openStore()
        let credential = try await Failure.telling(self.common.spoken) {
            try await store.rotateCredential(of: self.device.find(in: store), by: CommonOptions.operatorName)
        }
        try CredentialCommand.tell(credential, self.common, self.form)
    }
}

/// What `device add --password` and `device rotate` have in common.
enum CredentialCommand {
    private struct Entry: Encodable {
        let name: String
        let account: String
        let user: String
        let password: String
    }

    static func add(
        _ name: String,
        _ account: String,
        user: String?,
        _ common: CommonOptions
    ) async throws -> IssuedCredential {
        let store = try common.openStore()
        return try await Failure.telling(common.spoken) {
            let user = user ?? name
            let place = try self.account(account, common, user: user)
            return try await store.addCredential(name, user: user, account: place, by: CommonOptions.operatorName)
        }
    }

    /// An account as the configuration knows it, where there is one.
    static func account(
        _ name: String,
        _ common: CommonOptions,
        user: String? = nil
    ) throws -> CredentialAccount {
        let name = LoginName(name)
        guard let configuration = try common.configuration() else {
            return CredentialAccount(upstream: Configuration.usualUpstreamName, login: name.normalised)
        }
        let accounts = configuration.accounts
        guard let login = accounts.login(for: name) else { throw StoreError.unknownAccount(name.display) }
        if let user, accounts != AccountList(nil), accounts.login(for: LoginName(user)) != nil {
            throw StoreError.userTaken(user)
        }
        return CredentialAccount(upstream: configuration.upstream.name, login: login.normalised)
    }

    static func tell(_ credential: IssuedCredential, _ common: CommonOptions, _ form: FormOptions) throws {
        let password = credential.password.revealed { octets in
            String(decoding: octets.indices.map { octets[$0] }, as: UTF8.self)
        }
        if form.json {
            let entry = Entry(
                name: credential.device,
                account: credential.account,
                user: credential.user,
                password: password
            )
            Output.give(try JSONText.of(entry))
        } else {
            Output.say(Wording.issued(credential, password)[common.spoken])
        }
    }
}

extension Wording {
    static func issued(_ credential: IssuedCredential, _ password: String) -> Phrase {
        Phrase(
            """
            Enter this in the mail program of \(credential.device). The password is shown only this once:
              user name: \(credential.user)
              password:  \(password)
            """,
            """
            端末 \(credential.device) のメールソフトに次のとおり入力してください。パスワードは今回しか表示されません:
              ユーザー名: \(credential.user)
              パスワード: \(password)
            """
        )
    }
}
