/// Twenty-six kinds of look-alikes that detection was not made for.
enum HeldOutLookAlikes {
    static let all: [LookAlike] = data + code + settings

    private static let data = [
        LookAlike("gem checksum", "Gemfile.lock") { "  \($0.word()) (1.2.3) sha256=\($0.hex(64))\n" },
        LookAlike("uv lock", "uv.lock") { text in
            "sdist = { url = \"https://files.pythonhosted.org/packages/\(text.hex(2))/\(text.hex(60))/a.tar.gz\", hash = \"sha256:\(text.hex(64))\" }\n"
        },
        LookAlike("terraform lock", ".terraform.lock.hcl") {
            "    \"h1:\($0.base64(43))=\",\n    \"zh:\($0.hex(64))\",\n"
        },
        LookAlike("gradle checksum", "verification-metadata.xml") {
            "<sha256 value=\"\($0.hex(64))\" origin=\"Generated\"/>\n"
        },
        LookAlike("notebook output", "report.ipynb") {
            "     \"image/png\": \"iVBORw0KGgoAAAANSUhEUg\($0.base64(160))\"\n"
        },
        LookAlike("signature", "release.asc") { text in
            "-----BEGIN PGP SIGNATURE-----\n\niQIzBAABCAAdFiEE\(text.base64(48))\n=\(text.base64(4))\n-----END PGP SIGNATURE-----\n"
        },
        LookAlike("known hosts", "known_hosts") {
            "github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\($0.base64(43))\n"
        },
        LookAlike("git lfs", "model.bin") { text in
            "version https://git-lfs.github.com/spec/v1\noid sha256:\(text.hex(64))\nsize \(text.digits(8))\n"
        },
        LookAlike("csv", "people.csv") { "\($0.uuid()),\($0.word()),\($0.digits(9)),\($0.hex(24))\n" },
        LookAlike("object id", "seed.json") {
            "{\"_id\": {\"$oid\": \"\($0.hex(24))\"}, \"ref\": \"\($0.upperAndDigits(26))\"}\n"
        },
    ]

    private static let code = [
        LookAlike("keyword argument", "views.py") { text in
            "    form = Login(password=request.POST['\(text.word())_pw1'], token=csrf_\(text.word())2)\n"
        },
        LookAlike("struct field", "types.go") { "\tAccessToken string `json:\"\($0.word())AccessToken2\"`\n" },
        LookAlike("enum", "Tokens.kt") { "    val secret = SecretKind.\($0.word().uppercased())_V2_PRIVATE\n" },
        LookAlike("regex", "rules.py") { text in
            "TOKEN = re.compile(r\"\(text.word())_[A-Za-z0-9]{36,\(text.digits(2))}\")\n"
        },
        LookAlike("translation", "de.yml") { text in
            "  password: \"\(text.word()) Passwort vergessen 2\"\n  token: \(text.word()) abgelaufen\n"
        },
        LookAlike("generic call", "auth.rs") { text in
            "    let secret = Secret::<Vec<u8>>::from_env(\"\(text.word().uppercased())2\")?;\n"
        },
        LookAlike("selector", "login.spec.ts") { text in
            "  const password = page.locator('#\(text.word())-Password-2x');\n"
        },
        LookAlike("assertion", "AuthTest.java") { text in
            "    assertEquals(\"invalid-token-\(text.digits(3))\", error.token);\n"
        },
    ]

    private static let settings = [
        LookAlike("image tag", "values.yaml") {
            "  tag: \"20260101-\($0.hex(12))\"\n  checksum/secret: \($0.hex(64))\n"
        },
        LookAlike("public id", "analytics.js") {
            "gtag('config', 'G-\($0.upperAndDigits(10))', {cookieId: '\($0.uuid())'});\n"
        },
        LookAlike("key vault", "main.bicep") { text in
            "  secretUri: 'https://kv-\(text.word()).vault.azure.net/secrets/Db1/\(text.hex(32))'\n"
        },
        LookAlike("secret manager", "cloudbuild.yaml") {
            "  - versionName: projects/\($0.digits(12))/secrets/\($0.word())-Key1/versions/2\n"
        },
        LookAlike("lifetime", "jwt.yml") {
            "  token-validity: P\($0.digits(2))DT12H30M15S\n  secret-rotation: \"0 0 */\($0.digits(1)) * *\"\n"
        },
        LookAlike("password policy", "policy.json") {
            "  \"passwordPattern\": \"^(?=.*[A-Z])(?=.*[0-9]).{\($0.digits(1)),64}$\",\n"
        },
        LookAlike("token endpoint", "openapi.yaml") {
            "          tokenUrl: https://login.\($0.word()).com/oauth2/v2.0/token\n"
        },
        LookAlike("prompt", "install.sh") {
            "read -r -s -p \"Password for \($0.word())2: \" password; token=\"$(make_\($0.word()) 2)\"\n"
        },
    ]
}
