internal import Basics

/// Decides whether a forge may be asked now, and is told how that went.
///
/// What is asked is shared by every process of a home: a forge that fails is left alone by all of them, and all of
/// them together ask it for no more changes than it takes.
package protocol ForgeGate: Sendable {
    /// Refuses a question, or a change, that is not to be sent now; one that may be sent is counted.
    func admit(_ host: String, isChange: Bool) throws(ForgeError)

    /// It answered, whatever it said.
    func answered(_ host: String)

    /// It failed, or could not be reached.
    func failed(_ host: String, _ error: ForgeError)
}

extension ForgeError {
    /// Whether it says that the forge itself is not well, rather than what was asked of it.
    var isOutage: Bool {
        switch kind {
        case .serverFailed, .unreachable, .timedOut, .connectionLost, .tls: true
        default: false
        }
    }
}
