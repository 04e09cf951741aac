/// An evaluation in the form that a service reads, within the limits that the service sets.
package struct RenderedForm: Sendable {
    package let text: String
    /// What did not fit, and where it is; `nil` where everything did.
    package let omission: String?

    init(_ text: String, omission: String? = nil) { (self.text, self.omission) = (text, omission) }

    /// The sentence about findings that were left out, in the form itself and beside it.
    static func omission(_ left: Int, of all: Int, _ form: String, _ limit: String, command: String = "check")
        -> String?
    {
        left == 0
            ? nil
            : "\(left) of \(all) findings are not in \(form), which takes \(limit); 'leviathan \(command) --json' has them all"
    }
}
