internal import Basics
internal import Crypto
internal import Git
internal import Glibc

/// Puts everything that differs back to what the record says, and notes in the record what then stands there.
struct CheckoutRestorer {
    private let repository: Repository
    private let root: Directory
    private(set) var record: SlotRecord
    private(set) var restored = 0
    private var touchedDirectories: Set<Int> = []

    init(_ repository: Repository, _ record: SlotRecord, in root: Directory) {
        (self.repository, self.record, self.root) = (repository, record, root)
    }

    /// Removes first: what is too much may stand where something is missing.
    mutating func restore(_ findings: [ScanFinding]) throws(WorkspaceError) {
        do throws(FileError) { for finding in findings { try clear(finding) } } catch {
            throw WorkspaceError(.storage, error)
        }
        for finding in findings {
            switch finding.kind {
            case .missing, .touched: try rewrite(finding.file, in: finding.directory)
            case .suspect where try !isIntact(finding.file, in: finding.directory):
                try rewrite(finding.file, in: finding.directory)
            case .missingDirectory, .unreadable: try rewriteAll(below: finding.directory)
            case .suspect, .extra, .permissions: break
            }
        }
        try lookAgain()
    }

    private mutating func clear(_ finding: ScanFinding) throws(FileError) {
        switch finding.kind {
        case .extra:
            if finding.directory == 0, finding.name.elementsEqual(".git".utf8) { return }
            try open(finding.directory)?.remove(finding.name)
            restored += 1
            touchedDirectories.insert(finding.directory)
        case .unreadable(let code):
            guard finding.directory > 0 else { throw FileError("read", root.place, code) }
            let parent = Int(record.directories[finding.directory].parent)
            try open(parent)?.remove(record.name(ofDirectory: finding.directory))
            touchedDirectories.insert(parent)
        case .permissions:
            let wanted = record.directories[finding.directory].status.permissions
            guard let directory = try open(finding.directory), fchmod(directory.descriptor, mode_t(wanted)) == 0
            else {
                throw FileError("change the permissions of", root.place, errno)
            }
            restored += 1
            touchedDirectories.insert(finding.directory)
        case .touched, .suspect, .missing, .missingDirectory: break
        }
    }

    private func open(_ directory: Int) throws(FileError) -> Directory? {
        try root.directory(at: record.prefix(ofDirectory: directory))
    }

    private mutating func rewrite(_ file: Int, in number: Int) throws(WorkspaceError) {
        let directory: Directory?
        do throws(FileError) { directory = try open(number) } catch { throw WorkspaceError(.storage, error) }
        // With its directory missing, all of that is written anyway.
        guard let directory else { return }
        try rewrite(file, in: directory)
        touchedDirectories.insert(number)
    }

    private mutating func rewrite(_ file: Int, in directory: Directory) throws(WorkspaceError) {
        let entry = record.files[file]
        record.files[file].status = try CheckoutWriter.write(
            record.name(of: file), entry.object.id, entry.kind, in: directory, replacing: true, repository)
        restored += 1
    }

    private mutating func rewriteAll(below top: Int) throws(WorkspaceError) {
        for number in top..<Int(record.directories[top].end) where !record.directories[number].isAbsent {
            let directory: Directory
            do throws(FileError) {
                directory = try root.makeDirectories(at: record.prefix(ofDirectory: number))
            } catch { throw WorkspaceError(.storage, error) }
            for file in record.files(of: number) where !record.files[file].isAbsent {
                try rewrite(file, in: directory)
            }
            touchedDirectories.insert(number)
        }
        touchedDirectories.insert(max(0, Int(record.directories[top].parent)))
    }

    /// Whether a file that could hide a change really holds what it should.
    private func isIntact(_ file: Int, in number: Int) throws(WorkspaceError) -> Bool {
        let entry = record.files[file]
        do throws(FileError) {
            guard let directory = try open(number) else { return true }
            return try FileContent.matches(record.name(of: file), entry, in: directory)
        } catch { return false }
    }

    /// Notes how the directories look now that all has been put back.
    private mutating func lookAgain() throws(WorkspaceError) {
        for number in touchedDirectories {
            do throws(FileError) {
                if let directory = try open(number) { record.directories[number].status = directory.status }
            } catch { throw WorkspaceError(.storage, error) }
        }
    }
}

/// Compares files with what a tree says of them.
enum FileContent {
    /// Whether what stands there is exactly the entry: kind and content.
    static func matches(
        _ name: some Collection<UInt8>, _ entry: FileEntry, in directory: Directory
    ) throws(FileError) -> Bool {
        switch entry.kind {
        case .symlink: return directory.linkTarget(name).map(name(of:)) == entry.object
        case .submodule:
            guard let inside = try directory.directory(name) else { return false }
            return try inside.names(limit: 1).isEmpty
        case .regular, .executable:
            let (bytes, status) = try directory.read(name, limit: max(Int(entry.status.size), 0))
            return status.isExecutable == (entry.kind == .executable) && Self.name(of: bytes) == entry.object
        }
    }

    /// What git calls a blob of these bytes.
    static func name(of bytes: [UInt8]) -> ObjectName {
        let digest = SHA1.digest(of: Array("blob \(bytes.count)".utf8) + [0] + bytes)
        return ObjectName(ObjectID(bytes: digest) ?? .zero)
    }
}
