internal import CCurl
internal import Synchronization

/// libcurl, loaded on first use and kept.
struct CurlLibrary: Sendable {
    /// Never changes and is never freed, once loaded.
    nonisolated(unsafe) let functions: OpaquePointer

    /// What the library is called, the preferred name first.
    static var systemNames: [String] {
        ["libcurl.so.4", "libcurl-gnutls.so.4"]
    }

    /// 7.80 is the first to say when a request is about to be sent.
    private static let oldestVersion: UInt32 = 0x075000

    private static let loaded = Mutex<[String: CurlLibrary]>([:])

    /// The first library of those names that can be used.
    static func load(_ names: [String] = systemNames) throws(HTTPFailure) -> CurlLibrary {
        var reasons: [String] = []
        for name in names {
            switch loaded.withLock({ loaded in open(name, &loaded) }) {
            case .success(let library): return library
            case .failure(let reason): reasons.append(reason.text)
            }
        }
        throw HTTPFailure(.libraryMissing(reason: reasons.joined(separator: "; ")))
    }

    private struct Reason: Error { let text: String }

    private static func open(_ name: String, _ loaded: inout [String: CurlLibrary]) -> Result<CurlLibrary, Reason>
    {
        if let library = loaded[name] { return .success(library) }
        var problem = [CChar](repeating: 0, count: 512)
        guard let functions = ccurl_open(name, &problem, problem.count) else {
            return .failure(Reason(text: Self.text(problem)))
        }
        guard ccurl_version_number(functions) >= oldestVersion else {
            return .failure(Reason(text: "\(name) is older than 7.80"))
        }
        let library = CurlLibrary(functions: functions)
        loaded[name] = library
        return .success(library)
    }

    static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
