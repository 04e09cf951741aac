internal import CMicroHTTPD
internal import Synchronization

/// libmicrohttpd, loaded on first use and kept.
struct MicroHTTPDLibrary: Sendable {
    /// Never changes and is never freed, once loaded.
    nonisolated(unsafe) let functions: OpaquePointer

    static let systemName = "libmicrohttpd.so.12"

    private static let loaded = Mutex<MicroHTTPDLibrary?>(nil)

    static func load(_ name: String = systemName) throws(ServerError) -> MicroHTTPDLibrary {
        let found = loaded.withLock { loaded -> Result<MicroHTTPDLibrary, ServerError> in
            if name == systemName, let loaded { return .success(loaded) }
            var problem = [CChar](repeating: 0, count: 512)
            guard let functions = cmhd_open(name, &problem, problem.count) else {
                return .failure(.libraryMissing(reason: text(problem)))
            }
            let library = MicroHTTPDLibrary(functions: functions)
            if name == systemName { loaded = library }
            return .success(library)
        }
        return try found.get()
    }

    /// Such as `0.9.75`.
    var version: String { String(cString: cmhd_version(functions)) }

    var supportsTLS: Bool { cmhd_supports_tls(functions) }

    static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
