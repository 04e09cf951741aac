/// An error that says what failed, where, why, and what to do next.
package protocol ExplainedError: Error, CustomStringConvertible {
    /// One line: what failed, and where.
    var message: String { get }
    /// Why it failed, the nearest cause first.
    var causes: [String] { get }
    /// What to do next, where there is something to do.
    var hint: String? { get }
    /// The message, with the times in it as the person who looks reads them.
    func message(in times: TimeText) -> String
    func causes(in times: TimeText) -> [String]
}

extension ExplainedError {
    package var causes: [String] { [] }
    package var hint: String? { nil }
    package func message(in times: TimeText) -> String { message }
    package func causes(in times: TimeText) -> [String] { causes }
    package var description: String { ([message] + causes).joined(separator: ": ") }
}
