package import Secrets

/// Whom a client trusts, and what it shows itself, where that is not a matter of the machine.
package struct HTTPTrust: Sendable {
    /// Certificates in PEM of the only authorities to trust; `nil` for those of the machine or the CA bundle.
    package var authorities: [UInt8]?
    package var identity: HTTPIdentity?

    package init(authorities: [UInt8]? = nil, identity: HTTPIdentity? = nil) {
        (self.authorities, self.identity) = (authorities, identity)
    }
}

/// The certificate that a client shows to servers that ask for one.
package struct HTTPIdentity: Sendable {
    /// PEM, with those of the authorities between it and a known one behind it.
    package let certificates: [UInt8]
    /// PEM.
    package let key: Secret

    package init(certificates: [UInt8], key: Secret) { (self.certificates, self.key) = (certificates, key) }
}
