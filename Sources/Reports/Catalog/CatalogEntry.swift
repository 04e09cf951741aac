/// What there is to say about one stable id: what it means, why it exists, and how to satisfy it.
package struct CatalogEntry: Hashable, Sendable {
    package let id: String
    /// What is so, in one sentence.
    package let summary: String
    /// Why it is looked at.
    package let reason: String
    /// What to do about it.
    package let remedy: String
    /// What shows it; one line or a few.
    package let example: String

    init(_ id: String, _ summary: String, why reason: String, mend remedy: String, example: String) {
        (self.id, self.summary, self.reason) = (id, summary, reason)
        (self.remedy, self.example) = (remedy, example)
    }
}
