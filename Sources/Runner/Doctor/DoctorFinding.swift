package import Basics

/// One thing that was looked at.
package struct DoctorFinding: Hashable, Sendable {
    package enum State: String, Sendable { case ok, warning, problem }

    /// What `--fix` has to do with it.
    package enum Fix: String, Sendable {
        /// A person has to do it.
        case none
        /// `--fix` would do it.
        case offered
        /// It was done just now.
        case done
    }

    package let name: String
    package let state: State
    package let text: String
    /// What to do about it.
    package let hint: String?
    package let fix: Fix

    init(_ name: String, _ state: State, _ text: String, hint: String? = nil, fix: Fix = .none) {
        (self.name, self.state, self.text, self.hint, self.fix) = (name, state, text, hint, fix)
    }

    init(_ name: String, _ error: any ExplainedError, fix: Fix = .none) {
        self.init(
            name, .problem, ([error.message] + error.causes).joined(separator: ": "), hint: error.hint, fix: fix)
    }

    package var json: JSON {
        [
            "name": .string(name), "state": .string(state.rawValue), "text": .string(text),
            "hint": .optional(hint), "fix": fix == .none ? .null : .string(fix.rawValue),
        ]
    }
}
