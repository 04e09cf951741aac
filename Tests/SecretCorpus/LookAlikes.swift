/// Lines that hold no credential: lock files, hashes, identifiers, test data, documentation.
enum LookAlikes {
    static let all: [LookAlike] = locks + hashes + identifiers + references + placeholders + encodings + names

    private static let locks = [
        LookAlike("npm integrity", "package-lock.json") { text in
            "      \"resolved\": \"https://registry.npmjs.org/\(text.word())/-/\(text.word())-\(text.digits(1)).2.0.tgz\",\n"
                + "      \"integrity\": \"sha512-\(text.base64(86))==\",\n"
        },
        LookAlike("yarn checksum", "yarn.lock") { text in
            "  resolved \"https://registry.yarnpkg.com/\(text.word())/-/\(text.word())-1.0.0.tgz#\(text.hex(40))\"\n"
                + "  integrity sha512-\(text.base64(86))==\n"
        },
        LookAlike("cargo checksum", "Cargo.lock") { text in "checksum = \"\(text.hex(64))\"\n" },
        LookAlike("poetry hash", "poetry.lock") { text in
            "    {file = \"\(text.word())-1.0-py3-none-any.whl\", hash = \"sha256:\(text.hex(64))\"},\n"
        },
        LookAlike("go sum", "go.sum") { text in
            "github.com/\(text.word())/\(text.word()) v1.2.3 h1:\(text.base64(43))=\n"
        },
        LookAlike("composer reference", "composer.lock") { text in
            "                \"reference\": \"\(text.hex(40))\",\n                \"shasum\": \"\(text.hex(40))\"\n"
        },
        LookAlike("pnpm integrity", "pnpm-lock.yaml") { text in
            "    resolution: {integrity: sha512-\(text.base64(86))==}\n"
        },
        LookAlike("swift pins", "Package.resolved") { text in "        \"revision\" : \"\(text.hex(40))\",\n" },
        LookAlike("nix hash", "flake.lock") { text in "        \"narHash\": \"sha256-\(text.base64(43))=\",\n" },
        LookAlike("pip hash", "requirements.txt") { text in "    --hash=sha256:\(text.hex(64)) \\\n" },
    ]

    private static let hashes = [
        LookAlike("checksum list", "SHA256SUMS") { text in "\(text.hex(64))  \(text.word())-1.2.tar.gz\n" },
        LookAlike("commit", "CHANGES.md") { text in "- \(text.hex(40)) Mend \(text.word()) (\(text.hex(7)))\n" },
        LookAlike("pinned action", "ci.yml") { text in
            "      - uses: actions/\(text.word())@\(text.hex(40)) # v4\n"
        },
        LookAlike("image digest", "deployment.yaml") { text in
            "        image: ghcr.io/corp/\(text.word())@sha256:\(text.hex(64))\n"
        },
        LookAlike("etag", "responses.json") { text in "    \"etag\": \"\(text.hex(32))\",\n" },
        LookAlike("cache key", "cache.py") { text in "CACHE_KEY = \"\(text.hex(40))\"\n" },
        LookAlike("password hash", "users.sql") { text in
            "INSERT INTO users VALUES (\(text.digits(3)), '\(text.word())', '$2b$12$\(text.base64URL(22))\(text.alphanumeric(31))');\n"
        },
        LookAlike("snapshot", "page.test.js.snap") { text in
            "exports[`renders 1`] = `<img src=\"\(text.word()).\(text.hex(20)).png\" data-hash=\"\(text.hex(32))\">`;\n"
        },
        LookAlike("hashed file name", "index.html") { text in
            "<script src=\"/static/js/main.\(text.hex(8)).chunk.js\" integrity=\"sha384-\(text.base64(64))\"></script>\n"
        },
        LookAlike("transaction", "chain.ts") { text in "const tx = \"0x\(text.hex(64))\";\n" },
    ]

    private static let identifiers = [
        LookAlike("uuid", "fixtures.json") { text in
            "  {\"id\": \"\(text.uuid())\", \"tenantId\": \"\(text.uuid())\"},\n"
        },
        LookAlike("client id", "oauth.yaml") { text in
            "client_id: \(text.digits(12))-\(text.lowerAndDigits(32)).apps.googleusercontent.com\n"
        },
        LookAlike("cloud resource", "main.tf") { text in
            "  subnet_id = \"subnet-0\(text.hex(16))\"\n  role_arn = \"arn:aws:iam::\(text.digits(12)):role/\(text.word())\"\n"
        },
        LookAlike("page token", "pages_test.go") { text in "\tnextPageToken: \"\(text.base64(44))\",\n" },
        LookAlike("node id", "graphql.json") { text in
            "    \"node_id\": \"\(RandomText.base64(of: Array("010:Repository\(text.digits(9))".utf8)))\",\n"
        },
        LookAlike("request id", "trace.log") { text in
            "2026-01-01 INFO request_id=\(text.uuid()) trace=\(text.hex(32)) span=\(text.hex(16))\n"
        },
        LookAlike("publishable key", "checkout.js") { text in
            "const stripe = Stripe('pk_live_\(text.alphanumeric(24))');\n"
        },
        LookAlike("sort key", "table.json") { text in "  \"primaryKey\": \"\(text.word())#\(text.uuid())\",\n" },
        LookAlike("object key", "storage.py") { text in "KEY = \"uploads/2026/\(text.hex(32)).jpg\"\n" },
    ]

