internal import CPostgres
internal import Synchronization

/// libpq, loaded on first use and kept.
struct PostgresLibrary: Sendable {
    /// Never changes and is never freed, once loaded.
    nonisolated(unsafe) let functions: OpaquePointer

    static let systemName = "libpq.so.5"

    /// 14 is the first that sends several statements at once.
    private static let oldestVersion: Int32 = 140000

    private static let loaded = Mutex<[String: PostgresLibrary]>([:])

    static func load(_ name: String) throws(PostgresError) -> PostgresLibrary {
        let found = loaded.withLock { loaded in open(name, &loaded) }
        switch found {
        case .success(let library): return library
        case .failure(let reason): throw PostgresError(.libraryMissing, "load libpq", [reason.text])
        }
    }

    private struct Reason: Error { let text: String }

    private static func open(
        _ name: String, _ loaded: inout [String: PostgresLibrary]
    ) -> Result<PostgresLibrary, Reason> {
        if let library = loaded[name] { return .success(library) }
        var problem = [CChar](repeating: 0, count: 512)
        guard let functions = cpostgres_open(name, &problem, problem.count) else {
            let reason = problem.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            return .failure(Reason(text: String(decoding: reason, as: UTF8.self)))
        }
        guard cpostgres_version(functions) >= oldestVersion else {
            return .failure(Reason(text: "\(name) is older than 14"))
        }
        let library = PostgresLibrary(functions: functions)
        loaded[name] = library
        return .success(library)
    }
}
