/// Thirty-five formats that detection was not made for: most have no shape of their own, or one that the table does not hold.
enum HeldOutFormats {
    static let all: [SecretFormat] = prefixed + plain + files

    private static let prefixed = [
        SecretFormat("NVIDIA key", ["nvidia api key"]) { text in "nvapi-" + text.base64URL(64) },
        SecretFormat("Pinecone key", ["pinecone api key"]) { text in
            "pcsk_" + text.alphanumeric(5) + "_" + text.alphanumeric(63)
        },
        SecretFormat("Tavily key", ["tavily api key"]) { text in "tvly-dev-" + text.alphanumeric(32) },
        SecretFormat("LangSmith key", ["langsmith api key"]) { text in
            "lsv2_pt_" + text.hex(32) + "_" + text.hex(10)
        },
        SecretFormat("Resend key", ["resend api key"]) { text in
            "re_" + text.alphanumeric(8) + "_" + text.alphanumeric(24)
        },
        SecretFormat("Supabase token", ["supabase access token"]) { text in "sbp_" + text.hex(40) },
        SecretFormat("Notion token", ["notion token"]) { text in "ntn_" + text.digits(11) + text.alphanumeric(35)
        },
        SecretFormat("Figma token", ["figma token"]) { text in "figd_" + text.base64URL(40) },
        SecretFormat("Tailscale key", ["tailscale auth key"]) { text in
            "tskey-auth-k" + text.alphanumeric(11) + "CNTRL-" + text.alphanumeric(32)
        },
        SecretFormat("Airtable token", ["airtable token"]) { text in
            "pat" + text.alphanumeric(14) + "." + text.hex(64)
        },
        SecretFormat("Sonar token", ["sonar token"]) { text in "squ_" + text.hex(40) },
        SecretFormat("Terraform Cloud token", ["tfe token"]) { text in
            text.alphanumeric(14) + ".atlasv1." + text.alphanumeric(67)
        },
    ]

    private static let plain = [
        SecretFormat("Datadog key", ["dd api key", "datadog api key"], in: SecretCarrier.named) { $0.hex(32) },
        SecretFormat("Heroku key", ["heroku api key"], in: SecretCarrier.named) { $0.uuid() },
        SecretFormat("Okta token", ["okta api token"], in: SecretCarrier.named) { "00" + $0.base64URL(40) },
        SecretFormat("Mailchimp key", ["mailchimp api key"], in: SecretCarrier.named) { $0.hex(32) + "-us12" },
        SecretFormat("Cloudflare token", ["cloudflare api token"], in: SecretCarrier.named) { $0.base64URL(40) },
        SecretFormat("Vercel token", ["vercel token"], in: SecretCarrier.named) { $0.alphanumeric(24) },
        SecretFormat("Algolia key", ["algolia admin api key"], in: SecretCarrier.named) { $0.hex(32) },
        SecretFormat("Trello token", ["trello token"], in: SecretCarrier.named) { $0.hex(64) },
        SecretFormat("PagerDuty key", ["pagerduty token"], in: SecretCarrier.named) { "u+" + $0.base64URL(18) },
        SecretFormat("Splunk token", ["splunk hec token"], in: SecretCarrier.named) { $0.uuid() },
        SecretFormat("IBM key", ["ibmcloud api key"], in: SecretCarrier.named) { $0.base64URL(44) },
        SecretFormat("Rails key base", ["secret key base"], in: SecretCarrier.named) { $0.hex(128) },
        SecretFormat("Laravel key", ["app key"], in: [.dotenv, .quotedDotenv, .workflow]) {
            "base64:" + $0.base64(43) + "="
        },
        SecretFormat("Django key", ["secret key"], in: [.python]) {
            "django-insecure-" + $0.pick(50, "abcdefghij0123456789!@#%^&*(-_=+)")
        },
        SecretFormat("password", ["db password", "smtp password", "admin password"], in: SecretCarrier.quoted) {
            $0.password()
        },
        SecretFormat("passphrase", ["keystore password", "passphrase"], in: SecretCarrier.named) {
            $0.alphanumeric(20)
        },
        SecretFormat("cookie secret", ["session secret", "cookie secret"], in: SecretCarrier.named) {
            $0.alphanumeric(32)
        },
        SecretFormat("encryption key", ["encryption key", "signing key"], in: SecretCarrier.named) {
            $0.base64(43) + "="
        },
    ]

    private static func line(_ file: String, _ before: String, _ after: String = "\n") -> SecretCarrier {
        SecretCarrier(file) { _, secret in before + secret + after }
    }

    private static let files = [
        SecretFormat("netrc", [""], in: [line(".netrc", "machine api.corp.net\n  login deploy\n  password ")]) {
            $0.alphanumeric(24)
        },
        SecretFormat(
            "Docker login", [""], in: [line("config.json", "  \"auths\": {\"ghcr.io\": {\"auth\": \"", "\"}}\n")]
        ) {
            RandomText.base64(of: Array("deploy:\($0.alphanumeric(30))".utf8))
        },
        SecretFormat("Maven password", [""], in: [line("settings.xml", "      <password>", "</password>\n")]) {
            $0.alphanumeric(20)
        },
        SecretFormat(
            "shared access signature", [""],
            in: [
                line("upload.sh", "curl https://acc.blob.core.windows.net/c?sv=2024-11-04&sp=rw&sig=", "\n")
            ]
        ) { $0.alphanumeric(41) + "%2B%3D" },
        SecretFormat(
            "JDBC URL", [""],
            in: [
                line("app.properties", "url=jdbc:postgresql://db1.corp.net/app?user=svc&password=", "\n")
            ]
        ) { $0.alphanumeric(18) },
    ]
}
