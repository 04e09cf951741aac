internal import Basics

/// The tokens that are known by how they begin.
struct SecretTable: Sendable {
    static let beginsToken: UInt8 = 1
    static let assigns: UInt8 = 2
    static let isInside: UInt8 = 4

    static let shared = SecretTable()

    /// A token: its beginning, and how many characters of which alphabet follow.
    struct Shape: Sendable {
        let prefix: [UInt8]
        let kind: String
        let lengths: ClosedRange<Int>
        let alphabet: SecretAlphabet
        /// Whether names of other things begin so as well, so that the rest must look random.
        let isCommon: Bool

        private static let commonPrefixes: Set<String> = [
            "SK", "SG.", "sk-", "key-", "pul-", "dapi", "LTAI", "ATBB", "cio", "oy2", "hf_", "r8_", "fo1_", "xai-",
            "GR1348941", "EZAK", "glc_", "nfp_", "ddp_", "pnu_", "tfp_",
        ]

        init(
            _ prefix: String, _ lengths: ClosedRange<Int>, _ alphabet: SecretAlphabet, _ kind: String
        ) {
            (self.prefix, self.kind) = (Array(prefix.utf8), kind)
            (self.lengths, self.alphabet) = (lengths, alphabet)
            isCommon = Self.commonPrefixes.contains(prefix)
        }
    }

    /// What each pair of bytes can begin.
    let triggers: [UInt8]
    /// For each pair of bytes the number of its list of shapes.
    private let groups: [UInt8]
    private let shapesByGroup: [[Shape]]

    private init() {
        var triggers = [UInt8](repeating: 0, count: 1 << 16)
        var groups = [UInt8](repeating: 0, count: 1 << 16)
        var shapes: [[Shape]] = [[]]
        for shape in Self.shapes {
            let pair = Int(shape.prefix[0]) << 8 | Int(shape.prefix[1])
            triggers[pair] |= Self.beginsToken
            if groups[pair] == 0 {
                groups[pair] = UInt8(shapes.count)
                shapes.append([])
            }
            shapes[Int(groups[pair])].append(shape)
        }
        for mark in [":", "="].map(UInt8.init(ascii:)) {
            for next in 0..<256 where UInt8(next) != UInt8(ascii: "=") {
                triggers[Int(mark) << 8 | next] |= Self.assigns
            }
        }
        // Elements of XML end in a letter, and their text begins with no mark-up.
        for next in 33..<127 where next != 60 { triggers[0x3E << 8 | next] |= Self.assigns }
        for pair in ["Q~", ":A"] {
            let bytes = Array(pair.utf8)
            triggers[Int(bytes[0]) << 8 | Int(bytes[1])] |= Self.isInside
        }
        (self.triggers, self.groups, shapesByGroup) = (triggers, groups, shapes)
    }

    func token(in text: SecretText, at index: Int) -> SecretMatch? {
        let group = groups[Int(text[index]) << 8 | Int(text[index + 1])]
        for shape in shapesByGroup[Int(group)] where text.hasPrefix(shape.prefix, at: index) {
            if let match = text.match(shape, at: index) { return match }
        }
        return nil
    }

    /// How the base 64 of a decimal number begins.
    private static let numbers = ["M", "N", "O"].flatMap { first in ["D", "T", "j", "z"].map { first + $0 } }

    private static let shapes =
        numbers.map { Shape($0, 56...80, .dotted, "a Discord token") } + shapesByPrefix

