package import Basics

/// One program in a pod, under the standard that clusters call *restricted*.
package struct Container: Hashable, Sendable {
    package var name: String
    package var image: ContainerImage
    /// The program and its arguments; no shell reads them.
    package var command: [CommandWord]
    package var environment: [EnvironmentVariable] = []
    package var port: Port?
    package var amounts: Amounts
    package var mounts: [VolumeMount] = []
    package var startup: Probe?
    package var liveness: Probe?
    package var readiness: Probe?
    /// Whether the end of its output stands in the status of the pod where it fails.
    package var tellsLastWords = false

    package init(_ name: String, _ image: ContainerImage, _ command: [CommandWord], amounts: Amounts) {
        (self.name, self.image, self.command, self.amounts) = (name, image, command, amounts)
    }

    package var json: JSON {
        Members()
            .text("name", name)
            .text("image", image.reference)
            // A local image is nowhere to be pulled from, and a digest never changes.
            .text("imagePullPolicy", "IfNotPresent")
            .list("command", command.map { .string($0.text) })
            .list("env", environment.map(\.json))
            .list("ports", port.map { [$0.json] } ?? [])
            .with("resources", amounts.json)
            .list("volumeMounts", mounts.map(\.json))
            .with("startupProbe", startup?.json)
            .with("livenessProbe", liveness?.json)
            .with("readinessProbe", readiness?.json)
            .text("terminationMessagePolicy", tellsLastWords ? "FallbackToLogsOnError" : nil)
            .with("securityContext", Self.restricted).json
    }

    private static let restricted: JSON = [
        "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": ["drop": ["ALL"]],
    ]
}

/// A word of a command line, in which the cluster replaces `$(NAME)` only where that was meant.
package struct CommandWord: Hashable, Sendable, ExpressibleByStringLiteral {
    let text: String

    package init(stringLiteral text: String) { self.init(text) }

    package init(_ text: String) { self.text = EnvironmentVariable.literal(text) }

    private init(expanding text: String) { self.text = text }

    /// A word in which variables of the container are replaced.
    static func expanding(_ text: String) -> CommandWord { CommandWord(expanding: text) }
}

/// Where a container listens.
package struct Port: Hashable, Sendable {
    package let name: String
    package let number: Int

    package init(_ name: String, _ number: Int) { (self.name, self.number) = (name, number) }

    package var json: JSON { ["name": .string(name), "containerPort": .integer(number)] }
}

/// A variable of a container: a value, or a key of a secret.
package struct EnvironmentVariable: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        case value(String)
        case secret(name: String, key: String, isOptional: Bool)
        /// Something that the cluster knows of the pod, such as `metadata.name`.
        case field(String)
    }

    package let name: String
    package let source: Source

    package init(_ name: String, _ value: String) { (self.name, source) = (name, .value(value)) }

    package init(_ name: String, secret: String, key: String, isOptional: Bool = false) {
        (self.name, source) = (name, .secret(name: secret, key: key, isOptional: isOptional))
    }

    package init(_ name: String, field: String) { (self.name, source) = (name, .field(field)) }

    /// A text that the cluster passes on as it is: unescaped, `$(NAME)` would be replaced by another variable.
    static func literal(_ text: String) -> String { text.split("$").joined(separator: "$$") }

    package var json: JSON {
        switch source {
        case .value(let value): ["name": .string(name), "value": .string(Self.literal(value))]
        case .field(let path):
            ["name": .string(name), "valueFrom": ["fieldRef": ["fieldPath": .string(path)]]]
        case .secret(let secret, let key, let isOptional):
            [
                "name": .string(name),
                "valueFrom": [
                    "secretKeyRef": Members()
                        .text("name", secret)
                        .text("key", key)
                        .with("optional", isOptional ? true : nil).json
                ],
            ]
        }
    }
}

extension String {
    fileprivate func split(_ byte: Unicode.Scalar) -> [String] {
        unicodeScalars.split(separator: byte, omittingEmptySubsequences: false).map { String($0) }
    }
}

/// What a container is sure to have, and what it may take at most.
package struct Amounts: Hashable, Sendable {
    package let requests: [JSON.Member]
    package let limits: [JSON.Member]

    /// Memory is not lent: what was asked for is what may be used, so that no neighbour takes it away.
    package init(cpu: String, mostCPU: String, memory: String, storage: String) {
        requests = Self.members(cpu, memory, storage)
        limits = Self.members(mostCPU, memory, storage)
    }

    private static func members(_ cpu: String, _ memory: String, _ storage: String) -> [JSON.Member] {
        [
            JSON.Member("cpu", .string(cpu)), JSON.Member("memory", .string(memory)),
            JSON.Member("ephemeral-storage", .string(storage)),
        ]
    }

    package var json: JSON { ["requests": .object(requests), "limits": .object(limits)] }
}

/// How a cluster asks whether a container lives.
package struct Probe: Hashable, Sendable {
    package let action: JSON
    package let period: Int
    package let timeout: Int
    package let failures: Int

    package init(path: String, port: String, period: Int, timeout: Int = 5, failures: Int = 3) {
        action = ["path": .string(path), "port": .string(port)]
        (self.period, self.timeout, self.failures) = (period, timeout, failures)
        isRequest = true
    }

    /// A program that ends with 0 while all is well.
    package init(command: [String], period: Int, timeout: Int = 10, failures: Int = 3) {
        action = ["command": .strings(command)]
        (self.period, self.timeout, self.failures) = (period, timeout, failures)
        isRequest = false
    }

    private let isRequest: Bool

    package var json: JSON {
        [
            isRequest ? "httpGet" : "exec": action, "periodSeconds": .integer(period),
            "timeoutSeconds": .integer(timeout), "failureThreshold": .integer(failures),
        ]
    }
}

/// Where a volume is found in a container.
package struct VolumeMount: Hashable, Sendable {
    package let name: String
    package let path: String
    package let isReadOnly: Bool

    package init(_ name: String, _ path: String, isReadOnly: Bool = false) {
        (self.name, self.path, self.isReadOnly) = (name, path, isReadOnly)
    }

    package var json: JSON {
        Members()
            .text("name", name)
            .text("mountPath", path)
            .with("readOnly", isReadOnly ? true : nil).json
    }
}
