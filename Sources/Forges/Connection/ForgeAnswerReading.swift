internal import Basics

/// Reads an answer as every kind of forge would.
package enum ForgeAnswerReading {
    /// How many pull requests there are in it, whoever sent it.
    package static func pullRequests(in body: [UInt8]) -> Int {
        guard let json = try? JSON.parse(body) else { return 0 }
        return (json.elements ?? [json]).reduce(0) { count, json in
            let found = [
                GitHubShapes.pullRequest(json), GiteaShapes.pullRequest(json), GitLabShapes.mergeRequest(json),
            ]
            _ = (GerritShapes.phase(json), GerritShapes.verified(json))
            return count + found.count { $0?.marker != nil || $0 != nil }
        }
    }
}
