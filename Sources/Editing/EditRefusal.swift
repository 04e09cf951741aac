package import Basics

/// Why a file is not edited as asked; the file is left as it was.
package struct EditRefusal: ExplainedError {
    package enum Kind: Sendable {
        /// The file itself cannot be read as what it claims to be.
        case syntax
        /// The file is fine, but does not allow what was asked.
        case request
    }

    package let kind: Kind
    package let problem: String
    package let position: SourcePosition?
    package let hint: String?
    /// The file's name, where it is known.
    package let file: String?

    package init(_ problem: String, at position: SourcePosition? = nil, hint: String? = nil) {
        self.init(.request, problem, position, hint, file: nil)
    }

    package init(syntax problem: String, at position: SourcePosition? = nil, hint: String? = nil) {
        self.init(.syntax, problem, position, hint, file: nil)
    }

    package init(_ error: any ExplainedError) { self.init(error.description, hint: error.hint) }

    private init(_ kind: Kind, _ problem: String, _ position: SourcePosition?, _ hint: String?, file: String?) {
        (self.kind, self.problem, self.position, self.hint, self.file) = (kind, problem, position, hint, file)
    }

    /// The same, with the name of the file in its message.
    package func naming(_ file: String) -> EditRefusal {
        EditRefusal(kind, problem, position, hint, file: file)
    }

    package var message: String {
        let place = position.map { "\($0.line):\($0.column)" }
        switch (file, place) {
        case (let file?, let place?): return "\(file):\(place): \(problem)"
        case (let file?, nil): return "\(file): \(problem)"
        case (nil, let place?): return "line \(place): \(problem)"
        case (nil, nil): return problem
        }
    }
}

extension Deadline {
    /// Ends the work on something when the attempt has to end.
    package func check(_ subject: String) throws(EditRefusal) {
        switch reached {
        case nil: return
        case .cancelled: throw EditRefusal("interrupted before \(subject)")
        case .passed(let time):
            throw EditRefusal(
                "the attempt's time of \(DurationText.text(time)) was over before \(subject)",
                hint: "make the task smaller, or raise limits.attempt_timeout in the policy")
        }
    }
}
