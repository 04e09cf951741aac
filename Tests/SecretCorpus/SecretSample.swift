/// A few lines that hold one credential, or look as if they did.
package struct SecretSample: Sendable {
    package let kind: String
    /// The name of the file that such lines stand in.
    package let file: String
    package let text: String
    package let isSecret: Bool
    /// The credential itself; empty in a look-alike.
    package let secret: String
}

/// The samples that detection is measured with, the same for everybody.
package enum SecretCorpus {
    /// A thousand credentials of thirty kinds in the places where people put them.
    package static func positives() -> [SecretSample] { samples(KnownFormats.all, count: 1000, seed: 11) }

    /// Five thousand lines that are no credentials, of kinds that scanners take for some.
    package static func lookAlikes() -> [SecretSample] { lookAlikes(LookAlikes.all, count: 5000, seed: 12) }

    /// Credentials of formats that were chosen before the table of shapes was last changed, and that it does not name.
    package static func heldOutPositives() -> [SecretSample] { samples(HeldOutFormats.all, count: 700, seed: 13) }

    package static func heldOutLookAlikes() -> [SecretSample] {
        lookAlikes(HeldOutLookAlikes.all, count: 1300, seed: 14)
    }

    private static func samples(_ formats: [SecretFormat], count: Int, seed: UInt64) -> [SecretSample] {
        var text = RandomText(seed: seed)
        return (0..<count).map { number in
            let format = formats[number % formats.count]
            let secret = format.make(&text)
            let carrier = text.choose(format.carriers)
            let words = text.choose(format.names)
            return SecretSample(
                kind: format.kind, file: carrier.file, text: carrier.write(words.split(separator: " "), secret),
                isSecret: true, secret: secret)
        }
    }

    private static func lookAlikes(_ kinds: [LookAlike], count: Int, seed: UInt64) -> [SecretSample] {
        var text = RandomText(seed: seed)
        return (0..<count).map { number in
            let kind = kinds[number % kinds.count]
            return SecretSample(
                kind: kind.kind, file: kind.file, text: kind.make(&text), isSecret: false, secret: "")
        }
    }
}

/// A kind of credential: how one is made, what it is called, and where it stands.
struct SecretFormat: Sendable {
    let kind: String
    let names: [String]
    let carriers: [SecretCarrier]
    let make: @Sendable (inout RandomText) -> String

    init(
        _ kind: String, _ names: [String], in carriers: [SecretCarrier] = SecretCarrier.everywhere,
        _ make: @escaping @Sendable (inout RandomText) -> String
    ) {
        (self.kind, self.names, self.carriers, self.make) = (kind, names, carriers, make)
    }
}

/// A kind of line that only looks like a credential.
struct LookAlike: Sendable {
    let kind: String
    let file: String
    let make: @Sendable (inout RandomText) -> String

    init(_ kind: String, _ file: String, _ make: @escaping @Sendable (inout RandomText) -> String) {
        (self.kind, self.file, self.make) = (kind, file, make)
    }
}
