import Mustache
import Report

/// The templates, read once at the start from what is embedded in the program.
struct PageTemplates: Sendable {
    /// What a template is called in `{{>name}}` and in `PageFrame.page`.
    private static let files: [(name: String, octets: [UInt8])] = [
        ("device", PackageResources.device_mustache),
        ("devices", PackageResources.devices_mustache),
        ("find", PackageResources.find_mustache),
        ("finding", PackageResources.finding_mustache),
        ("export", PackageResources.export_mustache),
        ("formToken", PackageResources.formToken_mustache),
        ("help", PackageResources.help_mustache),
        ("layout", PackageResources.layout_mustache),
        ("liveRows", PackageResources.liveRows_mustache),
        ("login", PackageResources.login_mustache),
        ("message", PackageResources.message_mustache),
        ("messages", PackageResources.messages_mustache),
        ("overview", PackageResources.overview_mustache),
        ("onward", PackageResources.onward_mustache),
        ("problem", PackageResources.problem_mustache),
        ("record", PackageResources.record_mustache),
        ("recordRow", PackageResources.recordRow_mustache),
        ("recordTable", PackageResources.recordTable_mustache),
        ("records", PackageResources.records_mustache),
        ("session", PackageResources.session_mustache),
    ]

    private let library: MustacheLibrary

    init() throws {
        MustacheContentTypes.register(PageEscaping(), named: PageEscaping.name)
        var library = MustacheLibrary()
        for (name, octets) in Self.files {
            // Each begins with our escaping: the library falls back to its own at every partial.
            let text = "{{% CONTENT_TYPE:\(PageEscaping.name)}}" + String(decoding: octets, as: UTF8.self)
            try library.register(text, named: name)
        }
        self.library = library
    }

    func text(_ name: String, _ root: PageRoot) -> String? { self.library.render(root, withTemplate: name) }
}

/// What a template sees: the members of its page's own value, the frame's as `frame`, and every text as `t` and its key,
/// `{{t.page.record.title}}`.
struct PageRoot: MustacheParent {
    private let members: [String: Any]

    init(content: Any, frame: FrameContent, texts: Texts) {
        var members: [String: Any] = content as? [String: Any] ?? [:]
        for case (let name?, let value) in Mirror(reflecting: content).children { members[name] = value }
        members["frame"] = frame
        members["t"] = TextNode(texts: texts, key: "")
        self.members = members
    }

    func child(named name: String) -> Any? {
        guard let value = self.members[name] else { return nil }
        let mirror = Mirror(reflecting: value)
        return mirror.displayStyle == .optional ? mirror.children.first?.value : value
    }
}

/// A text, or the beginning of the keys of many.
struct TextNode: MustacheParent, MustacheCustomRenderable {
    let texts: Texts
    let key: String

    func child(named name: String) -> Any? {
        TextNode(texts: self.texts, key: self.key.isEmpty ? name : "\(self.key).\(name)")
    }

    var renderText: String { self.texts(self.key) }
    var isNull: Bool { false }
}
