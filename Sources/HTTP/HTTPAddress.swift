/// The parts of a URL that decide who is talked to.
struct HTTPAddress: Hashable {
    let scheme: String
    let host: String
    let port: Int
    private let origin: String
    private let path: String

    /// `nil` for anything that is not http or https with a host.
    init?(_ url: String) {
        guard let mark = url.firstRange(of: "://") else { return nil }
        scheme = url[..<mark.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = url[mark.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        let bracket = place.lastIndex(of: "]") ?? place.startIndex
        let colon = place[bracket...].lastIndex(of: ":")
        host = (colon.map { place[..<$0] } ?? place).lowercased()
        guard !host.isEmpty,
            let port = colon.map({ Int(place[place.index(after: $0)...]) }) ?? (scheme == "https" ? 443 : 80)
        else { return nil }
        self.port = port
        origin = "\(scheme)://\(place)"
        path = String(rest[authority.endIndex...].prefix { !"?#".contains($0) })
    }

    /// Whether credentials for this address may be sent to the other: same host and port, and no step back to http.
    func sharesCredentials(with other: HTTPAddress) -> Bool {
        host == other.host && port == other.port && scheme == other.scheme
    }

    /// The URL that a `Location` header means.
    func resolving(_ location: String) -> String {
        if location.contains("://") { return location }
        if location.hasPrefix("//") { return scheme + ":" + location }
        if location.hasPrefix("/") { return origin + location }
        let directory = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
        return origin + directory + location
    }
}
