package import Report

extension Configuration {
    /// The languages of a message to a PC: the one that somebody chose; where nobody did, it is not known who reads it, so all.
    package var noticeLanguages: [Texts] {
        guard case .place? = self.settings["language"]?.origin else { return Texts.all }
        return [.of(self.language)]
    }
}
