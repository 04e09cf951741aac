internal import Basics
internal import Editing

/// The environment variables that code reads, in the ways that common languages write it.
enum EnvironmentVariables {
    /// What stands before a name in quotes.
    private static let quoted = [
        "os.environ[", "os.environ.get(", "os.getenv(", "environ.get(", "environ[", "getenv(", "os.Getenv(",
        "os.LookupEnv(", "env::var(", "env::var_os(", "env!(", "option_env!(", "System.getenv(", "ENV[",
        "ENV.fetch(",
        "process.env[", "Deno.env.get(", "environment[", "Environment.GetEnvironmentVariable(", "$_ENV[",
    ].map { Array($0.utf8) }

    /// What stands before a bare name.
    private static let bare = ["process.env.", "import.meta.env.", "Bun.env."].map { Array($0.utf8) }

    /// The names, each once, in the order in which they are read.
    static func found(in text: String) -> [String] {
        let bytes = Array(text.utf8)
        guard
            bytes.contains(piece: "env") || bytes.contains(piece: "ENV") || bytes.contains(piece: "Env")
                || bytes.contains(piece: "${")
        else { return [] }
        var places: [(place: Int, name: String)] = []
        for mark in quoted {
            each(mark, in: bytes) { place in
                var start = place
                while start < bytes.count, Lines.isBlank(bytes[start]) { start += 1 }
                guard start < bytes.count, "\"'`".utf8.contains(bytes[start]),
                    let name = name(at: start + 1, in: bytes), start + 1 + name.utf8.count < bytes.count,
                    bytes[start + 1 + name.utf8.count] == bytes[start]
                else { return }
                places.append((place, name))
            }
        }
        for mark in bare {
            each(mark, in: bytes) { place in name(at: place, in: bytes).map { places.append((place, $0)) } }
        }
        // A shell's parameter with a default or a demand: what else has none is mostly the script's own.
        each(Array("${".utf8), in: bytes) { place in
            guard let name = name(at: place, in: bytes), name.allSatisfy({ !$0.isLowercase }) else { return }
            let end = place + name.utf8.count
            let mark = bytes[end..<min(end + 2, bytes.count)]
            if mark.elementsEqual(":-".utf8) || mark.elementsEqual(":?".utf8) { places.append((place, name)) }
        }
        var seen: Set<String> = []
        return places.sorted { $0.place < $1.place }.map(\.name).filter { seen.insert($0).inserted }
    }

    /// Calls with the end of every occurrence that is no end of a longer word.
    private static func each(_ mark: [UInt8], in bytes: [UInt8], _ body: (Int) -> Void) {
        var position = 0
        while let place = bytes.firstIndex(of: mark, from: position) {
            position = place + mark.count
            let isWord = place > 0 && bytes[place - 1].isNameByte && mark[0].isNameByte
            // `request.environ[` is another mapping.
            let isMember = place > 0 && bytes[place - 1] == UInt8(ascii: ".") && mark.starts(with: "environ".utf8)
            if !isWord, !isMember { body(position) }
        }
    }

    private static func name(at start: Int, in bytes: [UInt8]) -> String? {
        let name = bytes[start...].prefix { $0.isNameByte && $0 != UInt8(ascii: "-") }
        guard let first = name.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first), name.count <= 100
        else {
            return nil
        }
        return String(decoding: name, as: UTF8.self)
    }
}
