import Report

/// `leavecopy check`: tries the configuration, the machine and the mail server, and says of each what is well, what is
/// not, and the step that mends it. Changes nothing anywhere.
package struct Check: Sendable {
    let environment: CheckEnvironment
    var report = CheckReport()

    /// The password is asked for only when the mail server can be reached; nil when the person gives none.
    package static func run(
        _ options: ServeOptions,
        in surroundings: Surroundings,
        account: String?,
        password: @Sendable () async -> CheckedAccount?,
        environment: CheckEnvironment
    ) async -> CheckReport {
        var check = Check(environment: environment)
        let configuration: Configuration
        do throws(ConfigurationFailure) {
            configuration = try Configuration.load(options, in: surroundings)
        } catch {
            check.configurationIsWrong(error)
            return check.report
        }
        check.report.ok(
            "configuration",
            Phrase(
                "configuration: \(configuration.listeners.count) listeners before \(configuration.upstream.url.host)",
                "設定: リスナー \(configuration.listeners.count) 個、メールサーバー \(configuration.upstream.url.host)"
            )
        )
        check.stateFolder(configuration.stateFolder)
        for listener in configuration.listeners { check.certificates(of: listener) }
        await check.mailServer(configuration, account: account, password: password)
        check.unreadNote()
        return check.report
    }

    private mutating func configurationIsWrong(_ failure: ConfigurationFailure) {
        for problem in failure.problems {
            self.report.fail(
                "configuration",
                Phrase(
                    "\(problem.place): \(problem.what.english)",
                    "\(problem.place): \(problem.what.japanese)"
                ),
                step: problem.hint,
                failure.status
            )
        }
    }

    /// IMAP marks what is read as seen for everybody, POP never did: a person should expect it.
    private mutating func unreadNote() {
        self.report.ok(
            "unread",
            Phrase(
                "note: mail that PCs fetch by POP stays unread for people who use IMAP or webmail",
                "注意: PC が POP で受信したメールは、IMAP や Web メールでは未読のままです"
            )
        )
    }
}
