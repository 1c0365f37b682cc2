import Foundation

/// The last days up to now, as the record writes times.
struct ReviewPeriod {
    /// What is looked at where nobody says for how long.
    static let usual = 30
    static let alerts = 7

    let days: Int
    let since: String
    let until: String

    init(days: Int = usual, _ frame: PageFrame) {
        let now = Date()
        self.days = days
        self.since = frame.times.recorded(now.addingTimeInterval(-86_400 * Double(days)))
        self.until = frame.times.recorded(now.addingTimeInterval(1))
    }
}