    private static let shapesByPrefix = [
        // Forges
        Shape("ghp_", 30...255, .word, "a GitHub token"), Shape("gho_", 30...255, .word, "a GitHub token"),
        Shape("ghu_", 30...255, .word, "a GitHub token"), Shape("ghs_", 30...1000, .dotted, "a GitHub token"),
        Shape("ghr_", 30...255, .word, "a GitHub token"),
        Shape("github_pat_", 40...255, .word, "a GitHub token"),
        Shape("glpat-", 20...300, .dotted, "a GitLab token"), Shape("gldt-", 20...64, .word, "a GitLab token"),
        Shape("glrt-", 20...300, .dotted, "a GitLab token"), Shape("glcbt-", 20...300, .word, "a GitLab token"),
        Shape("glptt-", 40...64, .word, "a GitLab token"), Shape("glft-", 20...64, .word, "a GitLab token"),
        Shape("glsoat-", 20...64, .word, "a GitLab token"),
        Shape("GR1348941", 20...20, .word, "a GitLab token"), Shape("glagent-", 50...64, .word, "a GitLab token"),
        Shape("glimt-", 20...64, .word, "a GitLab token"), Shape("bkua_", 40...40, .hex, "a Buildkite token"),
        Shape("ATCTT3", 100...300, [.word, .base64Sign], "an Atlassian token"),
        Shape("gloas-", 60...70, .word, "a GitLab secret"),
        Shape("ATATT3", 100...300, [.word, .base64Sign], "an Atlassian token"),
        Shape("ATBB", 28...40, .alphanumeric, "a Bitbucket password"),
        // Clouds
        Shape("AKIA", 16...16, [.upper, .digit], "an AWS access key"),
        Shape("ASIA", 16...16, [.upper, .digit], "an AWS access key"),
        Shape("ABIA", 16...16, [.upper, .digit], "an AWS access key"),
        Shape("AIza", 35...35, .word, "a Google API key"),
        Shape("GOCSPX-", 28...28, .word, "a Google client secret"),
        Shape("ya29.", 60...2000, .dotted, "a Google access token"),
        Shape("dop_v1_", 64...64, .hex, "a DigitalOcean token"),
        Shape("doo_v1_", 64...64, .hex, "a DigitalOcean token"),
        Shape("dapi", 32...34, [.digit, .lower, .hyphen], "a Databricks token"),
        Shape("hvs.", 24...200, .word, "a Vault token"), Shape("hvb.", 100...300, .word, "a Vault token"),
        Shape("pul-", 40...40, .hex, "a Pulumi token"), Shape("LTAI", 17...26, .alphanumeric, "an Alibaba key"),
        Shape("pscale_tkn_", 32...64, .dotted, "a PlanetScale token"),
        Shape("pscale_pw_", 32...64, .dotted, "a PlanetScale password"),
        Shape("nfp_", 36...40, .alphanumeric, "a Netlify token"),
        Shape("ddp_", 36...36, .alphanumeric, "a Deno token"),
        Shape("pnu_", 36...36, .alphanumeric, "a Prefect key"),
        Shape("ops_eyJ", 250...2000, .base64, "a 1Password token"),
        Shape("dp.pt.", 40...44, .alphanumeric, "a Doppler token"), Shape("fo1_", 43...43, .word, "a Fly token"),
        // Models
        Shape("sk-ant-", 20...255, .word, "an Anthropic API key"),
        Shape("sk-proj-", 20...255, .word, "an OpenAI API key"),
        Shape("sk-svcacct-", 20...255, .word, "an OpenAI API key"),
        Shape("sk-admin-", 20...255, .word, "an OpenAI API key"),
        Shape("sk-or-v1-", 64...64, .hex, "an OpenRouter API key"),
        Shape("sk-", 48...51, .alphanumeric, "an OpenAI API key"),
        Shape("hf_", 30...64, .alphanumeric, "a Hugging Face token"),
        Shape("gsk_", 52...52, .alphanumeric, "a Groq API key"),
        Shape("xai-", 80...80, .alphanumeric, "an xAI API key"),
        Shape("pplx-", 48...56, .alphanumeric, "a Perplexity API key"),
        Shape("r8_", 37...37, .word, "a Replicate token"),
        // Packages
        Shape("npm_", 36...36, .alphanumeric, "an npm token"),
        Shape("pypi-AgE", 40...1000, .word, "a PyPI token"),
        Shape("rubygems_", 48...48, .hex, "a RubyGems key"),
        Shape("cio", 32...32, .alphanumeric, "a crates.io token"),
        Shape("dckr_pat_", 27...40, .word, "a Docker Hub token"),
        Shape("oy2", 43...43, [.lower, .digit], "a NuGet key"),
        // Money and messages
        Shape("sk_live_", 16...255, .alphanumeric, "a Stripe key"),
        Shape("rk_live_", 16...255, .alphanumeric, "a Stripe key"),
        Shape("sk_test_", 16...255, .alphanumeric, "a Stripe key"),
        Shape("whsec_", 32...64, .base64, "a webhook secret"),
        Shape("sq0csp-", 43...43, .word, "a Square secret"), Shape("shpat_", 32...32, .hex, "a Shopify token"),
        Shape("shpss_", 32...32, .hex, "a Shopify secret"), Shape("shpca_", 32...32, .hex, "a Shopify token"),
        Shape("xoxb-", 20...255, .word, "a Slack token"), Shape("xoxp-", 20...255, .word, "a Slack token"),
        Shape("xoxa-", 20...255, .word, "a Slack token"), Shape("xoxr-", 20...255, .word, "a Slack token"),
        Shape("xoxs-", 20...255, .word, "a Slack token"), Shape("xoxe.", 20...255, .dotted, "a Slack token"),
        Shape("xapp-", 20...255, .word, "a Slack token"),
        Shape("hooks.slack.com/services/T", 30...80, .base64, "a Slack webhook"),
        Shape("discord.com/api/webhooks/", 70...120, [.word, .base64Sign], "a Discord webhook"),
        Shape("SK", 32...32, .hex, "a Twilio key"), Shape("SG.", 60...72, .dotted, "a SendGrid key"),
        Shape("key-", 32...32, .hex, "a Mailgun key"),
        // Everything else
        Shape("NRAK-", 27...27, [.upper, .digit], "a New Relic key"),
        Shape("glsa_", 41...41, .word, "a Grafana token"),
        Shape("glc_", 32...400, .base64, "a Grafana token"),
        Shape("dt0c01.", 80...100, .dotted, "a Dynatrace token"),
        Shape("xkeysib-", 81...81, .word, "a Brevo key"), Shape("tfp_", 59...59, .word, "a Typeform token"),
        Shape("shippo_live_", 40...40, .hex, "a Shippo token"),
        Shape("CFPAT-", 43...43, .word, "a Contentful token"),
        Shape("duffel_live_", 43...43, .word, "a Duffel token"),
        Shape("EZAK", 54...54, .alphanumeric, "an EasyPost key"),
        Shape("FLWSECK-", 32...36, .word, "a Flutterwave key"),
        Shape("rdme_", 70...70, .alphanumeric, "a ReadMe key"),
        Shape("lin_oauth_", 64...64, .hex, "a Linear token"),
        Shape("sntrys_", 60...400, [.word, .base64Sign], "a Sentry token"),
        Shape("PMAK-", 59...59, .word, "a Postman key"), Shape("lin_api_", 40...40, .alphanumeric, "a Linear key"),
        Shape("AGE-SECRET-KEY-1", 58...58, [.upper, .digit], "an age key"),
        Shape("eyJ", 40...8000, .dotted, "a JSON web token"),
        Shape("-----BEGIN ", 5...80, [], "a private key"),
        Shape("PuTTY-User-Key-File-", 1...1, .digit, "a private key"),
    ]
}

