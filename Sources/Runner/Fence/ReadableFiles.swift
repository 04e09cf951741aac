internal import Basics
internal import Glibc
internal import Processes
internal import Synchronization

/// What programs may read whatever they work on: the system, and the tools that the environment names.
struct ReadableFiles {
    private let environment: [String: String]
    private let homes: PersonHomes
    private var found: [String] = []
    private var seen: Set<String> = []

    /// Of what the kernel tells of the machine: how many processors there are, and how memory is laid out.
    private static let kernel = [
        "/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/kernel/mm/transparent_hugepage",
    ]
    /// What packages of the system keep outside `/usr`, and their programs read.
    private static let ofPackages = [
        "/var/lib/dpkg", "/var/lib/ghc", "/var/lib/texmf", "/var/lib/xml-core", "/var/cache/fontconfig",
    ]

    private static let known = Mutex<[[String: String]: [String]]>([:])

    /// Found out once for an environment.
    static func paths(_ environment: [String: String]) -> [String] {
        let names = ["PATH", "HOME"] + ToolchainHome.known.compactMap(\.variable)
        let question = environment.filter { names.contains($0.key) }
        if let known = known.withLock({ $0[question] }) { return known }
        var files = ReadableFiles(question)
        files.collect()
        known.withLock { $0[question] = files.found }
        return files.found
    }

    /// The variables that lead programs to tools below the person's home, although `HOME` is another one.
    static func variables(_ environment: [String: String]) -> [String: String] {
        var told: [String: String] = [:]
        let homes = PersonHomes(environment)
        for toolchain in ToolchainHome.known where toolchain.isTold {
            guard let name = toolchain.variable else { continue }
            told[name] = directories(of: toolchain, environment, homes).first { FileSystem.isDirectory($0) }
        }
        return told
    }

    private init(_ environment: [String: String]) {
        (self.environment, homes) = (environment, PersonHomes(environment))
    }

    private static func directories(
        of toolchain: ToolchainHome, _ environment: [String: String], _ homes: PersonHomes
    ) -> [String] {
        if let path = toolchain.variable.flatMap({ environment[$0] }), path.hasPrefix("/") { return [path] }
        return homes.paths.map { $0 + "/" + toolchain.directory }
    }

    private mutating func collect() {
        found = Fence.systemPaths + Self.kernel + Self.ofPackages
        for toolchain in ToolchainHome.known {
            for directory in Self.directories(of: toolchain, environment, homes) {
                for part in toolchain.parts { add(part == "." ? directory : directory + "/" + part) }
            }
        }
        for directory in (environment["PATH"] ?? "").split(separator: ":") where directory.hasPrefix("/") {
            addPrograms(in: String(directory))
        }
    }

    /// A directory of programs, what they need beside it, and where its symlinks lead.
    private mutating func addPrograms(in directory: String) {
        guard let real = FileSystem.realPath(directory), seen.insert(real).inserted else { return }
        add(directory)
        addCompanions(ofProgramsIn: real)
        for target in SymlinkTargets.of(real) where !isShown(target) { addTarget(target) }
    }

    private mutating func addTarget(_ target: String) {
        add(target)
        let parts = target.split(separator: "/").map(String.init)
        if let packages = parts.firstIndex(where: ToolchainHome.ofPackages.contains) {
            add("/" + parts[...packages].joined(separator: "/"))
        } else if let slash = target.lastIndex(of: "/") {
            let directory = String(target[..<slash])
            if ToolchainHome.ofPrograms.contains(Self.name(directory)) { add(directory) }
            addCompanions(ofProgramsIn: directory)
        }
    }

    private mutating func addCompanions(ofProgramsIn directory: String) {
        guard ToolchainHome.ofPrograms.contains(Self.name(directory)), !isShown(directory + "/..") else { return }
        let above = directory.dropLast(Self.name(directory).count)
        for name in ToolchainHome.besidePrograms { add(above + name) }
    }

    /// What does not exist is left to the fence; what would show a home is not shown at all.
    private mutating func add(_ path: String) {
        guard let real = FileSystem.realPath(path), !homes.isTooWide(real), !homes.isTooWide(path) else { return }
        found.append(path)
    }

    /// Whether a system directory shows it anyway.
    private func isShown(_ path: String) -> Bool {
        Fence.systemPaths.contains { path.hasPrefix($0 + "/") }
    }

    private static func name(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }
}

/// Where the symlinks in a directory lead.
enum SymlinkTargets {
    /// Those that lead out of it, and no further than to what is there.
    static func of(_ directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var targets: Set<String> = []
        while let entry = readdir(stream) {
            guard entry.pointee.d_type == DT_LNK || entry.pointee.d_type == DT_UNKNOWN else { continue }
            let path = directory + "/" + name(of: entry)
            guard let target = FileSystem.linkTarget(path), target.contains("/"),
                !target.hasPrefix(directory + "/")
            else { continue }
            if let real = FileSystem.realPath(path), !real.hasPrefix(directory + "/") { targets.insert(real) }
        }
        return targets.sorted()
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> String {
        withUnsafePointer(to: &entry.pointee.d_name) { name in
            name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
    }
}
