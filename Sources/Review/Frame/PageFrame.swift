import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import Logging
import Report
import Store

/// What all pages have in common, and how one is made.
///
/// A page is added in three steps:
/// 1. a template `Templates/NAME.mustache`, which begins `{{<layout}}{{$content}}` and ends `{{/content}}{{/layout}}`,
///    and its line in `PageTemplates.files`;
/// 2. a file `NAMEPage.swift`: a struct that is a `Page` (see there), whose handlers take a `Visit`, read the store within
///    `visit.timing.store { }`, and end with `self.frame.page("NAME", …)`;
/// 3. its line in `PageRoutes.pages`, and, if it stands in the menu, in `FrameContent.menu`.
///
/// Sentences come from `Report.Texts`, keys `page.…`: in a template as `{{t.page.NAME.title}}`, with values as
/// `visit.texts("page.NAME.found", ["count": …])`. Text from outside is escaped where a template prints it; three braces are
/// for SVG that we drew alone, in a value called `drawing`. A form is a POST with `{{>formToken}}` in it; its route says
/// who may send it, and a reader sees its button disabled: `{{^frame.isOperator}}disabled{{/frame.isOperator}}`.
struct PageFrame: Sendable {
    let settings: ReviewSettings
    let store: SQLiteStore
    let logger: Logger
    let sessions = ReviewSessions()
    let limiter = LoginLimiter()
    let readings = ReadingLog()
    let exports = Exports()
    let assets = Assets()
    let times: PageTimes
    /// How many devices are connected.
    let sessionCount: @Sendable () -> Int
    private let templates: PageTemplates

    init(
        settings: ReviewSettings,
        store: SQLiteStore,
        logger: Logger,
        sessionCount: @escaping @Sendable () -> Int
    ) throws {
        self.settings = settings
        self.store = store
        self.logger = logger
        self.sessionCount = sessionCount
        self.times = PageTimes(zone: settings.zone)
        self.templates = try PageTemplates()
    }

    /// A page of `template`, made of `content`: a struct, or a dictionary by name. `title` is a key of the texts.
    func page(
        _ template: String,
        _ content: Any,
        title: String,
        for visit: Visit,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: self.text(template, content, title: title, visit)))
        )
    }

    /// A template alone, without a page around it: for the script.
    func fragment(_ template: String, _ content: Any, _ visit: Visit) -> String {
        self.text(template, content, title: "", visit)
    }

    private func text(_ template: String, _ content: Any, title: String, _ visit: Visit) -> String {
        let frame = FrameContent(self, title: visit.texts(title), visit)
        let root = PageRoot(content: content, frame: frame, texts: visit.texts)
        guard let text = self.templates.text(template, root) else {
            preconditionFailure("there is a template \(template)")
        }
        return text
    }

    /// Sends the browser on to another page of ours.
    func redirect(to address: String) -> Response {
        Response(status: .seeOther, headers: [.location: address])
    }

    /// A page that leads on to another of ours by itself.
    func onward(to address: String, _ visit: Visit) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: self.fragment("onward", ["address": address], visit)))
        )
    }

    func page(about problem: PageProblem, for visit: Visit) -> Response {
        struct Content {
            let sentence: String
            let isStranger: Bool
        }
        let content = Content(
            sentence: visit.texts("page.problem.\(problem.key)"),
            isStranger: visit.visitor == nil
        )
        return self.page("problem", content, title: "page.problem.title", for: visit, status: problem.status)
    }

    /// Microseconds since 1970, UTC.
    var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }
}
