internal import CExpat
internal import Synchronization

/// libexpat, loaded on first use and kept.
struct ExpatLibrary: Sendable {
    /// Never changes and is never freed, once loaded.
    nonisolated(unsafe) let functions: OpaquePointer

    private static let name = "libexpat.so.1"
    private static let loaded = Mutex<Result<ExpatLibrary, XMLError>?>(nil)

    static func load() throws(XMLError) -> ExpatLibrary {
        try loaded.withLock { loaded -> Result<ExpatLibrary, XMLError> in
            let library = loaded ?? open()
            loaded = library
            return library
        }.get()
    }

    private static func open() -> Result<ExpatLibrary, XMLError> {
        var problem = [CChar](repeating: 0, count: 512)
        guard let functions = cexpat_open(name, &problem, problem.count) else {
            return .failure(XMLError(.libraryMissing, "\(name) cannot be used: \(text(problem))", offset: 0))
        }
        return .success(ExpatLibrary(functions: functions))
    }

    static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