extension SecretText {
    func match(_ shape: SecretTable.Shape, at start: Int) -> SecretMatch? {
        if shape.kind == "a private key" { return privateKey(at: start) }
        if shape.kind == "a JSON web token" { return webToken(at: start) }
        let body = start + shape.prefix.count
        // A first look at the beginning keeps long runs of nothing from being read over and over.
        var end = trimmedEnd(of: shape, from: body, limit: min(shape.lengths.upperBound + 1, 600))
        let goesOn = end - body > 590 && shape.lengths.upperBound > 600
        guard goesOn || shape.lengths.contains(end - body), !isPlaceholder(body..<end, isShaped: true) else {
            return nil
        }
        if goesOn { end = trimmedEnd(of: shape, from: body, limit: shape.lengths.upperBound + 1) }
        guard shape.lengths.contains(end - body), end == count || !continues(end, shape) else { return nil }
        if shape.kind == "a Discord token", !isDiscordToken(start..<end) { return nil }
        if shape.isCommon, !SecretValue(self, body..<end).isMixed { return nil }
        return SecretMatch(kind: shape.kind, range: start..<end)
    }

    /// Dots and hyphens at the end belong to the sentence around the token.
    private func trimmedEnd(of shape: SecretTable.Shape, from body: Int, limit: Int) -> Int {
        var end = end(of: shape.alphabet, from: body, limit: limit)
        while end > body, self[end - 1] == UInt8(ascii: ".") || self[end - 1] == UInt8(ascii: "-") { end -= 1 }
        return end
    }

