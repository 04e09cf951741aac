/// A place where people put a credential, with the way in which it is written there.
struct SecretCarrier: Sendable {
    let file: String
    let write: @Sendable (_ name: [Substring], _ secret: String) -> String

    init(_ file: String, _ write: @escaping @Sendable ([Substring], String) -> String) {
        (self.file, self.write) = (file, write)
    }

    private static func snake(_ words: [Substring]) -> String { words.joined(separator: "_") }
    private static func kebab(_ words: [Substring]) -> String { words.joined(separator: "-") }
    private static func capitals(_ words: [Substring]) -> String { snake(words).uppercased() }
    private static func pascal(_ words: [Substring]) -> String { words.map(\.capitalized).joined() }
    private static func camel(_ words: [Substring]) -> String {
        String(words[0]) + words.dropFirst().map(\.capitalized).joined()
    }

    static let dotenv = SecretCarrier(".env") { "\(capitals($0))=\($1)\n" }
    static let quotedDotenv = SecretCarrier(".env.production") { "\(capitals($0))=\"\($1)\"\n" }
    static let shell = SecretCarrier("deploy.sh") { "export \(capitals($0))='\($1)'\n" }
    static let yaml = SecretCarrier("values.yaml") { "app:\n  \(camel($0)): \($1)\n" }
    static let quotedYAML = SecretCarrier("config.yml") { "  \(snake($0)): \"\($1)\"\n" }
    static let workflow = SecretCarrier("pipeline.yml") { "      env:\n        \(capitals($0)): \($1)\n" }
    static let json = SecretCarrier("settings.json") { "  \"\(camel($0))\": \"\($1)\",\n" }
    static let capitalJSON = SecretCarrier("appsettings.json") { "    \"\(pascal($0))\": \"\($1)\"\n" }
    static let toml = SecretCarrier("config.toml") { "\(snake($0)) = \"\($1)\"\n" }
    static let ini = SecretCarrier("app.ini") { "[service]\n\(snake($0)) = \($1)\n" }
    static let properties = SecretCarrier("application.properties") { "app.\(kebab($0))=\($1)\n" }
    static let python = SecretCarrier("settings.py") { "\(capitals($0)) = '\($1)'\n" }
    static let pythonCall = SecretCarrier("client.py") { "client = Client(\(snake($0))=\"\($1)\")\n" }
    static let pythonDict = SecretCarrier("conf.py") { "    '\(snake($0))': '\($1)',\n" }
    static let javascript = SecretCarrier("index.js") { "const \(camel($0)) = '\($1)';\n" }
    static let typescript = SecretCarrier("api.ts") { "  private readonly \(camel($0)): string = \"\($1)\";\n" }
    static let go = SecretCarrier("main.go") { "\t\(camel($0)) := \"\($1)\"\n" }
    static let java = SecretCarrier("Config.java") {
        "    private static final String \(capitals($0)) = \"\($1)\";\n"
    }
    static let swift = SecretCarrier("Config.swift") { "    static let \(camel($0)) = \"\($1)\"\n" }
    static let ruby = SecretCarrier("secrets.rb") { "  \(snake($0)): '\($1)',\n" }
    static let php = SecretCarrier("config.php") { "    '\(snake($0))' => '\($1)',\n" }
    static let terraform = SecretCarrier("terraform.tfvars") { "\(snake($0)) = \"\($1)\"\n" }
    static let dockerfile = SecretCarrier("Dockerfile") { "ENV \(capitals($0))=\($1)\n" }
    static let flag = SecretCarrier("run.sh") { "./tool --\(kebab($0))=\($1) --verbose\n" }
    static let bearer = SecretCarrier("call.sh") {
        "curl -H \"Authorization: Bearer \($1)\" https://api.corp.net/v1\n"
    }
    static let comment = SecretCarrier("notes.md") { "The old one was \($1) (\(kebab($0))).\n" }
    static let log = SecretCarrier("out.log") { "2026-01-02T03:04:05Z INFO using \($1) as \(snake($0))\n" }
    static let diff = SecretCarrier("change.diff") { "+\(capitals($0))=\($1)\n" }
    static let plain = SecretCarrier("key.txt") { _, secret in secret + "\n" }

    /// Where the name says what follows.
    static let named = [
        dotenv, quotedDotenv, shell, yaml, quotedYAML, workflow, json, capitalJSON, toml, ini, properties, python,
        pythonCall, pythonDict, javascript, typescript, go, java, swift, ruby, php, terraform, dockerfile, flag,
        diff,
    ]

    /// Where a person's password stands: quoted.
    static let quoted = [
        quotedDotenv, shell, quotedYAML, json, capitalJSON, toml, python, pythonCall, pythonDict, javascript,
        typescript, go, java, swift, ruby, php, terraform,
    ]

    /// For what is known by its own shape.
    static let everywhere = named + [bearer, comment, log, plain]
}

extension Substring {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
