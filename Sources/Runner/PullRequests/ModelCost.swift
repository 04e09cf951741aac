internal import Executors
internal import Forges

extension PullRequestFacts {
    /// Names the model that was asked, and what that came to.
    mutating func tell(of use: ModelUse?) {
        guard let use, use.calls > 0 else { return }
        let read = use.inputTokens + use.cacheReadTokens + use.cacheWriteTokens
        let tokens = "\(read) tokens read, \(use.outputTokens) written"
        (model, cost) = (use.model, Self.price(use.dollars).map { "\($0), \(tokens)" } ?? tokens)
    }

    /// Such as `US$ 0.0420`; `nil` where nobody knows the prices.
    private static func price(_ dollars: Double?) -> String? {
        guard let dollars, dollars.isFinite, (0..<1e9).contains(dollars) else { return nil }
        let parts = Int((dollars * 10_000).rounded())
        let fraction = String(parts % 10_000)
        return "US$ \(parts / 10_000)." + String(repeating: "0", count: 4 - fraction.count) + fraction
    }
}
