import Basics
import Reports
import TestSupport
import Testing

@testable import Kubernetes

/// Each rule finds what it is about, at its place, and nothing else.
@Suite struct ManifestCheckTests {
    static let good = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web, tier: front}}
            spec:
              automountServiceAccountToken: false
              securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
              containers:
                - name: web
                  image: web:local
                  imagePullPolicy: IfNotPresent
                  args: ["--port=$(PORT)"]
                  env:
                    - {name: PORT, value: "8080"}
                    - {name: MODE, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}
                    - {name: API_TOKEN, valueFrom: {secretKeyRef: {name: tokens, key: api}}}
                  ports: [{name: http, containerPort: 8080}]
                  resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}}
                  livenessProbe: {httpGet: {path: /, port: http}}
                  readinessProbe: {httpGet: {path: /, port: http}}
                  securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
              volumes: [{name: t, emptyDir: {sizeLimit: 1Gi}}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop}
        spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web, namespace: shop}
        spec: {rules: [{http: {paths: [{path: /, backend: {service: {name: web, port: {number: 80}}}}]}}]}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, namespace: shop}
        data: {mode: fast, token_ttl: "60"}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: deny, namespace: shop}
        spec: {podSelector: {}, policyTypes: [Ingress]}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web, namespace: shop}
        spec: {maxUnavailable: 1, selector: {matchLabels: {tier: front}}}
        ---
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: clean, namespace: shop}
        spec:
          jobTemplate:
            spec:
              activeDeadlineSeconds: 60
              template:
                spec:
                  automountServiceAccountToken: false
                  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
                  containers:
                    - name: clean
                      image: clean:1@sha256:\(String(repeating: "ab", count: 32))
                      command: [clean, --all]
                      resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}}
                      securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}

        """

    static func findings(_ text: String, _ path: String = "a.yaml") -> [Diagnostic] {
        ManifestCheck.findings(in: [ManifestFile(path: path, bytes: Array(text.utf8))])
    }

    @Test func nothingIsWrongWithWhatIsRight() {
        #expect(Self.findings(Self.good).map { "\($0.id) \($0.message)" } == [])
    }

    /// A place of the good file, what stands there instead, and what is said about it.
    static let cases: [(String, String, String)] = [
        ("manifest-namespace", "{name: settings, namespace: shop}", "{name: settings}"),
        ("manifest-broken", "metadata: {name: deny, namespace: shop}", "metadata: {namespace: shop}"),
        ("manifest-broken", "data: {mode: fast,", "data: {mode: fast, mode: slow,"),
        ("manifest-selector", "selector: {matchLabels: {app: web}}", "selector: {matchLabels: {app: wbe}}"),
        ("manifest-selector", "selector: {matchLabels: {app: web}}", "replicas: 1"),
        ("manifest-selector", "{matchLabels: {tier: front}}", "{matchLabels: {tier: back}}"),
        ("manifest-service-selector", "{selector: {app: web},", "{selector: {app: web, tier: back},"),
        ("manifest-service-port", "targetPort: http}", "targetPort: https}"),
        ("manifest-service-port", "targetPort: http}", "targetPort: 8081}"),
        ("manifest-backend", "{name: web, port: {number: 80}}", "{name: wbe, port: {number: 80}}"),
        ("manifest-backend", "{name: web, port: {number: 80}}", "{name: web, port: {name: https}}"),
        ("manifest-image-latest", "image: web:local", "image: web:latest"),
        ("manifest-image-latest", "image: web:local", "image: registry:5000/web"),
        ("manifest-image-digest", "image: web:local", "image: registry:5000/web:1.2"),
        ("manifest-pull-policy", "imagePullPolicy: IfNotPresent", "imagePullPolicy: Always"),
        ("manifest-pull-policy", "imagePullPolicy: IfNotPresent", "tty: false"),
        ("manifest-shell", "command: [clean, --all]", "command: [/bin/sh, -c, clean]"),
        ("manifest-shell", "command: [clean, --all]", "args: [bash, run.sh]"),
        ("manifest-shell", "command: [clean, --all]", "command: [/usr/bin/env, bash, run.sh]"),
        ("manifest-probes", "readinessProbe: {httpGet: {path: /, port: http}}", "tty: false"),
        ("manifest-limits", ", limits: {memory: 64Mi}}\n          livenessProbe", "}\n          livenessProbe"),
        ("manifest-job-deadline", "activeDeadlineSeconds: 60", "backoffLimit: 0"),
        (
            "manifest-security-context", "capabilities: {drop: [ALL]}}\n      volumes",
            "capabilities: {drop: [KILL]}}\n      volumes"
        ),
        (
            "manifest-security-context",
            "{runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}\n      containers",
            "{runAsNonRoot: true}\n      containers"
        ),
        ("manifest-host-access", "{name: t, emptyDir: {sizeLimit: 1Gi}}", "{name: t, hostPath: {path: /}}"),
        (
            "manifest-host-access", "  automountServiceAccountToken: false\n      sec",
            "  hostNetwork: true\n      automountServiceAccountToken: false\n      sec"
        ),
        (
            "manifest-writable-root", "readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}\n      volumes",
            "capabilities: {drop: [ALL]}}\n      volumes"
        ),
        (
            "manifest-account-token", "automountServiceAccountToken: false\n      sec",
            "enableServiceLinks: false\n      sec"
        ),
        ("manifest-volume-limit", "emptyDir: {sizeLimit: 1Gi}", "emptyDir: {}"),
        (
            "manifest-network-policy", "{podSelector: {}, policyTypes",
            "{podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}, policyTypes"
        ),
        (
            "manifest-secret-value", "{name: API_TOKEN, valueFrom: {secretKeyRef: {name: tokens, key: api}}}",
            "{name: API_TOKEN, value: hunter22}"
        ),
        ("manifest-secret-value", "token_ttl: \"60\"", "db-password: hunter22"),
        (
            "manifest-secret-value", "kind: ConfigMap\nmetadata: {name: settings, namespace: shop}",
            "kind: Secret\nmetadata: {name: tokens, namespace: shop}\nstringData: {api: hunter22, mode: x}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}"
        ),
        ("manifest-variable", "--port=$(PORT)", "--port=$(PROT)"),
        (
            "manifest-variable", "{configMapKeyRef: {name: settings, key: mode}}",
            "{configMapKeyRef: {name: settings, key: mood}}"
        ),
        (
            "manifest-reference", "{configMapKeyRef: {name: settings, key: mode}}",
            "{configMapKeyRef: {name: setings, key: mode}}"
        ),
    ]

    @Test(arguments: cases.indices) func eachRuleFindsItsMistake(index: Int) throws {
        let (id, right, wrong) = Self.cases[index]
        let parts = Self.good.ranges(of: right)
        let range = try #require(parts.first, "\(right)")
        #expect(parts.count == 1, "\(right)")
        let text = Self.good.replacingCharacters(in: range, with: wrong)
        let findings = Self.findings(text)
        #expect(findings.map(\.id) == [id], "\(findings.map { "\($0.id) \($0.message)" })")
        let line = Self.good[..<range.lowerBound].split(separator: "\n", omittingEmptySubsequences: false).count
        let span = try #require(findings.first?.place?.span)
        #expect(
            (id == "manifest-network-policy" || abs(span.start.line - line) < 30)
                && !(findings[0].message.contains("hunter22")))
        #expect(RuleCatalog.entry(id) != nil)
    }

    @Test func everyRuleHasACase() {
        let tried = Set(Self.cases.map(\.0)).union(["manifest-unrendered"])
        let known = RuleCatalog.entries.map(\.id).filter { $0.hasPrefix("manifest-") }
        #expect(Set(known) == tried)
    }

    @Test func thePlaceIsThatOfTheMistake() throws {
        let marked = MarkedText("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: 1️⃣settings\n")
        let found = try #require(Self.findings(marked.text).first)
        #expect(found.place?.span.start.offset == marked.offsets[1])
    }

    @Test(arguments: [
        "a: 1\n", "", "- x\n", "kind: Deployment\n", "apiVersion: 3\nkind: [x]\n",
        "services: {web: {image: nginx}}\n", "{{ broken\n",
        "apiVersion: something\nkind: Config\n", "key: [unclosed\n",
    ])
    func whatIsNoManifestIsLeftAlone(text: String) { #expect(Self.findings(text).isEmpty) }

    @Test func aBrokenManifestIsAnErrorAtItsPlace() throws {
        let found = Self.findings("apiVersion: v1\nkind: Service\nmetadata: {name: a\nspec: x\n")
        #expect(found.map(\.id) == ["manifest-broken"] && found[0].severity == .error)
        #expect(try #require(found[0].place).span.start.line >= 3)
    }

    /// Half of what template engines write can be read as YAML.
    @Test(arguments: [
        "apiVersion: v1\nkind: Service\nmetadata: {name: {{ .Values.name }}}\n  {{- if x }}\n",
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: {{ .Values.name }}}\n",
    ]) func aTemplateIsSaidToBeOne(text: String) {
        let found = Self.findings(text)
        #expect(found.map(\.id) == ["manifest-unrendered"] && found[0].severity == .note)
    }

    /// Alert rules have templates of their own, which the cluster is given as they are.
    @Test func textWithBracesIsNoTemplate() {
        let found = Self.findings(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: rules}\ndata:\n  rule: \"{{ $labels.target }}\"\n")
        #expect(found.map(\.id) == ["manifest-namespace"])
    }

    @Test func listsAndKustomizations() {
        let item = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"
        let list = "apiVersion: v1\nkind: List\nitems: [\(item), {apiVersion: v1, kind: List, items: [\(item)]}]\n"
        #expect(Self.findings(list).map(\.id) == ["manifest-namespace", "manifest-namespace"])
        let kustomization =
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: shop\npatches: [{path: p.yaml}]\n"
        let files = [
            ("k/kustomization.yaml", kustomization), ("k/a.yaml", item),
            ("k/p.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n"),
        ]
        let found = ManifestCheck.findings(in: files.map { ManifestFile(path: $0.0, bytes: Array($0.1.utf8)) })
        #expect(found.map(\.message) == [])
    }

    /// Objects of the same name in other namespaces are others.
    @Test func namespacesAreApart() {
        let text = Self.good.replacing(
            "kind: Service\nmetadata: {name: web, namespace: shop}",
            with: "kind: Service\nmetadata: {name: web, namespace: other}")
        #expect(!Self.findings(text).contains { $0.id == "manifest-service-selector" })
    }

    @Test func whatIsTooMuchIsAnError() {
        var limits = ManifestLimits()
        limits.objects = 3
        let file = ManifestFile(path: "a.yaml", bytes: Array(Self.good.utf8))
        #expect(ManifestCheck.findings(in: [file], limits: limits).contains { $0.id == "manifest-broken" })
        limits = ManifestLimits()
        limits.findings = 1
        let text = Self.good.replacing("namespace: shop", with: "labels: {a: b}")
        let bounded = ManifestCheck.findings(
            in: [ManifestFile(path: "a.yaml", bytes: Array(text.utf8))], limits: limits)
        #expect(bounded.count == 2 && bounded.last?.message.hasSuffix("more findings are not shown") == true)
        limits.fileBytes = 100
        #expect(ManifestCheck.findings(in: [file], limits: limits).map(\.id) == ["manifest-broken"])
    }

    /// A thousand services beside a thousand workloads are looked up by their labels.
    @Test func manyObjectsAreLookedUp() {
        let text = (0..<1000).map { number in
            Self.good.split(separator: "---\n")[0...1].joined(separator: "---\n").replacing(
                "app: web", with: "app: web\(number)"
            )
            .replacing("name: web,", with: "name: web\(number),")
        }.joined(separator: "---\n")
        let found = Self.findings(text)
        #expect(Set(found.map(\.id)) == ["manifest-network-policy"])
        #expect(found.count == 1000)
    }

    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

    /// What this repository ships keeps every rule, warnings included.
    @Test func theOwnFilesAreClean() throws {
        let files = DeploymentTree.files.map { ManifestFile(path: $0.path, bytes: Array($0.text.utf8)) }
        #expect(ManifestCheck.findings(in: files).map { "\($0.place?.file ?? "") \($0.id) \($0.message)" } == [])
        for overlay in InstallationOverlay.allCases {
            let text = ManifestText.stream(overlay.resources() + [WorkerJobTests.job().resource.json])
            #expect(Self.findings(text).map { "\(overlay) \($0.id) \($0.message)" } == [])
        }
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
