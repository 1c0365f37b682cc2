import ArgumentParser

struct AuditCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read the record, and verify that nothing in it was changed.",
        subcommands: [
            AuditList.self, AuditShow.self, AuditFollow.self, AuditReportCommand.self, AuditExport.self,
            AuditVerify.self, AuditProve.self, AuditErase.self,
        ]
    )
}
