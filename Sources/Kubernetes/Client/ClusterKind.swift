internal import HTTP

/// A kind of object that an API server keeps, as its URL names it.
package struct ClusterKind: Hashable, Sendable {
    /// `api/v1`, or `apis/` with group and version.
    private let root: String
    /// The lower-case plural.
    package let plural: String
    let isNamespaced: Bool

    package init(_ root: String, _ plural: String, isNamespaced: Bool = true) {
        (self.root, self.plural, self.isNamespaced) = (root, plural, isNamespaced)
    }

    package static let jobs = ClusterKind("apis/batch/v1", "jobs")
    package static let pods = ClusterKind("api/v1", "pods")
    package static let events = ClusterKind("api/v1", "events")
    package static let configMaps = ClusterKind("api/v1", "configmaps")
    package static let leases = ClusterKind("apis/coordination.k8s.io/v1", "leases")

    /// Below the address of the server; ids of any bytes stay one component each.
    func path(in namespace: String, _ name: String? = nil, _ part: String? = nil) throws(ClusterError) -> String {
        var components = isNamespaced ? ["namespaces", namespace, plural] : [plural]
        components += [name, part].compactMap { $0 }
        do throws(URLBuilderError) {
            return try URLBuilder("/" + root).path(components).url
        } catch { throw ClusterError(.invalid, "name \(plural)", causes: [error.message]) }
    }
}
