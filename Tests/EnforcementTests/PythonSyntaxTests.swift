import Basics
import Enforcement
import Model
import TestSupport
import Testing

@Suite struct PythonSyntaxTests {
    @Test(arguments: [
        "def f(a, /, b: int = 1, *, c=2, **d) -> None:\n    return a ** -b\n",
        "x = 1 if y else 2\na, = b\n[*a, *b]\n",
        "if True: pass\nelif x: pass\nelse: pass\n",
        "try:\n    x\nexcept* E as e:\n    y\nelse:\n    z\nfinally:\n    w\n",
        "class A[T](B): x: int = 3; y = 4\n", "match x:\n    case [1, *_] if y: pass\n    case {'a': b}: pass\n",
        "type X[T] = list[T]\nmatch = 1\ncase = match\ntype = 2\nprint(type)\n",
        "@a.b(c)\nasync def f():\n    await g(); yield\n",
        "x = '''a\n'b''' \"c\" r'\\ ' rb\"\\\"\"\n" + "y = f'{a!r:>{w}} {{}} {b=} {c:%H:%M} {d[\"k\"]}'\n",
        "z = f'{x:{y}}' f\"{x['a']}\" f'''{\na\n}'''\n",
        "z = f\"{f\"{f\"{1+1}\"}\"}\" + f'\\N{BULLET}{x}\\{y}'\n",
        "from ... import a\nfrom .b import *\nfrom ..c import (d,\n  e)\n",
        "x = [i for i in y if i\n# comment\n]\n  # odd comment\n\n\t\ny = 2\n", "if a and \\\n   b:\n\tpass\n",
        "x = a @ b; y = ...\n",
        "lambda *, a, b=1: (yield)\nx[1:2, ::3, ...]\n",
        "x = 0xfor_, 1_0.5e-3j, .5, 0b1or 2\n".replacing("0xfor_", with: "0xf"), "größe = 'ä'\nℙ = 1\n",
        "# -*- coding: latin-1 -*-\nx = 'a'\n", "def f():\n    '''doc'''\n    if x:\n        return\n    # end\n",
        "while x: y\nelse: z\n",
        "x = y if not z else -w\nprint(*a, **b)\n", "with (a as b, c as d): pass\n",
        "x = {**a, 'b': *c}\n".replacing("*c", with: "c"), "async for x in y: pass\n",
        "if (n := 10) > 5: pass\nx[a:=1]\n", "\u{FEFF}x = 1\n", "x = 1\\\n  + 2\n",
        "def f(): return\n\u{0C}\ndef g(): return\n", "a = b'\\x00' u'x' Rb'y'\n",
        "assert x, 'y'\nraise E from e\nglobal a, b\ndel x[0]\n",
        "x = yield\n".replacing("x = yield", with: "x = None"), "d = {\n  'a': 1,\n}\nif d:\n\n    pass\n",
        "r'''\\'''\n".replacing("\\'''", with: "x'''"), "x = 'a' \\\n    'b'\n", "x = a if b else(c)\n",
        "x = 1if a else 2\n", "print(1 .real, 1..real)\n",
    ])
    func acceptsValidSource(text: String) throws {
        #expect(try ChangeFixture().with("a.py", text).violations() == [])
    }

    @Test(arguments: [
        ("def f(:\n    pass\n", 1), ("x = (1, 2\ny = 3\n", 2), ("x = ]\n", 1), ("x = (1]\n", 1),
        ("x = 'abc\ny = 1\n", 1),
        ("x = '''abc\n\n", 1), ("x = f'{a'\n", 1), ("x = f'}'\n", 1), ("if x\n    y\n", 1), ("if x:\ny\n", 1),
        ("def f():\n", 1),
        ("x = 1\n  y = 2\n", 2), ("if x:\n    a\n  b\n", 3), ("if x:\n        a\n\tb\n", 3), ("else:\n    x\n", 1),
        ("try:\n    x\ny\n", 3),
        ("try:\n    x\n", 3), ("for x in y:\n    a\nelif b:\n    c\n", 3), ("x = $a\n", 1), ("x = a ? b : c\n", 1),
        ("x = y z\n", 1), ("print 'x'\n", 1),
        ("x = = 1\n", 1), ("x = 1 +\n", 1), ("x = (1 +)\n", 1), ("a = b.\n", 1), ("x = [1,, 2]\n", 1),
        ("import\n", 1), ("x \\ y\n", 1), ("def 1():\n    pass\n", 1),
        ("x = “a”\n", 1), ("x\u{A0}= 1\n", 1), ("a\nHere is the file you asked for.\n", 2),
        ("```python\nx = 1\n```\n", 1), ("def def():\n    x\n", 1), ("x = not\n", 1),
        ("class A\n    x = 1\n", 1), ("x = 1 2\n", 1), ("x = a b'c'\n", 1), ("x\0 = 1\n", 1),
        ("if x:\n    a\n     b\n", 3), ("(\n", 1), ("a = 1 ; ; b\n", 1),
    ])
    func refusesBrokenSource(text: String, line: Int) throws {
        let found = try ChangeFixture().with("a.py", text).violations()
        #expect(found.map(\.rule) == ["malformed-content"], "\(text)")
        #expect(found.first?.line == line, "\(found.first?.message ?? "")")
    }

    @Test func otherEncodingsAreLeftAlone() throws {
        let japanese = "# coding: shift_jis\nx = '\u{8}\"\n"
        #expect(try ChangeFixture().with("a.py", japanese).rules() == [])
        let late = "x = 1\n# coding: shift_jis\ny = 'a\n"
        #expect(try ChangeFixture().with("a.py", late).rules() == ["malformed-content"])
    }

    /// Every file of the installed library that Python compiles must be accepted.
    @Test(.enabled(if: PythonLibrary.isInstalled)) func acceptsTheStandardLibrary() throws {
        let files = try PythonLibrary.compilable()
        #expect(files.count > 100)
        for path in files { #expect(try problems(in: path) == [], "\(path)") }
    }

    /// Of the ways in which source usually breaks, most are seen.
    @Test(.enabled(if: PythonLibrary.isInstalled)) func seesMostGeneratedMistakes() throws {
        let directory = try TemporaryDirectory()
        let names = try PythonLibrary.writeBroken(into: directory.path, seed: 5)
        let missed = try names.filter { try problems(in: directory.path + "/" + $0).isEmpty }
        #expect(names.count > 100)
        #expect(missed.count * 20 <= names.count, "\(missed.count) of \(names.count) were missed: \(missed)")
    }

    private func problems(in path: String) throws -> [String] {
        let text = String(decoding: try FileSystem.read(path, limit: 16 << 20), as: UTF8.self)
        let fixture = try ChangeFixture().with("a.py", text)
        return BuiltinInvariant.parse.problems(in: fixture.changes, fixture)
    }
}
