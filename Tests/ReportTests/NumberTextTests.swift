import Foundation
import Report
import Testing

@Suite("Numbers and times in a sentence")
struct NumberTextTests {
    @Test(
        "have their thousands apart",
        arguments: [(0, "0"), (999, "999"), (20_000, "20,000"), (-1_234_567, "-1,234,567")]
    )
    func grouped(number: Int, text: String) {
        #expect(Texts.of(.english).number(number) == text)
    }

    @Test(
        "are counted in the unit that people use",
        arguments: [
            (1, "1 second"), (89, "89 seconds"), (90, "2 minutes"), (299, "5 minutes"), (7_200, "2 hours"),
            (172_800, "2 days"), (Int.max, "106,751,991,167,300 days"), (-5, "0 seconds"),
        ]
    )
    func durations(seconds: Int, text: String) {
        #expect(Texts.of(.english).duration(seconds: seconds) == text)
    }

    @Test("are told in the zone of the place, and stay as they are when they are none")
    func moments() throws {
        let tokyo = try #require(TimeZone(identifier: "Asia/Tokyo"))
        let recorded = "2026-11-07T00:12:59.000001Z"
        #expect(LocalMoment.text(recorded, in: .of(.english), zone: tokyo) == "7 Nov 2026 09:12")
        #expect(LocalMoment.text(recorded, in: .of(.japanese), zone: tokyo) == "2026年11月7日 09:12")
        #expect(LocalMoment.day(recorded, in: .of(.japanese), zone: tokyo) == "2026年11月7日")
        #expect(LocalMoment.text("<b>", in: .of(.english), zone: tokyo) == "<b>")
        #expect(LocalMoment.duration(from: "x", to: recorded, in: .of(.english)) == "")
    }
}
