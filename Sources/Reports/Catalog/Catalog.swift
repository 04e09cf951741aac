internal import Basics
internal import Contracts

/// All that can be looked up by a stable id: rules, reasons for refusals, and diagnostics.
package enum Catalog {
    package enum Kind: String, CaseIterable, Sendable {
        case rule, refusal, diagnostic

        /// Where the entries of the kind stand.
        package var page: String { self == .diagnostic ? "docs/diagnostics.md" : "docs/rules.md" }
    }

    /// One meaning of an id; some words are both a diagnostic and a refusal.
    package struct Meaning: Sendable {
        package let kind: Kind
        package let entry: CatalogEntry

        package var page: String { "\(kind.page)#\(entry.id)" }
    }

    package static func meanings(of id: String) -> [Meaning] {
        all.filter { $0.entry.id == id }
    }

    package static var ids: [String] { all.map(\.entry.id) }

    package static var all: [Meaning] {
        RuleCatalog.entries.map { Meaning(kind: .rule, entry: $0) }
            + RefusalCatalog.entries.map { Meaning(kind: .refusal, entry: $0) }
            + DiagnosticID.allCases.map { Meaning(kind: .diagnostic, entry: CatalogEntry($0.entry)) }
    }
}

extension CatalogEntry {
    fileprivate init(_ entry: DiagnosticEntry) {
        self.init(
            entry.id.rawValue, entry.summary,
            why:
                "The files below .leviathan/ decide what is done, so whatever is unclear in them is named before anything runs.",
            mend: "Write it as in the second example; 'leviathan lint --fix' does it where that is safe.",
            example: Self.text(entry.bad) + "mended:\n" + Self.text(entry.mended))
    }

    private static func text(_ example: DiagnosticEntry.Example) -> String {
        switch example {
        case .text(let file, let text):
            "# \(file)\n\(text.utf8.count > 1500 ? String(text.prefix(700)) + "…\n" : text)"
        case .bytes(_, _, let description), .fault(_, _, let description): description + "\n"
        case .absent(let file): "there is no \(file)\n"
        }
    }
}

/// The page of rules and refusals, made from their entries.
package enum CatalogPage {
    package static var markdown: String {
        """
        # Rules and refusals

        Every rule that can reject a change or warn about it, and every reason for which a task may not run, by the stable id that
        output, JSON and reports carry. `leviathan explain ID` shows the same; diagnostics of `lint` are on
        [a page of their own](diagnostics.md). This page is made from the program's own entries.

        ## Rules


        """ + table(RuleCatalog.entries) + "\n## Refusals\n\n" + table(RefusalCatalog.entries)
            + (RuleCatalog.entries + RefusalCatalog.entries).map(section).joined()
    }

    private static func table(_ entries: [CatalogEntry]) -> String {
        "| id | meaning |\n| --- | --- |\n"
            + entries.map { "| [`\($0.id)`](#\($0.id)) | \($0.summary) |\n" }.joined()
    }

    private static func section(_ entry: CatalogEntry) -> String {
        """

        ### \(entry.id)

        \(entry.summary) \(entry.reason)

        What to do: \(entry.remedy)

        For example: `\(entry.example.replacing("`", with: "'"))`

        """
    }
}
