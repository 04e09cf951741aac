internal import Basics
internal import Processes

/// The sources that come with the Python installed here, as valid input that nobody wrote for a test.
package enum PythonLibrary {
    package static let isInstalled = (try? run("pass"))?.isEmpty == true

    /// The files that Python itself compiles.
    package static func compilable() throws -> [String] {
        try run(
            """
            import os, sysconfig, warnings
            warnings.simplefilter("ignore")
            for directory, inner, names in os.walk(sysconfig.get_paths()["stdlib"]):
                inner[:] = [name for name in inner if name not in ("site-packages", "dist-packages")]
                for name in names:
                    path = os.path.join(directory, name)
                    if not name.endswith(".py"): continue
                    try:
                        source = open(path, "rb").read()
                        source.decode("utf-8")
                        compile(source, path, "exec", dont_inherit=True)
                        print(path)
                    except Exception: pass
            """
        ).sorted()
    }

    /// Writes variants of library files that Python refuses, each with one small mistake; returns their names.
    package static func writeBroken(into directory: String, seed: Int) throws -> [String] {
        try run(
            """
            import glob, os, random, re, sys, sysconfig, warnings
            warnings.simplefilter("ignore")
            random.seed(\(seed))
            files = sorted(glob.glob(sysconfig.get_paths()["stdlib"] + "/*.py"))
            files = [f for f in files if 500 < os.path.getsize(f) < 30000]
            def without(text, signs):
                places = [i for i, c in enumerate(text) if c in signs]
                if not places: return text
                i = random.choice(places)
                return text[:i] + text[i + 1:]
            def variants(text):
                lines = text.split("\\n")
                yield without(text, "()[]{}")
                yield without(text, "\\"'")
                yield text[:random.randrange(len(text))]
                heads = [i for i, l in enumerate(lines) if re.match(r"\\s*(def|class|if|for|while|else|try)\\b.*:$", l)]
                inner = [i for i, l in enumerate(lines) if l.startswith("    ") and l.strip()]
                if heads:
                    i = random.choice(heads)
                    yield "\\n".join(lines[:i] + [lines[i][:-1]] + lines[i + 1:])
                    yield "\\n".join(lines[:i] + lines[i + 1:])
                if inner:
                    i = random.choice(inner)
                    yield "\\n".join(lines[:i] + [lines[i][2:]] + lines[i + 1:])
                    yield "\\n".join(lines[:i] + [" " + lines[i]] + lines[i + 1:])
            for number, path in enumerate(random.sample(files, 40)):
                try: text = open(path, encoding="utf-8").read()
                except Exception: continue
                for kind, variant in enumerate(variants(text)):
                    try: compile(variant, path, "exec", dont_inherit=True)
                    except (SyntaxError, ValueError):
                        name = f"{number}-{kind}.py"
                        open(os.path.join("\(directory)", name), "w", encoding="utf-8").write(variant)
                        print(name)
            """)
    }

    private static func run(_ program: String) throws -> [String] {
        let outcome = try Subprocess(
            "python3", ["-c", program], environment: ["PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0"]
        ).run()
        guard outcome.succeeded else { throw PythonFailure(message: outcome.errors.text) }
        return outcome.output.text.split(separator: "\n").map(String.init)
    }

    private struct PythonFailure: Error {
        let message: String
    }
}
