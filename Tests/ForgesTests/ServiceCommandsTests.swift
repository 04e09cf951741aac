import Basics
import Model
import Testing

@Suite struct ServiceCommandsTests {
    @Test(arguments: [
        ("::error::x", ":\u{200B}:error::x"), ("a\n \t::set-env name=a::b", "a\n \t:\u{200B}:set-env name=a::b"),
        ("a\r::x::", "a\r:\u{200B}:x::"), ("x ##[group]y", "x #\u{200B}#[group]y"),
        ("##vso[task.x]", "#\u{200B}#vso[task.x]"), ("###[x]", "##\u{200B}#[x]"),
        ("section_start:1:a\r", "section\u{200B}_start:1:a\r"), ("\u{2003}::x", "\u{2003}:\u{200B}:x"),
    ])
    func aCommandIsBroken(text: String, broken: String) {
        #expect(ServiceCommands.broken(text) == broken)
        #expect(ServiceCommands.broken(broken) == broken)
    }

    @Test(arguments: ["", "a::b", "a ::b", "## Heading", ":: ", "::", "#[x]", "a_b", "##\n[x]", "C++ ##x"])
    func otherTextStays(text: String) { #expect(ServiceCommands.broken(text) == text) }

    @Test func aJSONDocumentSaysTheSame() throws {
        let value: JSON = [
            "a": "##vso[x]", "##[b]": ["###[c]", "\n::error::d", "section_start:1:a", "travis_fold:start:a"],
        ]
        for text in [value.text(), value.text(.pretty)] {
            let broken = ServiceCommands.broken(json: text)
            #expect(!broken.contains("##") && !broken.contains("section_start") && !broken.contains("travis_fold"))
            #expect(try JSON.parse(broken) == value)
        }
    }
}
