internal import Basics
internal import Git
internal import Journal
internal import Model
internal import Processes

/// The programs, the home, the disk and the fence.
extension Doctor {
    private static let least = (free: 100_000_000, comfortable: 1_000_000_000)

    func programs() -> DoctorFinding {
        DoctorFinding(
            "version", .ok,
            "leviathan \(version), libgit2 \(GitLibrary.version), SQLite \(Journal.engineVersion)")
    }

    func git() -> DoctorFinding {
        do throws(GitCommandError) {
            let version = try GitCommand(environment: context.environment)
                .version(cancellation: context.cancellation)
            return DoctorFinding("git", .ok, "version \(version)")
        } catch { return DoctorFinding("git", error) }
    }

    // MARK: The home

    func home() -> [DoctorFinding] {
        let home = context.home
        do throws(FileError) {
            guard let status = try FileSystem.status(home) else {
                return [DoctorFinding("home", .ok, "\(home) is made by the first attempt")]
            }
            guard status.kind == .directory else {
                return [DoctorFinding("home", .problem, "\(home) is not a directory", hint: "set LEVIATHAN_HOME")]
            }
            guard FileSystem.isWritable(home) else {
                return [
                    DoctorFinding(
                        "home", .problem, "\(home) cannot be written",
                        hint: "set LEVIATHAN_HOME to a place that can")
                ]
            }
            return [homeItself(home, status)] + (try openFiles(in: home))
        } catch { return [DoctorFinding("home", error)] }
    }

    private func homeItself(_ home: String, _ status: FileSystem.Status) -> DoctorFinding {
        func close() throws(FileError) { try FileSystem.setPermissions(0o700, of: home) }
        // A directory that is not Leviathan's alone is nothing to close: others live in it.
        let places = [home, FileSystem.realPath(home) ?? home]
        let isShared =
            status.permissions & 0o1000 != 0 || places.contains("/")
            || context.environment["HOME"].map(places.contains) == true
        if isShared, status.permissions & 0o022 != 0 {
            return DoctorFinding(
                "home", .problem, "others can write to Leviathan's home '\(home)'",
                hint: "set LEVIATHAN_HOME to a directory of its own")
        }
        if isShared { return DoctorFinding("home", .ok, home) }
        if status.permissions & 0o022 != 0 {
            return mended(
                "home", .problem, "others can write to Leviathan's home '\(home)'", hint: "chmod 700 '\(home)'",
                close)
        }
        guard status.permissions & 0o077 != 0 else { return DoctorFinding("home", .ok, home) }
        return mended("home", .warning, "\(home) is open to others", hint: "chmod 700 '\(home)'", close)
    }

    /// Files of the home that others may change: they would be believed.
    private func openFiles(in home: String) throws(FileError) -> [DoctorFinding] {
        var found: [DoctorFinding] = []
        for name in try FileSystem.list(home).sorted() {
            let path = home + "/" + name
            guard let status = try FileSystem.status(path), status.kind != .symlink,
                status.permissions & 0o022 != 0
            else { continue }
            found.append(
                mended("home", .problem, "others can write to '\(path)'", hint: "chmod go-w '\(path)'") {
                    () throws(FileError) in
                    try FileSystem.setPermissions(status.permissions & ~0o022, of: path)
                })
        }
        return found
    }

    func disk() -> DoctorFinding {
        var place = context.home
        while !FileSystem.exists(place), let slash = place.lastIndex(of: "/"), slash != place.startIndex {
            place = String(place[..<slash])
        }
        do throws(FileError) {
            let free = try FileSystem.freeBytes(at: place)
            let text = "\(SizeText.text(free)) are free for \(context.home)"
            let hint = "'leviathan workspaces --remove-all' and 'leviathan artifacts gc' make room"
            if free < Self.least.free { return DoctorFinding("disk", .problem, text, hint: hint) }
            if free < Self.least.comfortable { return DoctorFinding("disk", .warning, text, hint: hint) }
            return DoctorFinding("disk", .ok, text)
        } catch { return DoctorFinding("disk", error) }
    }

    // MARK: The fence

    /// What the fence is made of here, by trying each part.
    func fence() -> [DoctorFinding] {
        let place = context.home + "/fenced"
        do throws(FileError) { try FileSystem.createDirectory(place, permissions: 0o700) } catch {
            return [DoctorFinding("fence", error)]
        }
        let report = FenceProbe.probe(in: place)
        guard report.level != .none else {
            return [
                DoctorFinding(
                    "fence", .problem, "none can be had: " + report.gaps.joined(separator: "; "),
                    hint:
                        "tasks and invariants that run a program are refused here; docs/fence.md says what is missing"
                )
            ] + leftovers(in: place)
        }
        let hint = "docs/fence.md says what that is good for, and 'sandbox.minimum' refuses less than you want"
        return [rung(report.level.rawValue)]
            + report.gaps.map { DoctorFinding("fence", .warning, $0, hint: hint) } + leftovers(in: place)
    }

    private func rung(_ level: String) -> DoctorFinding {
        let text = "the rung that holds here is \(level)"
        guard let minimum, FenceRung(rawValue: level)?.isAtLeast(minimum) != true else {
            return DoctorFinding("fence", .ok, text)
        }
        return DoctorFinding(
            "fence", .problem, text + ", and \(minimum.rawValue) is wanted",
            hint: "run it where more can be had, or accept less; docs/fence.md says what each rung holds")
    }

    /// Directories of programs whose process is gone; those without a lock may be an older version's, at work just now.
    private func leftovers(in place: String) -> [DoctorFinding] {
        var found: [DoctorFinding] = []
        do throws(FileError) {
            let orphans = try OwnedDirectory.orphans(in: place)
            if mends { found = FenceDirectories.reclaim(context).map { DoctorFinding("fence", $0) } }
            if !orphans.isEmpty, found.isEmpty {
                let text =
                    "\(orphans.count == 1 ? "a place" : "\(orphans.count) places") of programs whose process died"
                found.append(
                    mends
                        ? DoctorFinding("fence", .ok, "removed: " + text, fix: .done)
                        : DoctorFinding(
                            "fence", .warning, text + " \(orphans.count == 1 ? "is" : "are") left in \(place)",
                            hint: "the next attempt removes what is left", fix: .offered))
            }
            return found
                + (try OwnedDirectory.strangers(in: place)).map {
                    DoctorFinding(
                        "fence", .warning, "nothing tells whose '\(place)/\($0)' is",
                        hint: "remove it when no older version of Leviathan is at work")
                }
        } catch { return found + [DoctorFinding("fence", error)] }
    }

    // MARK: The shell

    /// Whether the shell of the person completes our words: in the places where packages and people put that.
    func completions() -> [DoctorFinding] {
        guard let shell = context.environment["SHELL"]?.split(separator: "/").last.map(String.init),
            let places = CompletionPlaces(shell, context.environment)
        else { return [] }
        if let found = places.files.first(where: FileSystem.exists) {
            return [DoctorFinding("completions", .ok, "\(shell) has \(found)")]
        }
        for file in places.startFiles {
            let text = try? FileSystem.read(file, limit: 1 << 20)
            if text.map({ String(decoding: $0, as: UTF8.self).contains("leviathan completions") }) == true {
                return [DoctorFinding("completions", .ok, "\(shell) reads them in \(file)")]
            }
        }
        return [
            DoctorFinding(
                "completions", .warning, "\(shell) has none in the places where it looks",
                hint: "mkdir -p \(places.directory) && leviathan completions \(shell) >\(places.own)")
        ]
    }
}