    private static let references = [
        LookAlike("variable", "docker-compose.yml") { text in
            "      - DB_PASSWORD=${\(text.word().uppercased())_PASSWORD_1}\n"
        },
        LookAlike("environment", "settings.py") { text in
            "API_KEY = os.environ[\"\(text.word().uppercased())_API_KEY_2\"]\n"
        },
        LookAlike("process.env", "config.ts") { text in
            "  secretToken: process.env.\(text.word().uppercased())_SECRET_TOKEN_1 ?? \"\",\n"
        },
        LookAlike("workflow secret", "release.yml") { text in
            "          token: ${{ secrets.\(text.word().uppercased())_TOKEN_2 }}\n"
        },
        LookAlike("secret name", "pod.yaml") { text in
            "      secretName: \(text.word())-tls-\(text.lowerAndDigits(5))\n      tokenSecretRef: \(text.word())-\(text.lowerAndDigits(10))\n"
        },
        LookAlike("secret path", "app.tf") { text in
            "  password = data.vault.\(text.word())_v2.data[\"Db1Password\"]\n"
        },
        LookAlike("call", "login.java") { text in
            "    String token = generateToken(user\(text.digits(2)), \(text.word())Claims2);\n"
        },
        LookAlike("secret arn", "lambda.yaml") { text in
            "    DB_SECRET: arn:aws:secretsmanager:eu-west-1:\(text.digits(12)):secret:\(text.word())-\(text.alphanumeric(6))\n"
        },
    ]

    private static let placeholders = [
        LookAlike("placeholder", "README.md") { text in
            text.choose([
                "export API_KEY=<your-api-key>\n", "token: YOUR_API_TOKEN_HERE\n",
                "password: \"changeme-\(text.digits(4))\"\n",
                "GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
                "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n",
                "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n", "STRIPE_KEY=sk_test_...\n",
                "api_key = \"sk-ant-api03-...\"\n", "xoxb-your-token-here\n",
                "SLACK_BOT_TOKEN=xoxb-000000000000-000000000000-XXXXXXXXXXXXXXXXXXXXXXXX\n",
            ])
        },
        LookAlike("documentation token", "auth.md") { text in
            text.choose([
                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
                    + "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c\n",
                "stripe.api_key = \"sk_" + "test_4eC39HqLyjWDarjtT1zdp7dc\"\n",
                "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\n", "Authorization: Bearer <token>\n",
                "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC...\n-----END PRIVATE KEY-----\n",
                "-----BEGIN RSA PRIVATE KEY-----\n[your private key here]\n-----END RSA PRIVATE KEY-----\n",
                "if text.startswith('-----BEGIN OPENSSH PRIVATE KEY-----'):\n",
            ])
        },
        LookAlike("test password", "login_test.py") { text in
            text.choose(["password", "passwd", "secret", "token"])
                + " = \""
                + text.choose([
                    "password123", "hunter2", "test-secret-1", "s3cr3t", "letmein1", "Passw0rd!", "dummy-token-42",
                ])
                + "\"\n"
        },
        LookAlike("local database", "test.env") { text in
            "DATABASE_URL=postgres://\(text.word()):\(text.word())\(text.digits(2))@localhost:5432/test\n"
        },
        LookAlike("example host", "usage.md") { text in
            "git clone https://user:\(text.alphanumeric(12))@example.com/\(text.word()).git\n"
        },
        LookAlike("label", "en.json") { text in
            "  \"password\": \"\(text.choose(["Password must have 8 characters", "Forgot your password?", "Confirm-Password2"]))\",\n"
        },
    ]

    private static let encodings = [
        LookAlike("image", "style.css") { text in
            ".a { background: url(data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA\(text.base64(120))); }\n"
        },
        LookAlike("public key", "authorized_keys") { text in
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ\(text.base64(330)) \(text.word())@host\n"
        },
        LookAlike("certificate", "ca.pem") { text in
            PrivateKeys.block("CERTIFICATE", [0x30, 0x82, 3, 0x77, 0x30, 0x82, 2, 0x5F] + text.bytes(300))
        },
        LookAlike("public pem", "jwt.pub") { text in
            PrivateKeys.block("PUBLIC KEY", [0x30, 0x82, 1, 0x22, 0x30, 0x0D, 6, 9] + text.bytes(280))
        },
        LookAlike("source map", "app.js.map") { text in
            "\"mappings\":\"AAAA,SAAS\(text.pick(80, "ACEGIKMOQSU,;"))\"\n"
        },
        LookAlike("encrypted value", "secrets.enc.yaml") { text in
            "password: ENC[AES256_GCM,data:\(text.base64(20))==,iv:\(text.base64(43))=,tag:\(text.base64(22))==,type:str]\n"
        },
    ]

    private static let names = [
        LookAlike("type name", "SecurityConfig.java") { text in
            "    private PasswordEncoder passwordEncoder = new \(text.word().capitalizedWord)Pbkdf2PasswordEncoder5();\n"
        },
        LookAlike("token setting", "model.json") { text in
            "  \"tokenizer\": \"\(text.word())-\(text.digits(1))b-Tokenizer2Fast\", \"max_tokens\": 4096, \"eos_token\": \"<|end|>\",\n"
        },
    ]
}

extension String {
    fileprivate var capitalizedWord: String { prefix(1).uppercased() + dropFirst() }
}
