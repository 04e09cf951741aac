/// A value that can say nothing at all, and mostly does.
package protocol Blankable: Hashable, Sendable {
    init()
}

/// Keeps a large value out of line, and none where it says nothing: there may be a hundred thousand of its owner.
@propertyWrapper package struct Boxed<Value: Blankable>: Hashable, Sendable {
    private final class Box: Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }

    private var box: Box?

    /// Whether it says nothing.
    package var isBlank: Bool { box == nil }

    package init(wrappedValue: Value) { self.wrappedValue = wrappedValue }

    package var wrappedValue: Value {
        get { box?.value ?? Value() }
        set { box = newValue == Value() ? nil : Box(newValue) }
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.box === right.box || left.wrappedValue == right.wrappedValue
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue) }
}
