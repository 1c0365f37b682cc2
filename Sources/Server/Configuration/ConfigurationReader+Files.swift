import Report

extension ConfigurationReader {
    /// The full path of a file that can be read or run; other kinds of text as they are. Nil when a problem was said.
    mutating func checked(
        _ text: String,
        _ kind: ConfigurationKey.Kind,
        isFirst: Bool = true,
        path: String,
        place: ConfigurationPlace
    ) -> String? {
        switch kind {
        case .folder:
            return ConfigurationFiles.absolute(text, in: self.folder)
        case .file, .files:
            let full = ConfigurationFiles.absolute(text, in: self.folder)
            guard let obstacle = self.files.obstacle(full) else { return full }
            let what = Phrase("the file \(full) cannot be read", "ファイル \(full) を読めません")
            return self.refuse(path, place, what, hint: obstacle)
        case .newFile:
            return self.checkedNew(ConfigurationFiles.absolute(text, in: self.folder), path: path, place: place)
        case .secretFile:
            return self.checkedSecret(ConfigurationFiles.absolute(text, in: self.folder), path: path, place: place)
        case .command:
            return isFirst ? self.checkedProgram(text, path: path, place: place) : text
        case .form, .forms, .integer, .size, .choice, .choices, .section, .list:
            return text
        }
    }

    /// The folder must be there, so that a slip in the path does not show only when something is to be written.
    private mutating func checkedNew(_ full: String, path: String, place: ConfigurationPlace) -> String? {
        guard let obstacle = self.files.folderObstacle(ConfigurationFiles.folder(of: full)) else { return full }
        let what = Phrase("the folder of \(full) cannot be used", "\(full) のフォルダーを使えません")
        return self.refuse(path, place, what, hint: obstacle)
    }

    /// Somebody may have written the password itself here, so a path that does not exist is not shown.
    private mutating func checkedSecret(_ full: String, path: String, place: ConfigurationPlace) -> String? {
        if let obstacle = self.files.obstacle(full) {
            return self.refuse(path, place, Phrase("the file cannot be read", "ファイルを読めません"), hint: obstacle)
        }
        guard self.files.isOpenToOthers(full) else { return full }
        return self.refuse(
            path,
            place,
            Phrase("other users may read the password", "ほかのユーザーがパスワードを読めます"),
            hint: Phrase("run: chmod 600 \(full)", "chmod 600 \(full) を実行してください")
        )
    }

    /// Nor is a program.
    private mutating func checkedProgram(_ text: String, path: String, place: ConfigurationPlace) -> String? {
        guard text.hasPrefix("/") else {
            return self.refuse(
                path,
                place,
                Phrase("a command begins with the whole path of a program", "コマンドはプログラムの絶対パスで始めます"),
                hint: Phrase(
                    "write a list, as in: [/usr/bin/pass, show, mail]",
                    "[/usr/bin/pass, show, mail] のようなリストで書いてください"
                )
            )
        }
        guard let obstacle = self.files.programObstacle(text) else { return text }
        return self.refuse(
            path,
            place,
            Phrase("the program cannot be run", "プログラムを実行できません"),
            hint: obstacle
        )
    }

    private mutating func refuse(_ path: String, _ place: ConfigurationPlace, _ what: Phrase, hint: Phrase) -> String? {
        self.reject(path)
        self.add(
            ConfigurationProblem(
                place,
                Phrase("'\(path)': \(what.english)", "'\(path)': \(what.japanese)"),
                hint: hint
            )
        )
        return nil
    }
}
