import Basics
import Testing

@Suite struct InstantTests {
    @Test(arguments: [
        ("2026-01-01", "2026-01-01T00:00:00.000000Z"), ("2026-02-01T10:20:30Z", "2026-02-01T10:20:30.000000Z"),
        ("2026-02-01T10:20:30.5+02:00", "2026-02-01T08:20:30.500000Z"),
        ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000000Z"),
        ("2000-02-29 12:00", "2000-02-29T12:00:00.000000Z"),
        ("2026-01-01T00:00:00.1234567Z", "2026-01-01T00:00:00.123456Z"),
    ])
    func readsAndWrites(text: String, canonical: String) {
        #expect(Instant(text)?.description == canonical)
    }

    @Test(arguments: [
        "", "2026", "2026-13-01", "2026-02-30", "2026-01-01T", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00X",
    ])
    func refuses(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test func everyDayRoundTrips() {
        for day in stride(from: Int64(-800_000), to: 800_000, by: 97) {
            #expect(CalendarDate(daysSinceEpoch: day).daysSinceEpoch == day)
        }
    }
}

@Suite struct TextValueTests {
    @Test(arguments: [("15m", 900), ("1h30m", 5400), ("2d", 172_800), ("0s", 0)])
    func readsDurations(text: String, seconds: Int64) {
        #expect(DurationText.parse(text) == .seconds(seconds))
        #expect(DurationText.text(.seconds(seconds)) == text)
    }

    @Test(arguments: ["", "15", "m", "15x", "-3s", "1.5h", "99999999999999999999s"])
    func refusesDurations(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: [("4MB", 4_000_000), ("500KB", 500_000), ("1GiB", 1 << 30), ("12", 12), ("2 MB", 2_000_000)])
    func readsSizes(text: String, bytes: Int) {
        #expect(SizeText.parse(text) == bytes)
    }

    @Test(arguments: ["", "MB", "-1", "1.5MB", "9999999999999999GB"])
    func refusesSizes(text: String) {
        #expect(SizeText.parse(text) == nil)
    }

    @Test func identifiersAreRandomAndWellFormed() {
        let (one, two) = (IdentifierSource.system.uuid(), IdentifierSource.system.uuid())
        #expect(one != two)
        #expect(one.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
        #expect(one.dropFirst(14).first == "4")
        #expect(
            IdentifierSource { [UInt8](repeating: 0, count: $0) }.uuid() == "00000000-0000-4000-8000-000000000000")
    }

    @Test(arguments: [("propse", "propose"), ("tsak-001", "task-001"), ("lintt", "lint")])
    func suggestsTheNearest(typed: String, expected: String) {
        #expect(Suggestion.nearest(to: typed, among: ["propose", "task-001", "lint", "init"]) == expected)
    }

    @Test func suggestsNothingFarAway() {
        #expect(Suggestion.nearest(to: "zebra", among: ["propose", "lint"]) == nil)
    }
}
