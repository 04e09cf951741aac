import Testing
import XML

@Suite struct XMLElementTests {
    private func outline(_ element: XMLElement, _ bytes: [UInt8]) -> String {
        let inner = element.children.map { outline($0, bytes) }.joined(separator: " ")
        return element.name
            + (element.children.isEmpty
                ? "=" + String(decoding: bytes[element.content], as: UTF8.self) : "(" + inner + ")")
    }

    @Test(arguments: [
        ("<a><b>1</b><c/></a>", "a(b=1 c=)"), ("<?xml version='1.0'?>\n<a x='>'> t </a>\n", "a= t "),
        ("\u{FEFF}<a><!-- <b> --><b><![CDATA[<c>]]></b></a>", "a(b=<![CDATA[<c>]]>)"),
        ("<!DOCTYPE a [<!ENTITY e \"<b/>\">]><a>&e;</a>", "a=&e;"),
        ("<?xml version='1.0' encoding='windows-1252'?><a><v>1</v></a>", "a(v=1)"), ("<a>é</a>", "a=é"),
    ])
    func findsElementsAndTheirContent(text: String, expected: String) throws {
        let bytes = Array(text.utf8)
        #expect(outline(try XMLElement.parse(bytes), bytes) == expected)
    }

    @Test(arguments: [
        ("", "no element found", 0), ("<a><b></a>", "mismatched tag", 8), ("<a>", "no element found", 3),
        ("<a>&x;</a>", "undefined entity", 3), ("<a b=c></a>", "not well-formed (invalid token)", 5),
        ("<a/><b/>", "junk after document element", 4), ("<!-- ", "unclosed token", 0),
    ])
    func saysWhatIsWrongAndWhere(text: String, problem: String, offset: Int) {
        do throws(XMLError) {
            _ = try XMLElement.parse(Array(text.utf8))
            Issue.record("it was read")
        } catch {
            #expect(error.kind == .malformed && error.problem == problem && error.offset == offset, "\(error)")
        }
    }

    @Test func depthIsBounded() throws {
        _ = try XMLElement.parse(
            Array((String(repeating: "<a>", count: 200) + String(repeating: "</a>", count: 200)).utf8))
        #expect(throws: XMLError.self) {
            try XMLElement.parse(Array(String(repeating: "<a>", count: 100_000).utf8))
        }
    }

    /// A thousand million of them, were they written out.
    @Test func entitiesAreNotExpanded() throws {
        var text = "<!DOCTYPE a [<!ENTITY e0 \"x\">"
        for level in 1...9 {
            text += "<!ENTITY e\(level) \"" + String(repeating: "&e\(level - 1);", count: 10) + "\">"
        }
        let bytes = Array((text + "]><a>&e9;</a>").utf8)
        #expect(outline(try XMLElement.parse(bytes), bytes) == "a=&e9;")
        let outside = Array("<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>".utf8)
        #expect(outline(try XMLElement.parse(outside), outside) == "a=&e;")
    }
}
