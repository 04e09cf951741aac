package import Basics
package import HTTP

/// Asks one API server; threads may share it.
package struct ClusterClient: Sendable {
    /// Objects on one page of a list.
    package static let pageSize = 500
    private static let answerLimit = 64 << 20
    /// So often a list is begun anew because its pages were forgotten between two of them.
    private static let mostBeginnings = 5

    package let access: ClusterAccess
    private let channel: ClusterChannel
    private let cancellation: Cancellation

    package init(
        _ access: ClusterAccess, _ context: Context, retry: RetryPolicy = .cluster, timing: HTTPTiming = .system
    ) {
        (self.access, cancellation) = (access, context.cancellation)
        channel = ClusterChannel(access, context, retry, timing)
    }

    package func get(_ kind: ClusterKind, _ name: String, in namespace: String) throws(ClusterError) -> JSON {
        try ask(.get, kind, name, namespace, verb: "get")
    }

    /// Makes an object; its name is fixed, so that asking twice makes it once.
    package func create(_ kind: ClusterKind, _ object: JSON, in namespace: String) throws(ClusterError) -> JSON {
        try ask(.post, kind, nil, namespace, body: object, verb: "create")
    }

    /// Puts an object in the place of one that is as it was read: with its `resourceVersion`.
    package func replace(
        _ kind: ClusterKind, _ name: String, with object: JSON, in namespace: String
    ) throws(ClusterError) -> JSON {
        try ask(.put, kind, name, namespace, body: object, verb: "update")
    }

    /// Deletes an object once all that belongs to it is gone; `uid` says that it is that very one.
    ///
    /// Until then nothing is made for it any more: a Job whose pod ends slowly gets no second one beside it.
    package func delete(
        _ kind: ClusterKind, _ name: String, uid: String? = nil, in namespace: String
    ) throws(ClusterError) {
        var options = [
            JSON.Member("apiVersion", "v1"), JSON.Member("kind", "DeleteOptions"),
            JSON.Member("propagationPolicy", "Foreground"),
        ]
        if let uid { options.append(JSON.Member("preconditions", ["uid": .string(uid)])) }
        _ = try ask(.delete, kind, name, namespace, body: .object(options), verb: "delete")
    }

    /// The last lines that a container wrote.
    package func log(
        ofPod name: String, container: String, lines: Int = 20, in namespace: String
    ) throws(ClusterError) -> String {
        let path = try URLBuilder(ClusterKind.pods.path(in: namespace, name, "log"))
            .query("container", container).query("tailLines", lines).query("limitBytes", 64 << 10).url
        let doing = "read the log of pod '\(name)' in '\(namespace)'"
        let answer = try channel.send(
            .get, path, nil, doing, right: "get pods/log -n \(namespace)", limit: 1 << 20)
        return answer.text
    }

    /// All objects with the labels, page by page, and the version that a watch goes on from.
    package func list(
        _ kind: ClusterKind, selector: String? = nil, fields: String? = nil, in namespace: String
    ) throws(ClusterError) -> (items: [JSON], version: String) {
        var beginnings = 1
        while true {
            do throws(ClusterError) { return try pages(kind, selector, fields, namespace) } catch {
                guard error.reason == .gone, beginnings < Self.mostBeginnings else { throw error }
                beginnings += 1
            }
        }
    }

    private func pages(
        _ kind: ClusterKind, _ selector: String?, _ fields: String?, _ namespace: String
    ) throws(ClusterError) -> (items: [JSON], version: String) {
        var (items, next, version): ([JSON], String?, String) = ([], nil, "")
        let doing = "list \(kind.plural) in '\(namespace)'"
        repeat {
            let path = try URLBuilder(kind.path(in: namespace)).query("labelSelector", selector)
                .query("fieldSelector", fields).query("limit", Self.pageSize).query("continue", next).url
            let answer = try channel.send(
                .get, path, nil, doing, right: "list \(kind.plural) -n \(namespace)", limit: Self.answerLimit)
            let page = try json(answer, doing)
            items += page["items"]?.elements ?? []
            version = page["metadata"]?["resourceVersion"]?.string ?? version
            next = page["metadata"]?["continue"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        } while next != nil
        return (items, version)
    }

    /// Hands over what changes from that version on, until the server ends it or `onEvent` returns `false`.
    ///
    /// The version moves with every event, bookmarks included: the next watch goes on there, however this one ended.
    package func watch(
        _ kind: ClusterKind, selector: String? = nil, in namespace: String, from version: inout String,
        cancellation: Cancellation, onEvent: (ClusterEvent) -> Bool
    ) throws(ClusterError) {
        let path = try URLBuilder(kind.path(in: namespace)).query("labelSelector", selector)
            .query("resourceVersion", version).query("watch", "true").query("allowWatchBookmarks", "true")
            .query("timeoutSeconds", ClusterChannel.watchSeconds).url
        let doing = "watch \(kind.plural) in '\(namespace)'"
        let right = "watch \(kind.plural) -n \(namespace)"
        var reader = ClusterEventReader(version: version)
        defer { version = reader.version }
        try channel.stream(path, doing, right: right, cancellation) { bytes in
            for event in reader.take(bytes) where !onEvent(event) { return false }
            return reader.problem == nil
        }
        switch reader.problem {
        case .status(let status): throw ClusterError(doing, event: status, right: right)
        case .unreadable(let why): throw ClusterError(.unreachable, doing, causes: [why])
        case nil: break
        }
    }

    private func ask(
        _ method: HTTPMethod, _ kind: ClusterKind, _ name: String?, _ namespace: String, body: JSON? = nil,
        verb: String
    ) throws(ClusterError) -> JSON {
        let shown = name ?? body?["metadata"]?["name"]?.string ?? ""
        let doing = "\(verb) \(kind.plural) '\(shown)' in '\(namespace)'"
        let answer = try channel.send(
            method, kind.path(in: namespace, name), body?.utf8(), doing,
            right: "\(verb) \(kind.plural) -n \(namespace)", limit: Self.answerLimit)
        return try json(answer, doing)
    }

    private func json(_ answer: HTTPResponse, _ doing: String) throws(ClusterError) -> JSON {
        guard let json = try? JSON.parse(answer.body), json.members != nil else {
            throw ClusterError(
                .unreachable, doing, causes: ["the answer is no object"],
                hint: "see that '\(access.server)' is the address of an API server")
        }
        return json
    }
}
