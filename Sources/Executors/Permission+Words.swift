internal import Basics
internal import Model

extension Permission.Refusal {
    /// Why the path may not be touched, as the end of a sentence.
    package var words: String {
        switch self {
        case .notAllowed(let layer): "it is not covered by \(layer.name)"
        case .forbidden(let layer, let pattern): "it matches '\(pattern)' in \(layer.name)"
        case .protected(let reason): reason.rawValue
        }
    }
}
