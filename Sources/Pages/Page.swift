/// A whole page: a title, what stands at its top, and its sections.
package struct Page: Sendable {
    /// Where a page has its style from.
    package enum Style: Sendable {
        /// The page needs no other file, and may not ask for one.
        case included
        /// A file of the same server.
        case linked(String)
    }

    package let title: String
    package let style: Style
    /// A script of the same server; the page works without it.
    package var script: String?
    /// A picture for the browser's tab.
    package var icon: String?
    /// Above the sections, such as navigation or a banner.
    package var top = Markup()
    package var sections: [Section] = []

    package init(_ title: String, style: Style = .included) { (self.title, self.style) = (title, style) }

    package mutating func add(_ title: String, id: String, _ body: Markup) {
        sections.append(Section(title: title, id: id, body: body))
    }

    package struct Section: Sendable {
        package let title: String
        package let id: String
        package let body: Markup

        fileprivate var markup: Markup {
            """
            <section aria-labelledby="\(id)">
            <h2 id="\(id)">\(title)</h2>
            \(body)
            </section>

            """
        }
    }

    package func render() -> String {
        let page: Markup = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            \(head)
            <title>\(title)</title>
            </head>
            <body>
            <a class="skip" href="#content">Skip to content</a>
            \(top.isEmpty ? top : "<header>\(top)</header>")
            <main id="content">
            <h1>\(title)</h1>
            \(sections.map(\.markup))
            </main>
            </body>
            </html>

            """
        return page.text
    }

    private var head: Markup {
        switch style {
        case .included:
            """
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <style>
            \(StyleSheet.markup)</style>
            """
        case .linked(let address):
            "<link rel=\"stylesheet\" href=\"\(address)\">\(icon.map(Self.icon) ?? Markup())\(script.map(Self.script) ?? Markup())"
        }
    }
}

extension Page {
    private static func icon(_ address: String) -> Markup { "\n<link rel=\"icon\" href=\"\(address)\">" }

    private static func script(_ address: String) -> Markup { "\n<script src=\"\(address)\" defer></script>" }
}

/// Small pieces that pages are made of.
package enum Piece {
    /// How well something stands: a word, and the colour that goes with it.
    package enum Tone: String, Sendable {
        case good, bad, warning, neutral
    }

    package static func badge(_ words: String, _ tone: Tone) -> Markup {
        "<span class=\"badge \(tone.rawValue)\">\(words)</span>"
    }

    /// Figures side by side, each with what it counts.
    package static func figures(_ figures: [(value: String, words: String)]) -> Markup {
        let items = figures.map { figure -> Markup in
            "<div><dt>\(figure.words)</dt><dd>\(figure.value)</dd></div>\n"
        }
        return "<dl class=\"figures\">\n\(items)</dl>"
    }

    /// What is known of one thing, each fact with its name.
    package static func facts(_ facts: [(name: String, value: Markup)]) -> Markup {
        let items = facts.map { fact -> Markup in "<div><dt>\(fact.name)</dt><dd>\(fact.value)</dd></div>\n" }
        return "<dl class=\"facts\">\n\(items)</dl>"
    }

    package static func paragraph(_ words: Markup) -> Markup { "<p>\(words)</p>" }

    /// Words in place of a list that has nothing in it.
    package static func nothing(_ words: String) -> Markup { "<p class=\"nothing\">\(words)</p>" }

    package static func code(_ text: String) -> Markup { "<code>\(text)</code>" }

    /// What opens when asked for; printed pages show it open or not as it stands.
    package static func folded(_ summary: String, _ body: Markup) -> Markup {
        "<details><summary>\(summary)</summary>\n\(body)\n</details>"
    }
}
