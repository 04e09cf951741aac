internal import Basics
internal import Glibc

/// Files with keys and passwords that lie in directories which programs need.
enum SecretFiles {
    /// Below `/etc`, where those who run as root can read them.
    private static let system = [
        "shadow", "shadow-", "gshadow", "gshadow-", "security/opasswd", "sudoers", "sudoers.d", "krb5.keytab",
        "ssl/private",
        "pki/tls/private", "letsencrypt", "wireguard", "openvpn", "ipsec.secrets", "ipsec.d/private", "ppp",
        "docker",
        "containers/auth.json", "kubernetes", "rancher", "NetworkManager/system-connections", "netplan",
        "wpa_supplicant",
        "postfix/sasl_passwd", "exim4/passwd.client", "mysql/debian.cnf", "samba/private", "cups/ssl",
        "apt/auth.conf", "apt/auth.conf.d", "credstore", "credstore.encrypted",
    ]

    /// What there is of them that this user could read.
    static func ofSystem() -> [String] {
        let always = ["/etc/gitconfig"].filter(FileSystem.exists)
        guard geteuid() == 0 else { return always }
        let listed = system.map { "/etc/" + $0 }.filter(FileSystem.exists)
        return always + Set(listed + hostKeys() + closed(in: "/etc")).sorted()
    }

    private static func hostKeys() -> [String] {
        names(in: "/etc/ssh").filter { $0.hasPrefix("ssh_host_") && $0.hasSuffix("_key") }.map { "/etc/ssh/" + $0 }
    }

    /// What only root may read is not for programs of a task, whoever runs them.
    private static func closed(in directory: String) -> [String] {
        names(in: directory).map { directory + "/" + $0 }.filter { path in
            guard let status = try? FileSystem.status(path), status.kind != .symlink else { return false }
            return status.permissions & 0o004 == 0
        }
    }

    private static func names(in directory: String) -> [String] { (try? FileSystem.list(directory)) ?? [] }
}
