internal import Forges

/// What becomes of a token on its way to a control plane.
package enum PlaneTransport {
    /// Whether it goes over TLS, or stays on this machine; `nil` where the address is none of a control plane.
    package static func keepsTokens(_ url: String) -> Bool? {
        // A remote has a path, a control plane none.
        guard let address = RemoteAddress(url + "/plane"), [.https, .http].contains(address.transport) else {
            return nil
        }
        return address.transport == .https || Loopback.contains(address.host)
    }
}
