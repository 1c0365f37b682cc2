import Foundation
import Gateway
import Report
import Store
import Testing

@Suite("A chart")
struct ChartTests {
    private static let texts = Texts.of(.english)

    private static func chart(_ groups: [BarChart.Group], _ form: BarChart.Form) -> BarChart {
        BarChart(title: "Attempts <b>", series: ["retrieved", "deleted"], groups: groups, form: form)
    }

    private static func bars(_ svg: String) -> Int { svg.ranges(of: "<rect ").count }

    @Test("has a bar for each number but 0, each with a title", arguments: [BarChart.Form.columns, .rows])
    func bars(form: BarChart.Form) throws {
        let groups = [BarChart.Group("one", [3, 20_000]), .init("two", [0, 1]), .init("three", [])]
        let svg = Self.chart(groups, form).svg(id: "c1", in: Self.texts)
        #expect(Self.bars(svg) == 3)
        #expect(svg.contains("<title>one, deleted: 20,000</title>"))
        #expect(svg.contains("<title id=\"c1-title\">Attempts &lt;b&gt;</title>"))
        #expect(svg.contains("<desc id=\"c1-text\">retrieved: 3, deleted: 20,001</desc>"))
        #expect(try Self.isWellFormed(svg))
    }

    @Test("harms nothing by what a device is called", arguments: [BarChart.Form.columns, .rows])
    func names(form: BarChart.Form) throws {
        let svg = Self.chart([.init("\"><script>alert(1)</script>\u{202E}", [1, 1])], form).svg(id: "c", in: Self.texts)
        #expect(!svg.contains("<script") && !svg.contains("\u{202E}"))
        #expect(try Self.isWellFormed(svg))
    }

    @Test("needs no style of an element's own, no script and nothing from elsewhere")
    func policy() {
        let html = Self.chart([.init("one", [1, 2])], .columns).html(id: "c", in: Self.texts)
        #expect(!html.contains("style=") && !html.contains("href") && !html.contains("<script"))
        #expect(!html.contains("http://") || html.ranges(of: "http").count == 1, "the name of SVG alone")
    }

    @Test("is drawn of nothing, of much, and of any number", arguments: [BarChart.Form.columns, .rows])
    func extremes(form: BarChart.Form) throws {
        for values in [[], [[0, 0]], [[Int.max, Int.max], [Int.max, 1]], [[-5, Int.min]]] as [[[Int]]] {
            let groups = values.enumerated().map { BarChart.Group("g\($0.offset)", $0.element) }
            #expect(try Self.isWellFormed(Self.chart(groups, form).svg(id: "c", in: Self.texts)))
        }
    }

    @Test("of days shows those on which nothing was, and puts days together where they are many")
    func days() {
        let attempts = [
            DailyAttempts(day: "2026-11-03", retrieved: 4, askedToDelete: 1, refused: 0),
            DailyAttempts(day: "2026-11-05", retrieved: 2, askedToDelete: 0, refused: 7),
        ]
        let (since, until) = ("2026-11-02T15:00:00.000000Z", "2026-11-06T00:00:00.000000Z")
        let chart = AttemptCharts.perDay(attempts, since: since, until: until, in: Self.texts)
        #expect(chart.groups.map(\.label) == ["11-02", "11-03", "11-04", "11-05"])
        #expect(chart.groups.map(\.values) == [[0, 0, 0], [4, 1, 0], [0, 0, 0], [2, 0, 7]])
        let year = AttemptCharts.perDay(
            attempts,
            since: "2026-01-01T00:00:00Z",
            until: "2027-01-01T00:00:00Z",
            in: Self.texts
        )
        #expect(year.groups.count <= 62)
        #expect(year.groups.map(\.values).reduce(0) { $0 + ($1.first ?? 0) } == 6)
        #expect(AttemptCharts.perDay(attempts, since: "x", until: until, in: Self.texts).groups.isEmpty)
    }

    @Test("of devices shows the busiest first")
    func devices() {
        let activities = (1...30).map { number in
            var activity = DeviceActivity(
                device: DeviceID(Int64(number)),
                name: "pc\(number)",
                account: "a",
                firstSeen: "",
                lastSeen: ""
            )
            activity.retrieved = number
            return activity
        }
        let chart = AttemptCharts.perDevice(activities, in: Self.texts)
        #expect(chart.groups.first?.label == "pc30")
        #expect(chart.groups.count == 20)
    }

    private static func isWellFormed(_ svg: String) throws -> Bool {
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        python.arguments = ["-c", "import sys,xml.dom.minidom as m; m.parseString(sys.stdin.buffer.read())"]
        let pipe = Pipe()
        python.standardInput = pipe
        try python.run()
        try pipe.fileHandleForWriting.write(contentsOf: Data(svg.utf8))
        try pipe.fileHandleForWriting.close()
        python.waitUntilExit()
        return python.terminationStatus == 0
    }
}
