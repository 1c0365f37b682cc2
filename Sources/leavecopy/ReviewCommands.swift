import ArgumentParser
import Foundation
import Gateway
import Linux
import Report
import Server
import Store

struct ReviewCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Say who may read the record in a browser.",
        subcommands: [ReviewTokenCommand.self, ReviewList.self]
    )
}

struct ReviewTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make a token with which somebody logs in to the review page, or take it away."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Argument(help: "Whose token it is; the name stands in the record.")
    var name: String
    @Option(name: .long, help: "reader: read and export; operator: also restore and rename (default: reader).")
    var role: Reviewer.Role?
    @Flag(name: .long, help: "Take the token away; its sessions end at once.")
    var remove = false

    private struct Entry: Encodable {
        let name: String
        let role: String
        let token: String
    }

    func validate() throws {
        if self.remove, self.role != nil { throw ValidationError("--remove takes no --role") }
    }

    func run() async throws {
        let store = try self.common.openStore()
        try await Failure.telling(self.common.spoken) {
            if self.remove {
                try await store.removeReviewToken(self.name, by: CommonOptions.operatorName)
                if self.form.json {
                    Output.give(try JSONText.of(["removed": self.name]))
                } else {
                    Output.say(Wording.tokenRemoved(self.name)[self.common.spoken])
                }
            } else {
                let issued = try await store.addReviewToken(
                    self.name,
                    role: self.role ?? .reader,
                    by: CommonOptions.operatorName
                )
                try self.tell(issued)
            }
        }
    }

    private func tell(_ issued: IssuedReviewToken) throws {
        let text = issued.text.revealed { octets in
            String(decoding: octets.indices.map { octets[$0] }, as: UTF8.self)
        }
        if self.form.json {
            Output.give(try JSONText.of(Entry(name: issued.name, role: issued.role.rawValue, token: text)))
        } else {
            Output.say(Wording.tokenIssued(issued, text)[self.common.spoken])
        }
    }
}

struct ReviewList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List who has a token.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions

    private struct Entry: Encodable {
        let name: String
        let role: String
        let made: String
    }

    func run() async throws {
        let store = try self.common.openStore()
        let tokens = try await Failure.telling(self.common.spoken) { try await store.reviewTokens() }
        if self.form.json {
            Output.give(try JSONText.of(tokens.map { Entry(name: $0.name, role: $0.role.rawValue, made: $0.made) }))
            return
        }
        let language = self.common.spoken
        var table = Table([
            Phrase("NAME", "名前")[language], Phrase("ROLE", "権限")[language], Phrase("MADE", "作成")[language],
        ])
        for token in tokens { table.add([token.name, token.role.rawValue, LocalTime.text(token.made)]) }
        if table.isEmpty {
            Output.say(Phrase("Nobody has a token.", "トークンはありません。")[language])
        } else {
            for line in table.lines { Output.say(line) }
        }
    }
}

extension Reviewer.Role: ExpressibleByArgument {}

extension Wording {
    static func tokenIssued(_ issued: IssuedReviewToken, _ text: String) -> Phrase {
        Phrase(
            """
            \(issued.name) logs in to the review page with this token. It is shown only this once:
              \(text)
            """,
            """
            \(issued.name) は次のトークンで記録のページにログインします。トークンは今回しか表示されません:
              \(text)
            """
        )
    }

    static func tokenRemoved(_ name: String) -> Phrase {
        Phrase(
            "The token of \(name) is void, and its sessions have ended.",
            "\(name) のトークンを無効にしました。ログイン中のページも使えなくなります。"
        )
    }
}
