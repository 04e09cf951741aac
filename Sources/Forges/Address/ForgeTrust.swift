internal import Basics
internal import Model

/// Which hosts credentials may go to: that of the user's own remote, and those that the machine's configuration names.
struct ForgeTrust {
    private let remoteHost: String
    private let hosts: Set<String>

    init(_ remote: RemoteAddress, _ remoteHost: String, _ forges: [MachineForge]) {
        var hosts: Set<String> = [remoteHost]
        // GitHub's API has a name of its own beside that of its remotes.
        if remote.host == "github.com" || remote.host.hasSuffix(".ghe.com") { hosts.insert("api." + remote.host) }
        for forge in forges {
            hosts.insert(forge.host)
            if let api = forge.apiURL.flatMap({ RemoteAddress($0 + "/x") }) { hosts.insert(api.authority) }
        }
        (self.remoteHost, self.hosts) = (remoteHost, hosts)
    }

    /// Refuses an API where a token must not go.
    func check(_ api: RemoteAddress?, _ kind: ForgeKind) throws(ForgeError) {
        guard let api else {
            throw ForgeError(.address, "use the API of \(kind.name)", host: "", details: ["it is not a URL"])
        }
        guard hosts.contains(api.authority) else {
            throw ForgeError(
                .untrustedHost(api.authority), "use the API of \(kind.name)", host: api.authority,
                details: ["the remote is at '\(remoteHost)'"])
        }
        guard api.transport == .https || Loopback.contains(api.host) else {
            throw ForgeError(.plaintext, "use the API of \(kind.name)", host: api.authority)
        }
    }
}

/// The names and addresses by which a machine reaches itself.
package enum Loopback {
    package static func contains(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts[0] == 127 && !parts.contains(nil)
    }
}
