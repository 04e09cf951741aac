extension WeakenedTestsRuleTests.Dialect {
    static let mocha = Self(
        path: "test/parser.js",
        frame:
            "const assert = require('assert');\ndescribe('parser', function () {\nTEST\n  it('other', () => { assert.ok(other()); });\n});\n",
        test: "  it('empty', function () {\n    assert.deepEqual(parse(''), []);\n    assert.ok(last());\n  });\n",
        skipped: [
            "  it.skip('empty', function () {\n    assert.deepEqual(parse(''), []);\n  });\n",
            "  xit('empty', function () {\n    assert.deepEqual(parse(''), []);\n  });\n",
            "  it('empty', function () {\n    this.skip();\n    assert.deepEqual(parse(''), []);\n  });\n",
            "  context.skip('x', () => {\n  specify('empty', function () {\n    assert.deepEqual(parse(''), []);\n  });\n  });\n",
        ],
        emptied: ["  it('empty', function () {\n    parse('');\n    assert.ok(last());\n  });\n"],
        harmless: [
            "  specify('nothing', function () {\n    assert.deepEqual(parse(''), []); // why\n    assert.ok(last());\n  });\n"
        ],
        name: "parser › empty")

    static let ava = Self(
        path: "test/parser.mjs",
        frame: "import test from 'ava';\n\nTEST\ntest('other', t => { t.is(other(), 2); });\n",
        test: "test('empty', t => {\n\tt.deepEqual(parse(''), []);\n\tt.truthy(last());\n});\n",
        skipped: [
            "test.skip('empty', t => {\n\tt.deepEqual(parse(''), []);\n});\n",
            "test.failing('empty', t => {\n\tt.deepEqual(parse(''), []);\n});\n", "test.todo('empty');\n",
        ],
        emptied: [
            "test('empty', t => {\n\tt.deepEqual(parse(''), []);\n});\n",
            "test('empty', t => {\n\tt.pass(true);\n\tt.true(true);\n\tparse('');\n});\n",
        ],
        harmless: [
            "test.serial('empty', async t => {\n\tt.deepEqual(await parse(''), []);\n\tt.truthy(last());\n});\n"
        ],
        name: "empty")

    static let rspec = Self(
        path: "spec/parser_spec.rb",
        frame:
            "# frozen_string_literal: true\n\nRSpec.describe Parser do\n  let(:text) { <<~TEXT }\n    it \"is no test\" do\n  TEXT\n\nTEST\n  it \"does other things\" do\n    expect(%w[it a]).to eq(\"#{other(\"x\")} # no comment\")\n  end\nend\n",
        test:
            "  it \"is empty\" do\n    expect(parse(\"\")).to eq []\n    expect(last).to be_nil\n  end\n",
        skipped: [
            "  xit \"is empty\" do\n    expect(parse(\"\")).to eq []\n  end\n",
            "  it \"is empty\", skip: \"later\" do\n    expect(parse(\"\")).to eq []\n  end\n",
            "  it \"is empty\", :pending do\n    expect(parse(\"\")).to eq []\n  end\n",
            "  it \"is empty\" do\n    skip \"later\"\n    expect(parse(\"\")).to eq []\n  end\n",
            "  skip \"is empty\" do\n    expect(parse(\"\")).to eq []\n  end\n", "  it \"is empty\"\n",
            "  xcontext \"here\" do\n    it \"is empty\" do\n      expect(parse(\"\")).to eq []\n    end\n  end\n",
        ],
        emptied: [
            "  it \"is empty\" do\n    expect(parse(\"\")).to eq []\n  end\n",
            "  it \"is empty\" do\n    parse(\"\") # expect(x).to y\n  end\n",
        ],
        harmless: [
            "  specify 'is nothing' do # renamed\n    expect(parse(\"\")).to eq []\n    expect(last).to be_nil\n  end\n",
            "  it(\"is empty\") do\n    expect { parse(\"\") }.to raise_error(E)\n    is_expected.to be_nil\n    x.should eq 1\n  end\n",
        ],
        name: "Parser › is empty")

    static let minitest = Self(
        path: "test/parser_test.rb",
        frame:
            "require \"minitest/autorun\"\n\nclass ParserTest < Minitest::Test\nTEST\n  def test_other\n    assert_equal 2, other if true\n  end\nend\n",
        test: "  def test_empty\n    assert_equal [], parse('')\n    refute_nil last\n    assert last\n  end\n",
        skipped: ["  def test_empty\n    skip\n    assert_equal [], parse('')\n  end\n"],
        emptied: [
            "  def test_empty\n    assert_equal [], parse('')\n  end\n",
            "  def test_empty\n    assert true\n    assert true\n  end\n",
        ],
        harmless: ["  def test_empty\n    # more\n    assert_equal([], parse(''))\n    assert(last)\n  end\n"],
        name: "ParserTest › test_empty")

    static let phpunit = Self(
        path: "tests/parserTest.php",
        frame:
            "<p>it's a page</p>\n<?php\n\nuse PHPUnit\\Framework\\TestCase;\n\nfinal class ParserTest extends TestCase\n{\nTEST\n    public function testOther(): void\n    {\n        # it's a comment\n        $this->assertSame(<<<'X'\n        } \"\n        X, \"{$a[\"}\"]}\");\n    }\n}\n",
        test:
            "    public function testEmpty(): void\n    {\n        $this->assertSame([], parse(''));\n        self::assertNull(last());\n    }\n",
        skipped: [
            "    public function testEmpty(): void\n    {\n        $this->markTestSkipped('later');\n    }\n",
            "    public function testEmpty(): void\n    {\n        self::markTestIncomplete();\n        $this->assertSame([], parse(''));\n    }\n",
        ],
        emptied: [
            "    public function testEmpty(): void\n    {\n        $this->assertSame([], parse(''));\n    }\n",
            "    public function testEmpty(): void\n    {\n        self::assertTrue(true);\n        parse('');\n    }\n",
        ],
        harmless: [
            "    #[Test]\n    public function nothing(): void\n    {\n        $this->assertSame([], parse('')); // why\n        self::assertNull(last());\n    }\n",
            "    /** @test */\n    public function emptyIt(): void\n    {\n        $this->assertSame([], parse(''));\n        self::assertNull(last());\n    }\n",
        ],
        name: "ParserTest › testEmpty")

    static let pest = Self(
        path: "tests/Feature/parserTest.php",
        frame: "<?php\n\nTEST\nit('does other things', function () {\n    expect(other())->toBe(2);\n});\n",
        test:
            "it('is empty', function () {\n    expect(parse(''))->toBe([]);\n    expect(last())->toBeNull();\n});\n",
        skipped: [
            "it('is empty', function () {\n    expect(parse(''))->toBe([]);\n})->skip('later');\n",
            "it('is empty', function () {\n    expect(parse(''))->toBe([]);\n})->todo();\n",
        ],
        emptied: ["it('is empty', function () {\n    expect(parse(''))->toBe([]);\n});\n"],
        harmless: [
            "test('nothing', function () {\n    expect(parse(''))->toBe([]);\n    expect(last())->toBeNull();\n})->group('x');\n"
        ],
        name: "is empty")

    static let kotlinTest = Self(
        path: "src/test/kotlin/parserTest.kt",
        frame:
            "import kotlin.test.Ignore\nimport kotlin.test.Test\n\nclass ParserTest {\nTEST\n    @Test\n    fun other() = assertEquals(2, other(\"${x(\"}\")}\"))\n}\n",
        test:
            "    @Test\n    fun `is empty`() {\n        assertEquals(listOf(), parse(\"\"))\n        assertNull(last())\n    }\n",
        skipped: [
            "    @Ignore\n    @Test\n    fun `is empty`() {\n        assertEquals(listOf(), parse(\"\"))\n    }\n"
        ],
        emptied: ["    @Test\n    fun `is empty`() {\n        assertNull(last())\n    }\n"],
        harmless: [
            "    @Test\n    fun isEmpty() {\n        assertEquals(listOf(), parse(\"\"))\n        assertNull(last())\n    }\n"
        ],
        name: "ParserTest › is empty")

    static let xunit = Self(
        path: "tests/parserTests.cs",
        frame:
            "using Xunit;\n\nnamespace Parsing;\n\npublic class ParserTests\n{\nTEST\n    [Theory]\n    [InlineData(@\"a\\\", '\"')]\n    public void Other(string text, char letter) => Assert.Equal($\"{{{F(\"}\")}\", text);\n}\n",
        test:
            "    [Fact]\n    public async Task Empty()\n    {\n        Assert.Equal(new int[0], await Parse(\"\"));\n        Assert.Throws<ParseException>(() => Last());\n    }\n",
        skipped: [
            "    [Fact(Skip = \"later\")]\n    public async Task Empty()\n    {\n        Assert.Equal(new int[0], await Parse(\"\"));\n    }\n",
            "    [Fact(DisplayName = \"x\", Skip = Reasons.Later)]\n    public void Empty() => Assert.True(Parse());\n",
        ],
        emptied: [
            "    [Fact]\n    public async Task Empty()\n    {\n        Assert.Equal(new int[0], await Parse(\"\"));\n    }\n",
            "    [Fact]\n    public void Empty()\n    {\n        Assert.True(true);\n        Parse();\n    }\n",
        ],
        harmless: [
            "    [Fact, Trait(\"a\", \"b\")]\n    public void Empty()\n    {\n        Parse(\"\").Should().BeEmpty();\n        Assert.Null(Last());\n    }\n"
        ],
        name: "ParserTests › Empty")

    static let nunit = Self(
        path: "src/App.Tests/parserTests.cs",
        frame:
            "using NUnit.Framework;\n\n[TestFixture]\npublic class ParserTests\n{\nTEST\n    [TestCase(1)]\n    public void Other(int n)\n    {\n        Assert.That(\"\"\"a\"b\"\"\", Is.EqualTo(n));\n    }\n}\n",
        test:
            "    [Test]\n    public void Empty()\n    {\n        Assert.That(Parse(\"\"), Is.Empty);\n        Assert.IsNull(Last());\n    }\n",
        skipped: [
            "    [Test, Ignore(\"later\")]\n    public void Empty()\n    {\n        Assert.That(Parse(\"\"), Is.Empty);\n    }\n",
            "    [Test]\n    public void Empty()\n    {\n        Assert.Inconclusive();\n    }\n",
        ],
        emptied: ["    [Test]\n    public void Empty()\n    {\n        Assert.IsNull(Last());\n    }\n"],
        harmless: [
            "    [Test]\n    public void Nothing()\n    {\n        Assert.That(Parse(\"\"), Is.Empty);\n        Assert.IsNull(Last());\n    }\n"
        ],
        name: "ParserTests › Empty")
}
