import Basics
import Testing

@Suite struct JSONTests {
    @Test(arguments: [
        (2.0, "2.0"), (1e21, "1e+21"), (1e16, "1e+16"), (123456789012345680.0, "1.2345678901234568e+17"),
        (0.1, "0.1"), (1e-5, "1e-05"), (0.0001, "0.0001"), (-0.0, "-0.0"), (1e15, "1000000000000000.0"),
        (Double.leastNonzeroMagnitude, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        (12.5, "12.5"),
    ])
    func writesDoublesAsPythonDoes(value: Double, text: String) {
        #expect(JSON.double(value).text() == text)
    }

    @Test func canonicalFormSortsByCodePointAndEscapes() throws {
        let value = try JSON.parse(#"{"b": [1, {"z": null, "é": true}], "a": "😀\u007f\n"}"#)
        #expect(value.text(.canonical) == #"{"a":"\ud83d\ude00\u007f\n","b":[1,{"z":null,"\u00e9":true}]}"#)
    }

    @Test func keepsEveryDigitOfAnInteger() throws {
        let text = "[123456789012345678901234567890,-9223372036854775808,9007199254740993]"
        #expect(try JSON.parse(text).text() == text)
    }

    @Test func keepsMembersThatOnlyLookAlike() throws {
        let value = try JSON.parse("{\"\u{e9}\":1,\"e\u{301}\":2}")
        #expect(value.members?.count == 2)
    }

    @Test func prettyPrintsWithOrderKept() throws {
        let value: JSON = ["outcome": "prepared", "changes": [["path": "a"]], "none": [], "error": nil]
        let expected = """
            {
              "outcome": "prepared",
              "changes": [
                {
                  "path": "a"
                }
              ],
              "none": [],
              "error": null
            }
            """
        #expect(value.text(.pretty) == expected)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\" 1}", "01", "1.", "nul", "\"\u{1}\"", "\"\\q\"", "\"abc", "1 2", "1e999",
        "\"\\u12\"",
    ])
    func refusesWhatIsNotJSON(text: String) {
        #expect(throws: JSONError.self) { try JSON.parse(text) }
    }

    @Test func refusesBottomlessNesting() {
        #expect(throws: JSONError.self) { try JSON.parse(String(repeating: "[", count: 100_000)) }
    }
}
