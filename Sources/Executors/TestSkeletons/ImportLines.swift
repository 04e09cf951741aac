internal import Analysis
internal import Basics
internal import Editing

/// Where the imports of a file stand, for one more of them.
struct ImportLines {
    let bytes: [UInt8]
    private let newLine: String

    init(_ bytes: [UInt8]) { (self.bytes, newLine) = (bytes, Lines.ending(of: bytes)) }

    private func text(_ line: Range<Int>) -> String { String(decoding: bytes[line], as: UTF8.self) }

    // MARK: Sorted lines

    /// Adds a line among those that are imports, in the order of their keys; `nil` where there are none.
    func sorted(_ line: String, key: (String) -> String, isImport: (String) -> Bool) -> ByteEdit? {
        let imports = Lines.all(of: bytes).filter { isImport(text($0)) }
        guard let last = imports.last else { return nil }
        guard !imports.contains(where: { key(text($0)) == key(line) }) else {
            return ByteEdit(at: 0, inserting: "")
        }
        if let next = imports.first(where: { key(text($0)) > key(line) }) {
            let indent = text(next).prefix { $0 == " " || $0 == "\t" }
            return ByteEdit(at: next.lowerBound, inserting: indent + line + newLine)
        }
        let indent = text(last).prefix { $0 == " " || $0 == "\t" }
        return after(last, indent + line)
    }

    /// Adds text behind a line.
    func after(_ line: Range<Int>, _ text: String) -> ByteEdit {
        let lined = text.replacing("\n", with: newLine)
        guard let next = Lines.next(after: line.upperBound, in: bytes) else {
            return ByteEdit(at: bytes.count, inserting: newLine + lined)
        }
        return ByteEdit(at: next, inserting: lined + newLine)
    }

    /// Adds lines behind the package clause, or before all code.
    func first(_ lines: [String], package word: String = "package ") -> ByteEdit {
        let text = lines.joined(separator: "\n")
        let all = Lines.all(of: bytes)
        if let clause = all.first(where: { self.text($0).hasPrefix(word) }) { return after(clause, "\n" + text) }
        let code = all.first { line in
            let words = self.text(line).trimmed
            return !words.isEmpty
                && !["//", "/*", "*", "#!", "@file:", "'use strict'", "\"use strict\""].contains(
                    where: words.hasPrefix)
        }
        return ByteEdit(
            at: code?.lowerBound ?? bytes.count, inserting: (text + "\n\n").replacing("\n", with: newLine))
    }

    // MARK: Python

    /// Adds `import module` to its section: the standard library's, or other packages'.
    func python(_ module: String, isStandard: Bool, isOwn: (String) -> Bool) -> ByteEdit? {
        guard let source = PythonSource(bytes) else { return nil }
        let items = pythonImports(source, isOwn)
        guard !items.contains(where: { $0.isPlain && $0.module == module }) else { return nil }
        let section = isStandard ? 1 : 2
        let line = "import \(module)"
        let same = items.filter { $0.section == section }
        if let first = same.first {
            let plain = same.filter(\.isPlain)
            if let next = plain.first(where: { $0.module > module }) {
                return ByteEdit(at: next.line.lowerBound, inserting: line + newLine)
            }
            guard let last = plain.last else {
                return ByteEdit(at: first.line.lowerBound, inserting: line + newLine)
            }
            return after(last.line, line)
        }
        if let before = items.last(where: { $0.section < section }) { return after(before.line, "\n" + line) }
        if let next = items.first {
            return ByteEdit(at: next.line.lowerBound, inserting: line + newLine + newLine)
        }
        return pythonHead(source, line)
    }

    private struct PythonImport {
        let module: String
        let isPlain: Bool
        let section: Int
        let line: Range<Int>
    }

    /// The imports before all other code, past the text that documents the module.
    private func pythonImports(_ source: PythonSource, _ isOwn: (String) -> Bool) -> [PythonImport] {
        var items: [PythonImport] = []
        for number in source.lines.indices {
            let range = source.range(ofLine: number)
            guard let first = range.first, source.lines[number].column == 0 else { break }
            if source.isString(first), items.isEmpty { continue }
            guard source.isWord(first, "import") || source.isWord(first, "from") else { break }
            let root = source.isWord(first + 1) ? source.text(first + 1) : ""
            let names = range.dropFirst().prefix { source.isWord($0) || source.isSign($0, ".") }
            let bytes =
                source.tokens[first].range.lowerBound..<source.tokens[range.upperBound - 1].range.upperBound
            items.append(
                PythonImport(
                    module: names.map(source.text).joined(), isPlain: source.isWord(first, "import"),
                    section: Self.section(root, isOwn), line: bytes))
        }
        return items
    }

    private static func section(_ root: String, _ isOwn: (String) -> Bool) -> Int {
        if root == "__future__" { return 0 }
        if PythonModules.standard.contains(root) { return 1 }
        return root.isEmpty ? 4 : isOwn(root) ? 3 : 2
    }

    private func pythonHead(_ source: PythonSource, _ line: String) -> ByteEdit {
        if source.docstring != nil, let last = source.range(ofLine: 0).last {
            return after(source.tokens[last].range, "\n" + line)
        }
        let start = source.tokens.first.map { Lines.start(of: $0.range.lowerBound, in: bytes) } ?? bytes.count
        return ByteEdit(at: start, inserting: line + newLine + newLine + newLine)
    }
}

enum PythonModules {
    /// The modules that come with the language.
    static let standard: Set<String> = Set(
        """
        abc aifc argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect builtins bz2 \
        calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall concurrent configparser \
        contextlib contextvars copy copyreg cProfile crypt csv ctypes curses dataclasses datetime dbm decimal difflib \
        dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch \
        fractions ftplib functools gc getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib \
        imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma \
        mailbox mailcap marshal math mimetypes mmap modulefinder multiprocessing netrc nntplib numbers operator optparse \
        os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint \
        profile pstats pty pwd py_compile pyclbr pydoc queue quopri random re readline reprlib resource rlcompleter \
        runpy sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver \
        spwd sqlite3 ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig syslog \
        tabnanny tarfile telnetlib tempfile termios test textwrap threading time timeit tkinter token tokenize tomllib \
        trace traceback tracemalloc tty turtle types typing unicodedata unittest urllib uu uuid venv warnings wave \
        weakref webbrowser winreg wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo
        """.split(separator: " ").map(String.init))
}
