import Basics
import Testing

@Suite struct ObjectIDTests {
    @Test func hexRoundTrips() {
        let hex = "0123456789abcdef0123456789ABCDEF01234567"
        #expect(ObjectID(hex: hex)?.hex == hex.lowercased())
    }

    @Test(arguments: ["", "01", String(repeating: "g", count: 40), String(repeating: "a", count: 41)])
    func refusesWhatIsNotAnObjectID(text: String) {
        #expect(ObjectID(hex: text) == nil)
    }

    @Test func sortsAsItsHexDoes() throws {
        let low = try #require(ObjectID(hex: "00" + String(repeating: "f", count: 38)))
        let high = try #require(ObjectID(hex: "01" + String(repeating: "0", count: 38)))
        #expect(low < high)
        #expect(ObjectID.zero < low)
    }
}
