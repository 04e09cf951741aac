package import HTTP

/// What a server does with requests.
package protocol ServerService: Sendable {
    /// Looks at the head of a request, before anything of its body is taken in; must not wait for anything.
    func admit(_ request: ServerRequest) -> ServerAdmission

    /// Is told of every answer, once it was sent or could not be; `notes` are those of the answer.
    func ended(
        _ request: ServerRequest, status: Int, notes: [HTTPHeaders.Field], after: Duration, isComplete: Bool)

    /// The server itself refuses a request; the answer is the service's to word.
    func refusal(_ status: Int, _ reason: String) -> ServerResponse
}

package enum ServerAdmission: Sendable {
    /// The answer is known at once.
    case answered(ServerResponse)
    /// The body may come, up to so many bytes; then the request is answered, on a thread that may wait.
    case admitted(bodyLimit: Int, answer: @Sendable (ServerRequest) -> ServerResponse)
}

extension ServerService {
    package func ended(
        _ request: ServerRequest, status: Int, notes: [HTTPHeaders.Field], after: Duration, isComplete: Bool
    ) {}

    package func refusal(_ status: Int, _ reason: String) -> ServerResponse {
        ServerResponse(status, headers: ["Content-Type": "text/plain; charset=utf-8"], text: reason + "\n")
    }
}
