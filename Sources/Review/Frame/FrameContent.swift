import Foundation
import Gateway
import Report

/// What stands around every page: title, menu, languages, who is logged in.
struct FrameContent {
    /// The menu: the path, and the text's key.
    static let menu = [
        ("/", "page.menu.overview"), ("/messages", "page.menu.messages"), ("/devices", "page.menu.devices"),
        ("/record", "page.menu.record"), ("/help", "page.menu.help"),
    ]

    let title: String
    let node: String
    let language: String
    let style: String
    let script: String
    let icon: String
    let menu: [[String: Any]]
    let languages: [[String: Any]]
    /// Empty before the login.
    let visitor: String
    let role: String
    let isLoggedIn: Bool
    let isOperator: Bool
    let formToken: String
    /// The moment the page was made, with the zone.
    let time: String

    init(_ frame: PageFrame, title: String, _ visit: Visit) {
        self.title = title
        self.node = frame.settings.node
        self.language = visit.texts.code
        self.style = frame.assets.address(of: "style.css")
        self.script = frame.assets.address(of: "live.js")
        self.icon = frame.assets.address(of: "icon.svg")
        self.menu = Self.menu.map { path, key in
            let isHere = visit.path == path || visit.path.hasPrefix("\(path)/")
            return ["address": path, "text": visit.texts(key), "isHere": isHere]
        }
        self.languages = Texts.all.map { texts in
            let address = visit.query.setting("language", texts.code).address(visit.path)
            return [
                "address": address, "name": texts.name, "code": texts.code, "isHere": texts.code == visit.texts.code,
            ]
        }
        self.visitor = visit.visitor?.reviewer.name ?? ""
        self.role = visit.visitor.map { visit.texts("page.role.\($0.reviewer.role.rawValue)") } ?? ""
        self.isLoggedIn = visit.visitor != nil
        self.isOperator = visit.visitor?.isOperator == true
        self.formToken = visit.formToken
        self.time = frame.times.text(Date())
    }
}
