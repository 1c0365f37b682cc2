import Report

// The gateway's own machine: the state folder and the certificates.
extension Check {
    private static let mebibyte: Int64 = 1 << 20
    private static let day: Int64 = 86_400

    mutating func stateFolder(_ path: String) {
        switch self.environment.folder(path) {
        case .missing(mayBeMade: true):
            self.report.ok(
                "state",
                Phrase(
                    "state folder \(path): made at the first start",
                    "状態フォルダー \(path): 初回起動時に作成"
                )
            )
        case .missing(mayBeMade: false):
            self.report.fail(
                "state",
                Phrase(
                    "state folder \(path) does not exist, and this user cannot make it",
                    "状態フォルダー \(path) がなく、このユーザーには作れません"
                ),
                step: Phrase(
                    "make it for the user that serves: install -d -m 700 -o USER \(path)",
                    "サーバーのユーザー用に作成: install -d -m 700 -o USER \(path)"
                ),
                .permission
            )
        case .notAFolder:
            self.report.fail(
                "state",
                Phrase("state folder \(path) is a file", "状態フォルダー \(path) はファイルです"),
                step: Phrase("give another path with 'state:'", "'state:' に別のパスを書いてください"),
                .configuration
            )
        case .there(let owner, isOurs: false, _, _):
            self.report.fail(
                "state",
                Phrase("state folder \(path) belongs to \(owner)", "状態フォルダー \(path) の所有者は \(owner) です"),
                step: Phrase(
                    "run it as that user: sudo -u \(owner) leavecopy check",
                    "そのユーザーで実行: sudo -u \(owner) leavecopy check"
                ),
                .permission
            )
        case .there(let owner, isOurs: true, let mode, let free):
            self.folderMode(path, owner, mode)
            self.freeSpace(path, free)
        }
    }

    private mutating func folderMode(_ path: String, _ owner: String, _ mode: Int) {
        guard mode & 0o077 != 0 else {
            return self.report.ok(
                "state",
                Phrase(
                    "state folder \(path), owner \(owner)",
                    "状態フォルダー \(path)、所有者 \(owner)"
                )
            )
        }
        self.report.warn(
            "state",
            Phrase(
                "state folder \(path) can be read by other users",
                "状態フォルダー \(path) を他のユーザーが読めます"
            ),
            step: Phrase("chmod 700 \(path)", "chmod 700 \(path)")
        )
    }

    private mutating func freeSpace(_ path: String, _ free: Int64) {
        let shown = "\(free / Self.mebibyte) MiB"
        let step = Phrase(
            "make room: without it logins are refused",
            "空きを作ってください。なくなるとログインを断ります"
        )
        switch free {
        case ..<(64 * Self.mebibyte):
            self.report.fail(
                "space",
                Phrase(
                    "only \(shown) are free at \(path)",
                    "\(path) の空きは \(shown) だけです"
                ),
                step: step,
                .failure
            )
        case ..<(1_024 * Self.mebibyte):
            self.report.warn(
                "space",
                Phrase(
                    "\(shown) are free at \(path)",
                    "\(path) の空きは \(shown) です"
                ),
                step: step
            )
        case _:
            self.report.ok("space", Phrase("\(shown) are free for the record", "記録のための空き: \(shown)"))
        }
    }

    mutating func certificates(of listener: Configuration.Listener) {
        let name = listener.name
        switch self.environment.certificates(listener) {
        case .made:
            self.report.ok(
                "certificate",
                Phrase("listener \(name): certificate of the private CA", "リスナー \(name): 私設認証局の証明書")
            )
        case .unusable(let reason):
            let file = listener.certificates.first.map { "\($0.place)" } ?? name
            self.report.fail(
                "certificate",
                Phrase(
                    "listener \(name): the certificate cannot be used: \(reason)",
                    "リスナー \(name): 証明書を使えません: \(reason)"
                ),
                step: Phrase(
                    "look at 'certificate' and 'key' in \(file)",
                    "\(file) の 'certificate' と 'key' を確かめてください"
                ),
                .configuration
            )
        case .given(let end):
            self.certificateEnd(end, "certificate", of: Phrase("listener \(name)", "リスナー \(name)"), .configuration)
        }
    }

    /// Certificates that are renewed by machines have 30 days left at the least.
    mutating func certificateEnd(_ end: Int64, _ subject: String, of whose: Phrase, _ status: ExitStatus) {
        let days = end.subtractingReportingOverflow(self.environment.now()).partialValue / Self.day
        let step = Phrase("renew it; the server takes it up on SIGHUP", "更新してください。SIGHUP で読み込みます")
        guard days >= 0, end > self.environment.now() else {
            return self.report.fail(
                subject,
                Phrase(
                    "\(whose.english): the certificate has ended",
                    "\(whose.japanese): 証明書の期限が切れています"
                ),
                step: step,
                status
            )
        }
        let what = Phrase(
            "\(whose.english): certificate good for \(days) days",
            "\(whose.japanese): 証明書は残り \(days) 日"
        )
        guard days < 30 else { return self.report.ok(subject, what) }
        self.report.warn(subject, what, step: step)
    }
}
