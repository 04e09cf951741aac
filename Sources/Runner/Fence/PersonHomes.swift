internal import Basics
internal import Glibc

/// The home directories of whoever runs Leviathan: that of the password database, and that of the environment.
struct PersonHomes: Sendable {
    /// That of the environment first, since it is where tools look.
    let paths: [String]

    init(_ environment: [String: String]) {
        let named = [environment["HOME"], Account.current?.home].compactMap(\.self).filter { $0.hasPrefix("/") }
        var real: [String] = []
        for path in named.compactMap(FileSystem.realPath) where !real.contains(path) { real.append(path) }
        paths = real
    }

    /// Whether to show a directory would be to show a home, or all that is configured or kept in one.
    func isTooWide(_ path: String) -> Bool {
        path == "/"
            || paths.contains { home in
                let kept = ["", "/.config", "/.local", "/.local/share", "/.local/state", "/.cache"].map {
                    home + $0
                }
                return kept.contains(path) || home.hasPrefix(path + "/")
            }
    }
}

/// What the password database says of whoever runs Leviathan.
struct Account {
    let name: String
    let home: String

    /// `nil` where it knows nobody of that number.
    static var current: Account? {
        var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard getpwuid_r(getuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        return Account(name: String(cString: entry.pw_name), home: String(cString: entry.pw_dir))
    }
}
