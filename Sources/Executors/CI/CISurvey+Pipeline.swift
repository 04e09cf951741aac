internal import Basics
internal import Editing

extension CISurvey {
    /// A pipeline of GitLab: images, runner tags, timeouts, and the versions of what it includes.
    mutating func updatePipeline(_ file: inout CIFile) {
        updateImages(&file, below: [])
        updateImages(&file, below: [.key("default")])
        for member in file.value.members ?? [] where Self.isJob(member) {
            let steps: [ValuePath.Step] = [.key(member.name)]
            updateImages(&file, below: steps)
            exchange(&file, at: steps + [.key("tags")])
            updateTimeout(&file, member, steps)
        }
        exchange(&file, at: [.key("default"), .key("tags")])
        updateIncludes(&file)
    }

    private static let keywords: Set = [
        "default", "include", "stages", "variables", "workflow", "image", "services", "cache", "spec",
        "before_script",
        "after_script",
    ]

    private static func isJob(_ member: JSON.Member) -> Bool {
        member.value.members != nil && !keywords.contains(member.name)
    }

    private mutating func updateImages(_ file: inout CIFile, below steps: [ValuePath.Step]) {
        guard !wishes.images.isEmpty else { return }
        for place in [steps + [.key("image")], steps + [.key("image"), .key("name")]] {
            updateImage(&file, at: place)
        }
        let services = steps + [.key("services")]
        for index in (file.value(at: services)?.elements ?? []).indices {
            updateImage(&file, at: services + [.index(index)])
            updateImage(&file, at: services + [.index(index), .key("name")])
        }
    }

    private mutating func updateTimeout(
        _ file: inout CIFile, _ job: JSON.Member, _ steps: [ValuePath.Step]
    ) {
        // A hidden job is a template, and a trigger runs nowhere.
        guard let timeout = wishes.timeout, job.value["script"] != nil else { return }
        guard let minutes = (timeout.members == nil ? timeout : timeout[job.name])?.integer else { return }
        file.set("timeout", in: steps, to: .string("\(minutes) minutes"), before: "script")
        settle("timeout")
    }

    /// `ref:` of a project, and what stands behind the `@` of a component.
    private mutating func updateIncludes(_ file: inout CIFile) {
        let include: [ValuePath.Step] = [.key("include")]
        let entries = file.value["include"]?.elements
        let places = entries.map { $0.indices.map { include + [.index($0)] } } ?? [include]
        for place in places {
            guard let entry = file.value(at: place) else { continue }
            if let component = entry["component"]?.string, let at = component.lastIndex(of: "@") {
                let target = String(component[..<at])
                guard let wanted = wishes.actions.first(where: { target.hasSuffix($0.name) }) else { continue }
                guard let ref = wanted.commit ?? exact(wanted, &file) else { continue }
                file.set(place + [.key("component")], to: .string(target + "@" + ref))
                settle("uses " + wanted.name)
            } else if let project = entry["project"]?.string,
                let wanted = wishes.actions.first(where: { $0.name == project })
            {
                guard let ref = wanted.commit ?? exact(wanted, &file) else { continue }
                file.set(place + [.key("ref")], to: .string(ref))
                settle("uses " + wanted.name)
            }
        }
    }

    private func exact(_ wanted: WantedAction, _ file: inout CIFile) -> String? {
        if let version = wanted.version, wanted.wish == nil { return version }
        file.leave(
            "'\(wanted.name)' was left: what GitLab includes is set to a version that the task names exactly")
        return nil
    }
}
