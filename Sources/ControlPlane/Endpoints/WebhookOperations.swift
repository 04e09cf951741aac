internal import API
internal import Basics
internal import HTTP
internal import HTTPServer
internal import Runner

/// What forges send as soon as something happens: a hint where to look, proved by a signature.
extension Operations {
    private static let answer = Schema.object([
        Schema.Property(
            "status", .choice(["queued", "known", "ignored"]),
            "The forge is asked about it; the delivery came before; or it is about no pull request")
    ])

    static let webhooks: [Operation] = HookForge.allCases.map { forge in
        let name = ["github": "GitHub", "gitlab": "GitLab", "gitea": "Gitea"][forge.rawValue] ?? forge.rawValue
        let headers = forge.headers
        return Operation(
            Endpoint(
                "webhook" + name, .post, "/v1/webhooks/" + forge.rawValue, .trigger, .open,
                "Tell of what happened to a pull request at \(name)"
            ).with {
                $0.parameters = [
                    Endpoint.Parameter(headers.signature, .header, .text(0...1000), "What proves who sends"),
                    Endpoint.Parameter(headers.event, .header, .text(0...200), "What happened"),
                    Endpoint.Parameter(headers.delivery, .header, .text(0...200), "The delivery's own name"),
                ]
                $0.body = .json(.anyObject)
                $0.bodyMost = 2 << 20
                $0.answers = [Endpoint.Answer(202, "It was taken", answer)]
                $0.problems = [401, 429]
            }
        ) { call, home in try take(call, home, forge) }
    }

    private static func take(
        _ call: APICall, _ home: ControlPlaneHome, _ forge: HookForge
    ) throws -> ServerResponse {
        func status(_ text: String) -> ServerResponse { .json(["status": .string(text)], 202) }
        guard let target = try home.hooks.target(forge, call.request, call.body) else {
            try home.hooks.demandGuessing(from: call.request)
            // Which repositories are known here is nothing for those who know no secret.
            throw Problem(.unauthenticated, "no target of this control plane has signed this")
        }
        guard let number = forge.pullRequest(call.body) else { return status("ignored") }
        if let delivery = call.value(forge.headers.delivery), !delivery.isEmpty,
            !home.hooks.isNew(forge.rawValue + " " + delivery)
        {
            return status("known")
        }
        guard home.hooks.add(ForgeHook(target: target, number: number), told: { home.feed.notify() }) else {
            var problem = Problem(.unavailable, "too many pull requests wait to be asked about")
            problem.retryAfter = 30
            throw problem
        }
        return status("queued")
    }
}
