internal import Basics

/// Why a program was not started: its fence could not be had, and without it nothing runs.
package enum FenceError: ExplainedError, Hashable {
    /// Nothing on this machine holds what the fence must hold.
    case unavailable(reasons: [String])
    /// A path that a fence cannot be built on.
    case unsuitable(path: String, reason: String)
    /// Somebody killed the process that held it; what that had started was ended.
    case lost
    /// The programs behind it used more than they may, and were ended.
    case exceeded(FenceExcess)
    /// The kernel refused a part that it was found to offer.
    case failed(step: String, path: String?, code: Int32)

    package var message: String {
        switch self {
        case .unavailable: "no fence can be had on this machine"
        case .unsuitable(let path, _): "cannot build a fence with the path '\(path)'"
        case .lost: "its supervisor was killed, and everything behind the fence was ended"
        case .exceeded(let excess): "it was ended, because it used more than \(excess.amount)"
        case .failed(let step, let path?, _): "cannot build the fence: \(step) failed for '\(path)'"
        case .failed(let step, nil, _): "cannot build the fence: \(step) failed"
        }
    }

    package var causes: [String] {
        switch self {
        case .unavailable(let reasons): reasons
        case .exceeded, .lost: []
        case .unsuitable(_, let reason): [reason]
        case .failed(_, _, let code): [SystemError.text(code)]
        }
    }

    package var hint: String? {
        switch self {
        case .unavailable: "a Linux kernel with Landlock (5.13 or newer) or user namespaces can hold one"
        case .exceeded(let excess): "\(excess.key) says how much all that it starts may use together"
        default: nil
        }
    }
}
