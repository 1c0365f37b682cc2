import Report

extension ConfigurationAssembly {
    mutating func record() -> Configuration.Record {
        var record = Configuration.Record()
        for index in 0..<self.settings.count(of: "record.streams") {
            let path = "record.streams[\(index)]"
            guard self.oneTarget(path, among: ["file", "to", "server"]) else { continue }
            if let file = self.settings.text("\(path).file") { record.streams.append(.file(file)) }
            if let service = self.settings.text("\(path).to").flatMap(Configuration.Stream.Service.init) {
                record.streams.append(.service(service))
            }
            if let server = self.settings.text("\(path).server").flatMap(SyslogServer.init) {
                record.streams.append(.server(server))
            }
            self.checkRepeat(record.streams, path)
        }
        for index in 0..<self.settings.count(of: "record.checkpoints") {
            let path = "record.checkpoints[\(index)]"
            guard self.oneTarget(path, among: ["file", "to", "command"]) else { continue }
            if let file = self.settings.text("\(path).file") { record.checkpoints.append(.file(file)) }
            if let service = self.settings.text("\(path).to").flatMap(Configuration.CheckpointTarget.Service.init) {
                record.checkpoints.append(.service(service))
            }
            if let words = self.settings.texts("\(path).command") { record.checkpoints.append(.command(words)) }
            self.checkRepeat(record.checkpoints, path)
        }
        return record
    }

    func alerts() -> Configuration.Alerts {
        var alerts = Configuration.Alerts()
        alerts.command = self.settings.texts("alerts.on-alert")
        alerts.deletions = self.settings.integer("alerts.deletions") ?? alerts.deletions
        alerts.deletionMinutes = self.settings.integer("alerts.deletion-minutes") ?? alerts.deletionMinutes
        alerts.failuresAnHour = self.settings.integer("alerts.failures") ?? alerts.failuresAnHour
        alerts.freeOctets = self.settings.integer("alerts.disk-free").map { UInt64(clamping: $0) } ?? alerts.freeOctets
        alerts.mailboxPercent = self.settings.integer("alerts.mailbox-percent") ?? alerts.mailboxPercent
        return alerts
    }

    /// An entry says one of `keys`.
    private mutating func oneTarget(_ path: String, among keys: [String]) -> Bool {
        let given = keys.filter { self.settings["\(path).\($0)"] != nil }
        guard let first = given.first else {
            if ([path] + keys.map { "\(path).\($0)" }).contains(where: self.rejected.contains) { return false }
            let all = keys.map { "'\($0)'" }
            self.problem(
                path,
                Phrase("this entry of '\(Self.list(path))' says no target", "'\(Self.list(path))' のこの項目に行き先がありません"),
                hint: Phrase(
                    "write one of \(all.joined(separator: ", "))",
                    "\(all.joined(separator: "、")) のいずれかを書いてください"
                )
            )
            return false
        }
        guard let second = given.dropFirst().first else { return true }
        self.problem(
            "\(path).\(second)",
            Phrase("'\(first)' and '\(second)' exclude each other", "'\(first)' と '\(second)' は一緒に書けません"),
            hint: Phrase("make two entries of it", "二つの項目に分けてください")
        )
        return false
    }

    /// Two streams into one file would write every record twice.
    private mutating func checkRepeat<Target: Equatable>(_ targets: [Target], _ path: String) {
        guard let last = targets.last, targets.dropLast().contains(last) else { return }
        let key = ["file", "to", "server", "command"].first { self.settings["\(path).\($0)"] != nil } ?? "file"
        self.problem(
            "\(path).\(key)",
            Phrase("this target stands here a second time", "同じ行き先が二度書かれています"),
            hint: Phrase("keep one", "一つだけ残してください")
        )
    }

    private static func list(_ path: String) -> Substring { path.prefix { $0 != "[" } }
}
