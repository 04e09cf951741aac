internal import Commands
internal import Glibc

/// The program.
///
/// Code at the top level of a file would draw the runtime of tasks and queues in.
@main enum Leviathan {
    static func main() {
        let words = arguments()
        exit(Program.run(words.first ?? "", Array(words.dropFirst()), environment: environment))
    }

    /// What the program was started with.
    ///
    /// Swift looks for it below the environment, and finds nothing where a preloaded library has moved that, as libfaketime does.
    private static func arguments() -> [String] {
        let words = CommandLine.arguments
        guard words.isEmpty else { return words }
        guard let file = fopen("/proc/self/cmdline", "re") else { return words }
        defer { fclose(file) }
        var (bytes, count, found) = (UnsafeMutablePointer<CChar>?.none, 0, [String]())
        defer { free(bytes) }
        while getdelim(&bytes, &count, 0, file) > 0, let word = bytes { found.append(String(cString: word)) }
        return found
    }

    private static func environment() -> [String: String] {
        var environment: [String: String] = [:]
        var variable = environ
        while let text = variable.pointee.map({ String(cString: $0) }) {
            if let equals = text.firstIndex(of: "=") {
                environment[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            variable += 1
        }
        return environment
    }
}
