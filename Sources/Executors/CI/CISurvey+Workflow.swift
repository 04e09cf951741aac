internal import Basics
internal import Editing
internal import Manifests
internal import YAML

extension CISurvey {
    /// A workflow of GitHub, Gitea or Forgejo, or an action made of steps.
    mutating func updateWorkflow(_ file: inout CIFile, isWorkflow: Bool) throws(EditRefusal) {
        let jobs = file.value["jobs"]?.members ?? []
        for place in Self.usesPlaces(in: file.root) { try updateUses(&file, place.node, at: place.steps) }
        for job in jobs {
            let steps: [ValuePath.Step] = [.key("jobs"), .key(job.name)]
            updateRunners(&file, of: steps)
            updateVersions(&file, of: steps)
            updateImages(&file, of: steps)
            updateTimeout(&file, job, at: steps)
        }
        guard isWorkflow, !jobs.isEmpty else { return }
        for (key, value) in [("permissions", wishes.permissions), ("concurrency", wishes.concurrency)] {
            guard let value else { continue }
            file.set(key, in: [], to: value, before: "jobs")
            settle(key)
        }
    }

    // MARK: Actions

    private typealias UsesPlace = (steps: [ValuePath.Step], node: YAMLNode)

    private static func usesPlaces(in root: YAMLNode?) -> [UsesPlace] {
        var places: [UsesPlace] = []
        func add(_ holder: YAMLNode?, _ steps: [ValuePath.Step]) {
            if let node = holder?["uses"] { places.append((steps + [.key("uses")], node)) }
            for (index, step) in (holder?["steps"]?.items ?? []).enumerated() {
                guard let node = step["uses"] else { continue }
                places.append((steps + [.key("steps"), .index(index), .key("uses")], node))
            }
        }
        for job in root?["jobs"]?.entries ?? [] {
            guard let name = job.key.scalar?.text else { continue }
            add(job.value, [.key("jobs"), .key(name)])
        }
        add(root?["runs"], [.key("runs")])
        return places
    }

    private mutating func updateUses(
        _ file: inout CIFile, _ node: YAMLNode, at steps: [ValuePath.Step]
    ) throws(EditRefusal) {
        guard let text = node.plainValue.string, let reference = ActionReference(text),
            let wanted = wishes.action(for: reference)
        else { return }
        let known = TagComment.tag(behind: node.span.byteRange.upperBound, in: file.bytes)
        do throws(ExecutorError) {
            guard let (ref, tag) = try target(of: wanted, reference, known, &file) else { return }
            do throws(EditRefusal) {
                let shown = (reference.shown(as: known), reference.with(ref).shown(as: tag))
                try file.replaceScalar(node, at: steps, with: reference.with(ref).text, tag: tag, shown: shown)
            } catch { throw ExecutorError("ci", error) }
            settle("uses " + wanted.name)
            settle("pin")
        } catch { throw EditRefusal(error.message + error.causes.map { ": " + $0 }.joined(), hint: error.hint) }
    }

    /// What stands behind the `@`, and the tag that it is where it is a commit; `nil` where a person has to look.
    private mutating func target(
        of wanted: WantedAction, _ reference: ActionReference, _ known: String?, _ file: inout CIFile
    ) throws(ExecutorError) -> (ref: String, tag: String?)? {
        let current = reference.isPinned ? known ?? "" : reference.ref
        if let commit = wanted.commit { return (commit, wanted.version ?? known) }
        if wanted.version == nil, reference.isPinned { return (reference.ref, known) }
        var tag = wanted.version ?? current
        if let wish = wanted.wish {
            guard VersionOrder.isStable(current) else {
                file.leave("'\(reference.target)@\(reference.ref)' does not say which version it is, and was left")
                return nil
            }
            tag = try lookup.tag(wish, of: reference.repository, from: current)
        }
        guard wanted.isPinned || reference.isPinned else { return (tag, nil) }
        // A commit that was found before is not asked for again.
        if reference.isPinned, tag == known { return (reference.ref, known) }
        guard wanted.isPinned || wanted.wish != nil else {
            file.leave(
                "'\(reference.target)' is pinned to a commit, and was left: give the new 'commit' too, or 'pin: true'"
            )
            return nil
        }
        tag = try lookup.fullTag(of: tag, in: reference.repository)
        guard let commit = try lookup.commit(of: tag, in: reference.repository) else {
            file.leave("'\(reference.target)@\(tag)' is no tag, and was left")
            return nil
        }
        return (commit, tag)
    }

    // MARK: Runners, versions, images

    private mutating func updateRunners(_ file: inout CIFile, of job: [ValuePath.Step]) {
        guard !wishes.runners.isEmpty else { return }
        exchange(&file, at: job + [.key("runs-on")])
        let matrix = job + [.key("strategy"), .key("matrix")]
        for member in file.value(at: matrix)?.members ?? [] {
            exchange(&file, at: matrix + [.key(member.name)])
        }
        let isOfMatrix = file.value(at: matrix) != nil
        if isOfMatrix { RunnerConditions(wishes.runners).update(&file, at: job) }
    }

