internal import Commands

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

var environment: [String: String] = [:]
var variable = environ
while let text = variable.pointee.map({ String(cString: $0) }) {
    if let equals = text.firstIndex(of: "=") {
        environment[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    variable += 1
}
exit(Program.run(Array(CommandLine.arguments.dropFirst()), environment: environment))
