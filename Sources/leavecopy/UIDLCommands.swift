import ArgumentParser
import Gateway
import Report
import Server
import Store

struct UIDLCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uidl",
        abstract: "The unique-ids by which mail programs know what they have.",
        subcommands: [UIDLLearn.self, UIDLFormats.self, UIDLAccept.self]
    )
}

struct UIDLFormats: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "formats",
        abstract: "List the formats of unique-ids, and which mail server has which."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions

    private struct Entry: Encodable {
        let format: String
        let example: String
        let servers: String
    }

    func run() throws {
        let language = self.common.spoken
        let entries = (UniqueIDFormat.names + ["%08Xv%08Xu"]).map { name in
            Entry(format: name, example: UniqueIDFormat(name)?.example ?? "", servers: Self.servers(name)[language])
        }
        if self.form.json { return Output.give(try JSONText.of(entries)) }
        var table = Table(Self.headings.map { $0[language] })
        for entry in entries { table.add([entry.format, entry.example, entry.servers]) }
        for line in table.lines { Output.say(line) }
        Output.say("")
        Output.say(Self.note[language])
    }

    private static let headings = [
        Phrase("Format", "形式"), Phrase("Example", "例"), Phrase("Mail servers", "メールサーバー"),
    ]

    private static func servers(_ name: String) -> Phrase {
        switch name {
        case "dovecot": Phrase("Dovecot as it comes; the default here", "Dovecot の初期設定。ここでの初期値")
        case "courier":
            Phrase(
                "Cyrus with uidl_format: courier (Courier's own cannot be computed: uidl learn)",
                "Cyrus の uidl_format: courier (Courier 自身のものは計算できません: uidl learn)"
            )
        case "cyrus":
            Phrase(
                "Cyrus as it comes (Outlook 2003 has trouble with the dot)",
                "Cyrus の初期設定 (Outlook 2003 では「.」が問題になります)"
            )
        case "uw": Phrase("UW ipop3d; Dovecot as %08Xv%08Xu", "UW ipop3d、Dovecot の %08Xv%08Xu")
        case "gmail": Phrase("Gmail; as dovecot where there is no X-GM-MSGID", "Gmail。X-GM-MSGID がないメールは dovecot と同じ")
        case "stalwart": Phrase("Stalwart", "Stalwart")
        case "uid": Phrase("Cyrus with uidl_format: uidonly; hMailServer", "Cyrus の uidl_format: uidonly、hMailServer")
        case _:
            Phrase("a template, as Dovecot's pop3_uidl_format", "ひな形。Dovecot の pop3_uidl_format と同じ書き方")
        }
    }

    private static let note = Phrase(
        """
        In a template %u is the UID and %v the UIDVALIDITY; %Xu in hexadecimal digits, as in Dovecot in lower case, %UXu in
        upper case; %08Xu is filled with zeros. A format counts for messages that are new: what a message is called once, it
        is always called.
        """,
        """
        ひな形の %u は UID、%v は UIDVALIDITY です。%Xu は 16 進数 (Dovecot と同じく小文字)、%UXu は大文字、%08Xu は 0 で 8 桁に
        そろえます。形式は新しいメールにだけ使われ、一度付いた UIDL は変わりません。
        """
    )
}
