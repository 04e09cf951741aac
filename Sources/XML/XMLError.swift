/// Why a document cannot be read, and at which byte.
package struct XMLError: Error, Equatable {
    package enum Kind: Sendable { case malformed, tooDeep, libraryMissing }

    package let kind: Kind
    package let problem: String
    package let offset: Int

    init(_ kind: Kind, _ problem: String, offset: Int) {
        (self.kind, self.problem, self.offset) = (kind, problem, offset)
    }
}
