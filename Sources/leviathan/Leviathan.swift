internal import Commands
internal import Glibc

/// The program.
///
/// Code at the top level of a file would draw the runtime of tasks and queues in.
@main enum Leviathan {
    static func main() {
        let words = CommandLine.arguments
        exit(Program.run(words.first ?? "", Array(words.dropFirst()), environment: environment))
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
