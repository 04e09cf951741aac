internal import Basics
internal import HTTP
internal import Secrets

/// Which bucket holds artifacts, and who may ask for them, as the environment says it.
package struct S3Settings: Sendable {
    package let bucket: String
    package let prefix: String
    let region: String
    let credentials: S3Signature.Credentials
    /// Where requests go, without a path.
    let origin: String
    let host: String
    /// Whether the bucket is a part of the path, and not of the host.
    let isPathStyle: Bool

    /// What is in these is nothing for the attempts that are begun here.
    package static let secretVariables = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID"]

    /// `nil` where artifacts are files.
    package init?(_ environment: [String: String]) throws(Mistake) {
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        switch value("LEVIATHAN_ARTIFACT_BACKEND")?.lowercased() {
        case nil, "file", "files": return nil
        case "s3": break
        case let other?:
            throw Mistake(
                "LEVIATHAN_ARTIFACT_BACKEND is \(JSON.string(other).text())",
                hint: "artifacts are kept in file or s3")
        }
        guard let bucket = value("LEVIATHAN_ARTIFACT_S3_BUCKET") else {
            throw Mistake("no bucket is named", hint: "set LEVIATHAN_ARTIFACT_S3_BUCKET")
        }
        guard Self.isBucket(bucket) else {
            throw Mistake(
                "\(JSON.string(bucket).text()) is no name of a bucket", hint: "set LEVIATHAN_ARTIFACT_S3_BUCKET")
        }
        guard let id = value("AWS_ACCESS_KEY_ID"), let secret = value("AWS_SECRET_ACCESS_KEY") else {
            throw Mistake(
                "nothing says who may use the bucket '\(bucket)'",
                hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        }
        (self.bucket, prefix) = (bucket, Self.prefix(value("LEVIATHAN_ARTIFACT_S3_PREFIX") ?? ""))
        region = value("AWS_REGION", "AWS_DEFAULT_REGION") ?? "us-east-1"
        credentials = S3Signature.Credentials(
            keyID: id, secret: Secret(secret), session: value("AWS_SESSION_TOKEN").map { Secret($0) })
        let endpoint = value("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
        // A certificate covers one more name, and none with a dot in it.
        isPathStyle = endpoint != nil || bucket.contains(".")
        let service = "s3.\(region).amazonaws.com"
        let url = endpoint ?? "https://" + (isPathStyle ? service : "\(bucket).\(service)")
        (origin, host) = try Self.place(url)
    }

    private static func place(_ url: String) throws(Mistake) -> (origin: String, host: String) {
        let origin = url.hasSuffix("/") ? String(url.dropLast()) : url
        for scheme in ["https://", "http://"] where origin.hasPrefix(scheme) {
            let host = String(origin.dropFirst(scheme.count))
            guard !host.isEmpty, !host.contains("/"), !host.contains("@") else { break }
            return (origin, host)
        }
        throw Mistake(
            "\(JSON.string(url).text()) is no place of a bucket",
            hint: "AWS_ENDPOINT_URL_S3 is such as https://host:port")
    }

    private static func isBucket(_ name: String) -> Bool {
        (3...63).contains(name.utf8.count) && !name.hasPrefix(".") && !name.hasSuffix(".")
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E
            }
    }

    private static func prefix(_ text: String) -> String {
        let parts = text.split(separator: "/").filter { $0 != "." && $0 != ".." }
        return parts.isEmpty ? "" : parts.joined(separator: "/") + "/"
    }

    package struct Mistake: ExplainedError {
        package let message: String
        package let hint: String?

        init(_ message: String, hint: String) { (self.message, self.hint) = (message, hint) }
    }
}