    /// Exchanges labels in a text, in a list, and in the members of a list's mappings.
    mutating func exchange(_ file: inout CIFile, at steps: [ValuePath.Step]) {
        guard let value = file.value(at: steps) else { return }
        if let label = value.string,
            let runner = wishes.runners.first(where: { $0.name == label || $0.value == value })
        {
            file.set(steps, to: runner.value)
            settle("runners " + runner.name)
        }
        for (index, element) in (value.elements ?? []).enumerated() {
            if element.members == nil { exchange(&file, at: steps + [.index(index)]) }
            for member in element.members ?? [] where member.value.string != nil {
                exchange(&file, at: steps + [.index(index), .key(member.name)])
            }
        }
        if let labels = value["labels"], labels.elements != nil || labels.string != nil {
            exchange(&file, at: steps + [.key("labels")])
        }
    }

    private mutating func updateVersions(_ file: inout CIFile, of job: [ValuePath.Step]) {
        let steps = job + [.key("steps")]
        for version in wishes.versions {
            for index in (file.value(at: steps)?.elements ?? []).indices {
                let place = steps + [.index(index), .key("with"), .key(version.name + "-version")]
                guard let value = file.value(at: place), !value.plainText.isEmpty else { continue }
                let current = value.plainText
                if let axis = Self.matrixAxis(current) {
                    updateAxis(&file, axis, of: job, version)
                } else if version.value.string != nil, !current.contains("${{") {
                    file.set(place, to: Self.written(version.value, like: value))
                    settle("versions " + version.name)
                } else {
                    file.leave("\(ValuePath(place)) is '\(current)', and was left")
                }
            }
        }
    }

    /// `python` of `${{ matrix.python }}`.
    private static func matrixAxis(_ text: String) -> String? {
        let inner = text.trimmed
        guard inner.hasPrefix("${{"), inner.hasSuffix("}}") else { return nil }
        let name = String(inner.dropFirst(3).dropLast(2)).trimmed
        guard name.hasPrefix("matrix.") else { return nil }
        return String(name.dropFirst(7))
    }

    private mutating func updateAxis(
        _ file: inout CIFile, _ axis: String, of job: [ValuePath.Step], _ version: JSON.Member
    ) {
        let steps = job + [.key("strategy"), .key("matrix"), .key(axis)]
        guard let current = file.value(at: steps)?.elements else {
            return file.leave("\(ValuePath(steps)) is no list of versions, and was left")
        }
        guard version.value.elements != nil || current.count == 1 else {
            return file.leave("\(ValuePath(steps)) has \(current.count) versions, and was left: give a list")
        }
        // A list that becomes shorter is written anew, in the style that it had.
        let wanted = version.value.elements ?? [version.value]
        let isNumeric = current.allSatisfy { $0.integer != nil }
        file.set(steps, to: .array(isNumeric ? wanted.map { Self.written($0, like: current.first) } : wanted))
        settle("versions " + version.name)
        let names = Set(wanted.map(\.plainText))
        let lost = current.map(\.plainText).filter { !names.contains($0) }
        RunnerConditions.nameStale(lost, of: axis, at: job, in: &file)
    }

    /// As a number where a number stands: `20`, but never `3.10`, which would lose its last digit.
    private static func written(_ wanted: JSON, like current: JSON?) -> JSON {
        guard current?.integer != nil, let text = wanted.string, let number = Int(text), "\(number)" == text else {
            return wanted
        }
        return .integer(number)
    }

    private mutating func updateImages(_ file: inout CIFile, of job: [ValuePath.Step]) {
        guard !wishes.images.isEmpty else { return }
        var places = [job + [.key("container")], job + [.key("container"), .key("image")]]
        let services = job + [.key("services")]
        for service in file.value(at: services)?.members ?? [] {
            places.append(services + [.key(service.name), .key("image")])
        }
        for place in places { updateImage(&file, at: place) }
    }

    mutating func updateImage(_ file: inout CIFile, at steps: [ValuePath.Step]) {
        guard let text = file.value(at: steps)?.string else { return }
        let reference = ImageReference(text)
        let name = Ecosystem.docker.normalized(String(reference.name))
        guard let image = wishes.images.first(where: { Ecosystem.docker.normalized($0.name) == name }) else {
            return
        }
        guard let updated = reference.updating(to: image.value.plainText), !text.contains("$") else {
            return file.leave("the image '\(text)' can only be changed by a person")
        }
        file.set(steps, to: .string(updated))
        settle("images " + image.name)
    }

    // MARK: Timeouts

    private mutating func updateTimeout(
        _ file: inout CIFile, _ job: JSON.Member, at steps: [ValuePath.Step]
    ) {
        guard let timeout = wishes.timeout, job.value["uses"] == nil else { return }
        guard let minutes = timeout.members == nil ? timeout : timeout[job.name] else { return }
        file.set("timeout-minutes", in: steps, to: minutes, before: "steps")
        settle("timeout")
    }
}
