internal import Contracts
internal import Pages

/// Tasks to begin with, as they would be written, and the command that writes them.
enum TemplatesPage {
    static func page() -> ConsolePage {
        var page = ConsolePage("Templates", at: "/templates")
        page.add(
            "What they are for", id: "about",
            "<p>Tasks that many repositories have use for. In a checkout, each command writes the tasks that the policy has a scope for; none of them runs before somebody has looked at it and released it.</p>"
        )
        for template in BacklogTemplate.all {
            let tasks = template.items.map { item -> Markup in
                let text = item.task(in: item.executor, executorOfScope: item.executor, besides: []).text
                return Piece.folded(
                    "\(item.title)",
                    "<pre tabindex=\"0\" role=\"region\" aria-label=\"\(item.title)\">\(text)</pre>")
            }
            page.add(
                template.name, id: template.name,
                "<p>\(template.summary) \(Piece.code("leviathan add --template \(template.name)"))</p>\n\(tasks)")
        }
        return page
    }
}
