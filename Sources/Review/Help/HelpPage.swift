import Hummingbird
import Report

/// For people who are no engineers: what stands here, and where the setting is.
struct HelpPage: Page {
    let frame: PageFrame

    func add(to routes: PageRoutes) {
        routes.get("help") { visit in
            self.frame.page("help", Content(visit.texts), title: "help.title", for: visit)
        }
    }

    private struct Content {
        struct Trouble {
            let title: String
            let was: String
            let now: String
        }

        struct Program {
            let name: String
            let place: String
            let what: String
        }

        struct Word {
            let word: String
            let meaning: String
        }

        let lost: [String]
        let troubles: [Trouble]
        let programs: [Program]
        let words: [Word]

        init(_ texts: Texts) {
            self.lost = texts("help.lost.steps").split(separator: "\n").map(String.init)
            self.troubles = (1...3).map { number in
                Trouble(
                    title: "\(number). \(texts("help.trouble.\(number)"))",
                    was: texts("help.trouble.\(number).was"),
                    now: texts("help.trouble.\(number).now")
                )
            }
            self.programs = MailProgram.allCases.map {
                Program(name: $0.name(in: texts), place: $0.whereItStands(in: texts), what: $0.leave(in: texts))
            }
            self.words = ["device", "hidden", "checkpoint", "proof", "reader"].map {
                Word(word: texts("help.word.\($0)"), meaning: texts("help.word.\($0).text"))
            }
        }
    }
}
