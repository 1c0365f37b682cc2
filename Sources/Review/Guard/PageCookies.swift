import HTTPTypes

/// Our cookies: the session's, which no script reads and no other site sends; what a form hangs on before the login; the
/// language.
enum PageCookies {
    /// Under TLS a browser takes the first name from nobody but this host.
    private static func sessionName(_ settings: ReviewSettings) -> String {
        settings.isTLS ? "__Host-leavecopy-session" : "leavecopy-session"
    }

    /// Not the session's, so that a visit that came without the session (from a link in a mail) does not end it.
    private static func formName(_ settings: ReviewSettings) -> String {
        settings.isTLS ? "__Host-leavecopy-form" : "leavecopy-form"
    }

    private static let languageName = "leavecopy-language"

    static func session(_ headers: HTTPFields, _ settings: ReviewSettings) -> String? {
        self.value(self.sessionName(settings), in: headers)
    }

    /// Until the browser is closed; the session itself ends sooner.
    static func session(_ value: String, _ settings: ReviewSettings) -> String {
        "\(self.sessionName(settings))=\(value); \(self.attributes(settings))"
    }

    static func noSession(_ settings: ReviewSettings) -> String {
        "\(self.sessionName(settings))=; Max-Age=0; \(self.attributes(settings))"
    }

    static func form(_ headers: HTTPFields, _ settings: ReviewSettings) -> String? {
        self.value(self.formName(settings), in: headers)
    }

    static func form(_ value: String, _ settings: ReviewSettings) -> String {
        "\(self.formName(settings))=\(value); \(self.attributes(settings))"
    }

    static func language(_ headers: HTTPFields) -> String? { self.value(self.languageName, in: headers) }

    static func language(_ code: String, _ settings: ReviewSettings) -> String {
        "\(self.languageName)=\(code); Max-Age=31536000; \(self.attributes(settings))"
    }

    private static func attributes(_ settings: ReviewSettings) -> String {
        "Path=/; HttpOnly; SameSite=Strict" + (settings.isTLS ? "; Secure" : "")
    }

    private static func value(_ name: String, in headers: HTTPFields) -> String? {
        for header in headers[values: .cookie] {
            for part in header.split(separator: ";") {
                let halves = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                if halves.count == 2, halves[0] == name, halves[1].utf8.count <= 128 { return String(halves[1]) }
            }
        }
        return nil
    }
}
