internal import Basics
internal import Glibc
internal import Synchronization

extension Directory {
    /// Removes whatever a name stands for, with all that is below it; nothing there is fine.
    func remove(_ name: some Collection<UInt8>) throws(FileError) {
        guard withText(name, { FileSystem.removeTree($0, in: descriptor) }) == 0 else {
            throw failure("remove", name)
        }
    }

    /// Removes everything inside.
    func empty() throws(FileError) {
        // A listing that is emptied while it runs may skip names, and millions of them need not be held at once.
        while true {
            var names: [[UInt8]] = []
            try forEachName { (name) throws(FileError) in
                names.append(Array(name))
                return names.count < 10_000
            }
            if names.isEmpty { return }
            for name in names { try remove(name) }
        }
    }
}

/// Numbers that are given out once in this process.
enum Counter {
    private static let last = Atomic(0)

    static func next() -> Int { last.wrappingAdd(1, ordering: .relaxed).newValue }
}
