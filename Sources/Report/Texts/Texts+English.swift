extension Texts {
    /// Keys are in parts: `action.` and `done.` are what the record says, `diagnosis.` what it means, `steps.` what mends
    /// it, `page.` what stands on the page, `report.` in the report, `help.` on the page of help, `notice.` in a
    /// message to a PC that is set wrong.
    static let english = Texts(
        code: "en",
        name: "English",
        Texts.englishRecord,
        Texts.englishDone,
        Texts.englishReport,
        Texts.englishDiagnosis,
        Texts.englishSteps,
        Texts.englishPage,
        Texts.englishStaff,
        Texts.englishHelp,
        Texts.englishNotice
    )
}
