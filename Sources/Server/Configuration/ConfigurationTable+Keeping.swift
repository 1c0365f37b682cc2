import enum Gateway.DetailsKept
import struct Store.Retention

/// What is kept on record, and for how long.
extension ConfigurationTable {
    /// May stand at the top and in `accounts`.
    static func messageDetails(isForAll: Bool) -> ConfigurationKey {
        ConfigurationKey(
            "message-details",
            .choice(DetailsKept.allCases.map(\.rawValue)),
            standard: isForAll ? DetailsKept.full.rawValue : nil,
            example: "hashed",
            "What is kept of Subject, From, Message-ID and Date: full, hashed (only to be found again), or none.",
            "件名・差出人・Message-ID・日付の残し方: full (そのまま)、hashed (照合だけできる形)、none (残さない)。"
        )
    }

    static let keeping: [ConfigurationKey] = [
        ConfigurationKey(
            "keep",
            .form(.retention),
            standard: "days \(Retention.usualDays)",
            example: "days 400",
            "How long the record is kept; what is older is dropped, and a record says so.",
            "記録の保存期間。これより古い記録は削除し、削除したことを記録に残す。"
        ),
        ConfigurationKey(
            "keep-size",
            .size(1 << 20...1 << 40),
            example: "2G",
            "How large the database may be; the oldest records are dropped beyond that. No limit when left out.",
            "データベースの大きさの上限。超えると古い記録から削除する。省略時は無制限。"
        ),
    ]
}
