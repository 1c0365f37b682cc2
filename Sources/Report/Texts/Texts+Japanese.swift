extension Texts {
    static let japanese = Texts(
        code: "ja",
        name: "日本語",
        Texts.japaneseRecord,
        Texts.japaneseDone,
        Texts.japaneseReport,
        Texts.japaneseDiagnosis,
        Texts.japaneseSteps,
        Texts.japanesePage,
        Texts.japaneseStaff,
        Texts.japaneseHelp,
        Texts.japaneseNotice
    )
}
