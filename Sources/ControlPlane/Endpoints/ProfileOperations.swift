internal import API
internal import Basics
internal import Glibc
internal import HTTP
internal import HTTPServer

/// What this process computes, for whoever looks into it.
extension Operations {
    static let profiles: [Operation] = [
        Operation(
            Endpoint(
                "profile", .get, "/v1/profile", .admin, .everything,
                "What the process computes for some seconds, as lines that flame graphs are made of"
            ).with {
                $0.parameters = [Endpoint.Parameter("seconds", .query, .integer(1...20), "5 without it")]
                $0.answers = [
                    Endpoint.Answer(200, "One line for each way of calls", .anyText, type: "text/plain")
                ]
                $0.problems = [409]
            }
        ) { call, home in
            let seconds = call.integer("seconds") ?? 5
            do throws(StackProfile.Failure) {
                let text = try StackProfile.take { home.pause(.seconds(seconds)) }
                return ServerResponse(200, headers: ["Content-Type": "text/plain; charset=utf-8"], text: text)
            } catch {
                switch error {
                case .busy: throw Problem(.conflict, "somebody takes a profile already")
                case .system(let code):
                    throw Problem(.failed, "no profile can be taken here: \(String(cString: strerror(code)))")
                }
            }
        }
    ]
}

extension ControlPlaneHome {
    /// Waits, unless the process is to end.
    func pause(_ duration: Duration) {
        var wake = pollfd(fd: ending.descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&wake, 1, Int32(duration.milliseconds))
    }
}
