import Pages
import Testing

/// Text that came from elsewhere stays text, wherever in a page it gets.
@Suite struct MarkupTests {
    @Test(arguments: [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("\"onload='x'", "&quot;onload=&#39;x&#39;"), ("a & b &amp; c", "a &amp; b &amp;amp; c"),
        ("line\nbreak\tand\rreturn", "line\nbreak\tand[U+D]return"), ("nul\0", "nul[U+0]"),
        ("\u{1B}[31mred", "[U+1B][31mred"), ("user\u{202E}gpj.exe", "user[U+202E]gpj.exe"),
        ("a\u{2066}b\u{2069}", "a[U+2066]b[U+2069]"), ("\u{85}\u{2028}\u{FEFF}", "[U+85][U+2028][U+FEFF]"),
        ("Grüße, 世界, 👩‍👩‍👧, שלום", "Grüße, 世界, 👩‍👩‍👧, שלום"),
    ])
    func escapesWhatIsPutIntoIt(text: String, page: String) {
        let element: Markup = "<p title=\"\(text)\">\(text)</p>"
        #expect(element.text == "<p title=\"\(page)\">\(page)</p>")
    }

    @Test func keepsMarkupThatIsPutIntoIt() {
        let inner: Markup = "<b>\("<i>")</b>"
        let outer: Markup = "<p>\(inner)\([inner, inner])\(7)</p>"
        #expect(outer.text == "<p><b>&lt;i&gt;</b><b>&lt;i&gt;</b><b>&lt;i&gt;</b>7</p>")
        #expect([inner, "x"].joined(separator: ", ").text == "<b>&lt;i&gt;</b>, x")
    }

    @Test(arguments: ["https://forge.example/pull/1", "http://127.0.0.1:8000/", "/attempts/a", "#targets"])
    func linksToTheWebAndToThisPlace(address: String) {
        #expect(Markup.link("words", to: address).text == "<a href=\"\(address)\">words</a>")
    }

    @Test(arguments: [
        "javascript:alert(1)", "JavaScript:alert(1)", " https://x.example", "data:text/html,x", "//evil.example/x",
        "/\\evil.example", "ftp://x.example", "",
    ])
    func linksNowhereElse(address: String) {
        #expect(Markup.link("words", to: address).text == "words")
    }
}
