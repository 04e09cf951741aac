internal import Basics
internal import Crypto
internal import Model

/// Remembers in Leviathan's home what forges said of open proposals, for those who look and do not ask.
struct ForgeCounts {
    /// Older counts say nothing about now: `run` counts anew in each look, and people decide meanwhile.
    static let longestAge = Duration.seconds(3600)
    private static let sizeLimit = 4 << 20

    private let context: Context

    init(_ context: Context) { self.context = context }

    private var directory: String { context.home + "/forges" }

    private func path(of target: String) -> String {
        directory + "/open-" + SHA256.digest(of: Array(target.utf8)).hex.prefix(32) + ".json"
    }

    /// Keeps an answer; that it cannot be kept is told, and makes the last one grow old.
    func remember(_ answer: OpenAtForge, of target: String) {
        var facts: [JSON.Member] = [
            JSON.Member("version", 1), JSON.Member("target", .string(target)),
            JSON.Member("asked_at", .string(context.clock.now().secondsText)),
        ]
        switch answer {
        case .counted(let proposals):
            let open = proposals.map { ["number": .integer($0.number), "task": .optional($0.task)] as JSON }
            facts.append(JSON.Member("open", .array(open)))
        case .unknown(let why): facts.append(JSON.Member("problem", .string(why)))
        case .notAsked, .remembered, .unmeasured: return
        }
        do throws(FileError) {
            try FileSystem.createDirectory(context.home, permissions: 0o700)
            try FileSystem.createDirectory(directory, permissions: 0o700)
            try FileSystem.write(
                Array((JSON.object(facts).text() + "\n").utf8), to: path(of: target), permissions: 0o600)
        } catch { context.observer.warning(StageError(.unexpected, error)) }
    }

    /// What was kept last, as far as it still says something.
    func remembered(of target: String) -> OpenAtForge {
        let path = path(of: target)
        do throws(FileError) {
            guard try FileSystem.status(path) != nil else { return .unmeasured("the forge was never asked") }
            let bytes = try FileSystem.read(path, limit: Self.sizeLimit)
            guard let json = try? JSON.parse(bytes) else { return Self.unreadable(path) }
            return answer(json) ?? Self.unreadable(path)
        } catch { return .unmeasured(error.message) }
    }

    private static func unreadable(_ path: String) -> OpenAtForge {
        .unmeasured("'\(path)' does not say what the forge answered")
    }

    private func answer(_ json: JSON) -> OpenAtForge? {
        guard json["version"]?.integer == 1, let time = json["asked_at"]?.string.flatMap({ Instant($0) }) else {
            return nil
        }
        let age = context.clock.now() - time
        // The file's times are whole seconds; a clock that was set back makes it a count of a time to come.
        guard age > .seconds(-2) else {
            return .unmeasured("it was counted at \(time.secondsText), which has not come")
        }
        guard age <= Self.longestAge else {
            return .unmeasured("the forge was last asked \(DurationText.text(age)) ago")
        }
        if let problem = json["problem"]?.string { return .unknown(problem) }
        guard let elements = json["open"]?.elements else { return nil }
        let open = elements.compactMap { element in
            element["number"]?.integer.map {
                OpenAtForge.Proposal(number: $0, task: element["task"]?.string)
            }
        }
        return open.count == elements.count ? .remembered(open, at: time) : nil
    }

    /// What is known of a target's forge without asking it; nothing where it has none.
    func known(
        _ target: TargetDescription, _ checkout: TargetCheckout, remote: String?
    ) -> (open: OpenAtForge, forge: KnownForge?) {
        do throws(StageError) {
            let forge = try TargetForge.known(target, checkout, remote: remote, context)
            return forge == nil ? (.notAsked, nil) : (remembered(of: target.id), forge)
        } catch { return (.unmeasured(error.message), nil) }
    }
}
