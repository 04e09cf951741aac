/// A value that cannot be printed, logged, dumped or interpolated by accident.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    package init(_ value: String) { self.value = value }

    /// Lends the value to the one place that has to send it.
    package func reveal<Result>(_ body: (String) throws -> Result) rethrows -> Result { try body(value) }

    package var isEmpty: Bool { value.isEmpty }

    package var description: String { "***" }

    package var debugDescription: String { "***" }

    package var customMirror: Mirror { Mirror(self, children: []) }
}
