internal import HTTP

/// What a server does with requests.
package protocol ServerService: Sendable {
    /// Looks at the head of a request, before anything of its body is taken in; must not wait for anything.
    func admit(_ request: ServerRequest) -> ServerAdmission

    /// Answers a request that was admitted, on a thread that may wait.
    func answer(_ request: ServerRequest) -> ServerResponse

    /// Is told of every answer, once it was sent or could not be.
    func ended(_ request: ServerRequest, status: Int, after: Duration, isComplete: Bool)

    /// The server itself refuses a request; the answer is the service's to word.
    func refusal(_ status: Int, _ reason: String) -> ServerResponse
}

package enum ServerAdmission: Sendable {
    /// The answer is known at once.
    case answered(ServerResponse)
    /// The body may come, up to so many bytes.
    case admitted(bodyLimit: Int)
}

extension ServerService {
    package func ended(_ request: ServerRequest, status: Int, after: Duration, isComplete: Bool) {}

    package func refusal(_ status: Int, _ reason: String) -> ServerResponse {
        ServerResponse(status, headers: ["Content-Type": "text/plain; charset=utf-8"], text: reason + "\n")
    }
}
