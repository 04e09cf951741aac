internal import Basics

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// A prompt as a file without a name, which only the program that inherits it can read.
final class PromptFile {
    /// Where the program finds it.
    static let path = "/dev/fd/3"

    let descriptor: Int32

    init(_ prompt: String) throws(ExecutorError) {
        descriptor = Self.unnamedFile()
        guard descriptor >= 0 else { throw Self.failure(errno) }
        var rest = Array(prompt.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            let code = errno
            if count < 0 && code == EINTR { continue }
            guard count > 0 else {
                close(descriptor)
                throw Self.failure(code)
            }
            rest = rest.dropFirst(count)
        }
        lseek(descriptor, 0, SEEK_SET)
    }

    deinit { close(descriptor) }

    private static func unnamedFile() -> Int32 {
        #if canImport(Glibc)
        // A file in memory is beyond no fence's paths; the C library's header hides the call from Swift.
        typealias Create = @convention(c) (UnsafePointer<CChar>, UInt32) -> Int32
        guard let symbol = dlsym(nil, "memfd_create") else { return -1 }
        return unsafeBitCast(symbol, to: Create.self)("prompt", 1)
        #else
        var template = Array("/tmp/prompt.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        if descriptor >= 0 {
            unlink(template)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
        return descriptor
        #endif
    }

    private static func failure(_ code: Int32) -> ExecutorError {
        ExecutorError("agent", "the prompt cannot be written", causes: [String(cString: strerror(code))])
    }
}