    /// Whether the name goes on behind the characters of the token, so that it is something else.
    private func continues(_ index: Int, _ shape: SecretTable.Shape) -> Bool {
        isWord(index) && !shape.alphabet.contains(self[index])
            && self[index] != UInt8(ascii: "-")
    }

    /// Header, claims and signature, of which the first two are JSON objects; encrypted ones have five parts.
    private func webToken(at start: Int) -> SecretMatch? {
        var ends: [Int] = []
        var part = start
        while ends.count < 5 {
            let end = end(of: .word, from: part, limit: 8000)
            ends.append(end)
            // What is no web token is left at the first part that shows it, so that each is read a few times at most.
            if ends.count == 1, end - start < 10 { return nil }
            guard end < count, self[end] == UInt8(ascii: ".") else { break }
            part = end + 1
        }
        guard let length = [5, 3].first(where: { $0 <= ends.count }), ends[length - 1] - ends[1] > 10,
            length == 5 || hasPrefix(Self.webTokenStart, at: ends[0] + 1)
        else { return nil }
        let range = start..<ends[length - 1]
        return isPlaceholder(range, isShaped: true) ? nil : SecretMatch(kind: "a JSON web token", range: range)
    }

    private static let webTokenStart = Array("eyJ".utf8)

    /// A number in base 64, a time and a signature.
    private func isDiscordToken(_ range: Range<Int>) -> Bool {
        let dots = range.filter { self[$0] == UInt8(ascii: ".") }
        return dots.count == 2 && (23...28).contains(dots[0] - range.lowerBound)
            && (6...7).contains(dots[1] - dots[0] - 1)
            && (27...42).contains(range.upperBound - dots[1] - 1) && SecretValue(self, range).isMixed
    }

    // MARK: Tokens that are known by their middle

    /// Azure's client secrets (`…8Q~…`) and Telegram's bot tokens (`12345678:AA…`).
    func tokenAround(_ index: Int) -> SecretMatch? {
        if self[index] == UInt8(ascii: "Q") {
            let start = index - 4
            guard start >= 0, SecretAlphabet.digit.contains(self[index - 1]),
                (start..<index - 1).allSatisfy({
                    SecretAlphabet.dotted.contains(self[$0]) || self[$0] == UInt8(ascii: "~")
                })
            else { return nil }
            var end = index + 2
            let limit = min(count, end + 40)
            while end < limit, SecretAlphabet.dotted.contains(self[end]) || self[end] == UInt8(ascii: "~") {
                end += 1
            }
            guard (31...34).contains(end - index - 2) else { return nil }
            return SecretMatch(kind: "an Azure client secret", range: start..<end)
        }
        var start = index
        while start > 0, SecretAlphabet.digit.contains(self[start - 1]) { start -= 1 }
        let end = end(of: .word, from: index + 1, limit: 60)
        guard (8...10).contains(index - start), end - index - 1 == 35, self[index + 2] == UInt8(ascii: "A") else {
            return nil
        }
        return SecretMatch(kind: "a Telegram bot token", range: start..<end)
    }
}
