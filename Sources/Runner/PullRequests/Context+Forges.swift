package import Basics
package import Forges
internal import HTTP

extension Context {
    /// What a client of a forge needs of the world.
    package var forgeEnvironment: ForgeEnvironment {
        var outside = ForgeEnvironment(userAgent: "leviathan")
        outside.proxies = ProxySettings(environment: environment)
        outside.caBundle = environment["SSL_CERT_FILE"]
        outside.cancellation = cancellation
        return outside
    }
}
