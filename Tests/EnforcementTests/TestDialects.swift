extension WeakenedTestsRuleTests.Dialect {
    static let all = [
        pytest, unittest, swiftTesting, xctest, jest, nodeTest, go, rust, junit, kotlin, mocha, ava, rspec,
        minitest,
        phpunit, pest, kotlinTest, xunit, nunit,
    ]

    static let pytest = Self(
        path: "tests/test_parser.py",
        frame: "import pytest\n\nTEST\n\ndef test_other():\n    assert other() == 2, '''\n# no comment\n'''\n",
        test:
            "def test_empty(tmp_path):\n    result = parse('')  # assert nothing\n    assert result == []\n    assert result is not None\n",
        skipped: [
            "@pytest.mark.skip(reason='flaky')\ndef test_empty(tmp_path):\n    result = parse('')\n    assert result == []\n    assert result is not None\n",
            "@pytest.mark.parametrize('a', [1,\n2])\n@pytest.mark.xfail\ndef test_empty(tmp_path):\n    assert 1 == a\n",
            "def test_empty(tmp_path):\n    pytest.skip('later')\n    result = parse('')\n    assert result == []\n",
        ],
        emptied: [
            "def test_empty(tmp_path):\n    result = parse('')\n    assert result == []\n",
            "def test_empty(tmp_path):\n    parse('')\n    assert True\n    assert (True)\n",
            "def test_empty(tmp_path):\n    pass\n    # assert result == []\n    'assert result == []'\n",
        ],
        harmless: [
            "def test_nothing(tmp_path):\n    result = parse('')  # renamed\n    assert result == []\n    assert result is not None\n",
            "async def test_empty(\n    tmp_path,\n):\n    assert_shape(parse(''))\n    with pytest.raises(E):\n        check_more()\n",
            "class TestParser:\n    def test_empty(self):\n        assert a\n        assert b\n",
        ],
        name: "test_empty")

    static let unittest = Self(
        path: "pkg/tests/parser.py",
        frame:
            "import unittest\n\nclass ParserTest(unittest.TestCase):\nTEST\n    def test_other(self):\n        self.assertTrue(other())\n",
        test:
            "    def test_empty(self):\n        self.assertEqual(parse(''), [])\n        self.assertIsNone(last())\n",
        skipped: [
            "    @unittest.skip('later')\n    def test_empty(self):\n        self.assertEqual(parse(''), [])\n",
            "    @unittest.skipIf(True, 'x')\n    def test_empty(self):\n        self.assertEqual(parse(''), [])\n",
            "    def test_empty(self):\n        self.skipTest('later')\n",
            "    def test_empty(self):\n        raise unittest.SkipTest\n",
        ],
        emptied: [
            "    def test_empty(self):\n        self.assertEqual(parse(''), [])\n",
            "    def test_empty(self):\n        self.assertTrue(True)\n",
        ],
        harmless: ["    def test_empty(self):\n        self.assertEqual(parse(''),\n  [])\n        self.fail()\n"],
        name: "ParserTest › test_empty")

    static let swiftTesting = Self(
        path: "Tests/AppTests/parserTests.swift",
        frame:
            "import Testing\n\n@Suite struct ParserTests {\nTEST\n    @Test func other() { #expect(other() == \"}{\\(\"x\")\") }\n}\n",
        test:
            "    @Test func empty() throws {\n        #expect(parse(\"\") == [])\n        let x = try #require(last())\n    }\n",
        skipped: [
            "    @Test(.disabled(\"flaky\")) func empty() throws {\n        #expect(parse(\"\") == [])\n        let x = try #require(last())\n    }\n",
            "    @Test(.enabled(if: false)) func empty() throws {\n        #expect(a)\n    }\n",
            "    @Test func empty() throws {\n        withKnownIssue { #expect(parse(\"\") == []) }\n        #expect(x)\n    }\n",
        ],
        emptied: [
            "    @Test func empty() throws {\n        #expect(parse(\"\") == [])\n    }\n",
            "    @Test func empty() throws {\n        #expect(true)\n        #expect(true, \"x\")\n    }\n",
        ],
        harmless: [
            "    @Test(arguments: [1, 2]) func empty(a: Int) async throws {\n        #expect(a)\n        Issue.record(\"x\")\n    }\n",
            "    @Test func nothing() throws {\n        #expect(parse(\"\") == []) // why\n        let x = try #require(last())\n    }\n",
        ],
        name: "ParserTests › empty")

    static let xctest = Self(
        path: "Tests/AppTests/parserXCTests.swift",
        frame:
            "import XCTest\n\nfinal class ParserTests: XCTestCase {\nTEST\n    func testOther() { XCTAssert(other()) }\n}\n",
        test:
            "    func testEmpty() throws {\n        XCTAssertEqual(parse(#\"\"a\"\"#), [])\n        XCTAssertNil(last())\n    }\n",
        skipped: [
            "    func testEmpty() throws {\n        throw XCTSkip(\"later\")\n    }\n",
            "    func testEmpty() throws {\n        try XCTSkipIf(true)\n        XCTAssertEqual(parse(\"\"), [])\n        XCTAssertNil(last())\n    }\n",
        ],
        emptied: [
            "    func testEmpty() throws {\n        XCTAssertNil(last())\n    }\n",
            "    func testEmpty() throws {\n        XCTAssertTrue(true)\n    }\n",
        ],
        harmless: [
            "    func testEmpty() async throws {\n        XCTFail(\"\")\n        let x = try XCTUnwrap(a)\n    }\n"
        ],
        name: "ParserTests › testEmpty")

    static let jest = Self(
        path: "web/parser.test.ts",
        frame:
            "import { parse } from './parser'\n\ndescribe('parser', () => {\nTEST\n  it('does other things', () => { expect(a / b).toBe(/[/'\"]/.test(`${f(`}`)}`)) })\n})\n",
        test:
            "  it('takes nothing', async () => {\n    expect(parse('')).toEqual([])\n    expect(last()).toBeNull()\n  })\n",
        skipped: [
            "  it.skip('takes nothing', async () => {\n    expect(parse('')).toEqual([])\n    expect(last()).toBeNull()\n  })\n",
            "  xit('takes nothing', async () => {\n    expect(parse('')).toEqual([])\n  })\n",
            "  it.todo('takes nothing')\n",
            "  it.skipIf(true)('takes nothing', async () => {\n    expect(parse('')).toEqual([])\n  })\n",
            "  describe.skip('x', () => {\n  it('takes nothing', async () => {\n    expect(parse('')).toEqual([])\n  })\n  })\n",
        ],
        emptied: [
            "  it('takes nothing', async () => {\n    expect(parse('')).toEqual([])\n  })\n",
            "  it('takes nothing', async () => {\n    expect(true).toBe(true)\n    // expect(parse('')).toEqual([])\n  })\n",
        ],
        harmless: [
            "  it('takes an empty text', async () => {\n    expect(parse('')).toEqual([]) // why\n    expect(last()).toBeNull()\n  })\n",
            "  test.each([1, 2])('takes nothing', async (a) => {\n    assert.equal(a, 1)\n    verifyAll()\n  })\n",
        ],
        name: "parser › takes nothing")

    static let nodeTest = Self(
        path: "test/parser.mjs",
        frame:
            "import test from 'node:test'\nimport assert from 'node:assert'\n\nTEST\ntest(\"other\", () => assert.ok(other()))\n",
        test:
            "test(\"takes nothing\", (t) => {\n  assert.deepEqual(parse(''), [])\n  assert.equal(last(), null)\n})\n",
        skipped: [
            "test(\"takes nothing\", { skip: true }, (t) => {\n  assert.deepEqual(parse(''), [])\n  assert.equal(last(), null)\n})\n",
            "test(\"takes nothing\", (t) => {\n  t.skip()\n})\n",
        ],
        emptied: [
            "test(\"takes nothing\", (t) => {\n  assert.equal(last(), null)\n})\n",
            "test(\"takes nothing\", () => {})\n",
        ],
        harmless: ["test(\"takes nothing\", { skip: false }, (t) => {\n  assert(a)\n  assert.throws(b)\n})\n"],
        name: "takes nothing")

    static let go = Self(
        path: "parser_test.go",
        frame:
            "package parser\n\nimport \"testing\"\n\nTEST\nfunc TestOther(t *testing.T) {\n\trequire.True(t, other('}', `\n{`))\n}\n",
        test:
            "func TestEmpty(t *testing.T) {\n\tgot := Parse(\"\")\n\tif got != nil {\n\t\tt.Fatalf(\"got %v\", got)\n\t}\n\tassert.Equal(t, 1, Last())\n}\n",
        skipped: [
            "func TestEmpty(t *testing.T) {\n\tt.Skip(\"later\")\n\tgot := Parse(\"\")\n\tif got != nil {\n\t\tt.Fatalf(\"got %v\", got)\n\t}\n\tassert.Equal(t, 1, Last())\n}\n"
        ],
        emptied: [
            "func TestEmpty(t *testing.T) {\n\tassert.Equal(t, 1, Last())\n}\n",
            "func TestEmpty(t *testing.T) {\n\tgot := Parse(\"\")\n\tif got != nil {\n\t\tt.Logf(\"got %v\", got)\n\t\tfmt.Errorf(\"x\")\n\t}\n}\n",
        ],
        harmless: [
            "func TestEmpty(t *testing.T) {\n\tt.Run(\"a\", func(t *testing.T) {\n\t\tt.Error(\"x\")\n\t\tcheckLast(t)\n\t})\n}\n"
        ],
        name: "TestEmpty")

    static let rust = Self(
        path: "src/parser.rs",
        frame:
            "fn lifetime<'a>(x: &'a str) -> char { '\"' }\n\n#[cfg(test)]\nmod tests {\n    use super::*;\nTEST\n    #[test]\n    fn other() { assert!(r#\"}\"#.len() > 1) }\n}\n",
        test:
            "    #[test]\n    fn empty() {\n        assert_eq!(parse(\"\"), vec![]);\n        assert!(last().is_none());\n    }\n",
        skipped: [
            "    #[test]\n    #[ignore = \"flaky\"]\n    fn empty() {\n        assert_eq!(parse(\"\"), vec![]);\n        assert!(last().is_none());\n    }\n",
            "    #[test]\n    #[cfg(any())]\n    fn empty() {\n        assert!(last().is_none());\n    }\n",
        ],
        emptied: [
            "    #[test]\n    fn empty() {\n        assert!(last().is_none());\n    }\n",
            "    #[test]\n    fn empty() {\n        assert!(true);\n        last().expect(\"x\");\n    }\n",
        ],
        harmless: [
            "    #[tokio::test(flavor = \"multi_thread\")]\n    pub async fn empty() {\n        assert_ne!(a, b);\n        check_last(c);\n    }\n"
        ],
        name: "tests › empty")

    static let junit = Self(
        path: "src/test/java/parserTest.java",
        frame:
            "package a;\n\nclass ParserTest {\nTEST\n    @Test\n    void other() { assertTrue(other('\"', \"\"\"\n        } \"quoted\"\n        \"\"\")); }\n}\n",
        test:
            "    @Test\n    @DisplayName(\"nothing\")\n    public void empty() throws IOException {\n        assertEquals(List.of(), parse(\"\"));\n        assertThat(last()).isNull();\n    }\n",
        skipped: [
            "    @Disabled(\"flaky\")\n    @Test\n    public void empty() throws IOException {\n        assertEquals(List.of(), parse(\"\"));\n        assertThat(last()).isNull();\n    }\n",
            "    @org.junit.Ignore @Test public void empty() { assertEquals(1, x()); }\n",
            "    @Test(enabled = false)\n    public void empty() { assertEquals(1, x()); }\n",
            "    @Test\n    void empty() {\n        assumeTrue(false);\n        assertEquals(1, x());\n    }\n",
        ],
        emptied: [
            "    @Test\n    public void empty() throws IOException {\n        assertThat(last()).isNull();\n    }\n",
            "    @Test\n    public void empty() { assertTrue(true); }\n",
        ],
        harmless: [
            "    @ParameterizedTest\n    @ValueSource(strings = {\"a\", \"b\"})\n    void empty(String a) {\n        verify(mock).call();\n        fail(\"x\");\n    }\n"
        ],
        name: "ParserTest › empty")

    static let kotlin = Self(
        path: "src/test/kotlin/parserTest.kt",
        frame:
            "package a\n\nclass ParserTest {\nTEST\n    @Test\n    fun other() = runTest { assertTrue(\"${f(\"}\")}\" == \"\"\"{\"\"\") }\n}\n",
        test:
            "    @Test\n    fun `takes nothing`() = runTest {\n        assertEquals(listOf(), parse(\"\"))\n        last() shouldBe null\n    }\n",
        skipped: [
            "    @Disabled\n    @Test\n    fun `takes nothing`() = runTest {\n        assertEquals(listOf(), parse(\"\"))\n        last() shouldBe null\n    }\n"
        ],
        emptied: ["    @Test\n    fun `takes nothing`() {\n        assertEquals(listOf(), parse(\"\"))\n    }\n"],
        harmless: [
            "    @Test\n    fun `takes nothing`() {\n        assertFailsWith<E> { parse(\"\") }\n        expectThat(x) { isEmpty() }\n    }\n"
        ],
        name: "ParserTest › takes nothing")
}
