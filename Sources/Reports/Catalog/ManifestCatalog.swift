/// The rules about Kubernetes files.
extension RuleCatalog {
    static let manifests = wiring + images + privileges + values

    private static let wiring = [
        CatalogEntry(
            "manifest-broken", "A Kubernetes file cannot be read, or says less than any object has to.",
            why: "What cannot be read is not checked, and is never reported as fine.",
            mend: "Correct the place that is shown.", example: "kind: Deployment without metadata.name"),
        CatalogEntry(
            "manifest-unrendered", "A file is a template, from which manifests are made.",
            why: "Only what a cluster gets can be checked.",
            mend: "helm template CHART | leviathan check-manifests -", example: "name: {{ .Release.Name }}"),
        CatalogEntry(
            "manifest-namespace", "An object is in no namespace.",
            why: "It goes wherever the person who applies it happens to be.",
            mend: "Say metadata.namespace, or 'namespace:' in the kustomization.", example: "metadata: {name: web}"
        ),
        CatalogEntry(
            "manifest-selector", "A selector does not match the pods that it is meant for.",
            why: "A cluster refuses such a workload, and such a budget protects nothing.",
            mend: "Repeat the selector's labels in the template of the pods.",
            example: "matchLabels: {app: web} and a template with labels: {app: api}"),
        CatalogEntry(
            "manifest-service-selector", "A service selects no pod.", why: "Whoever calls it gets no answer.",
            mend: "Take labels that the pods have.", example: "selector: {app: wbe}"),
        CatalogEntry(
            "manifest-service-port", "A service leads to a port that its pods do not have.",
            why: "Connections are refused.", mend: "Name a port of the container.",
            example: "targetPort: http, and containers without a port of that name"),
        CatalogEntry(
            "manifest-backend", "An Ingress leads to a service or a port that is not there.",
            why: "People get an error page.", mend: "Name a service of the same namespace, and one of its ports.",
            example: "service: {name: wbe, port: {number: 80}}"),
        CatalogEntry(
            "manifest-reference", "A pod uses something that is not in these files.",
            why: "It waits for it, and does not start.", mend: "Add it, or see that something else makes it.",
            example: "configMapKeyRef: {name: settings} and no such ConfigMap"),
    ]

    private static let images = [
        CatalogEntry(
            "manifest-image-latest", "An image has no version.",
            why: "Each node may run another one, and nobody can go back.",
            mend: "Name a version, better its digest.", example: "image: nginx:latest"),
        CatalogEntry(
            "manifest-image-digest", "An image is named by a tag alone.",
            why: "Whoever can push to the registry decides what runs.", mend: "Add the digest.",
            example: "image: nginx:1.29"),
        CatalogEntry(
            "manifest-pull-policy", "A local image is not said to stay local.",
            why: "A cluster that tries to pull it finds nothing, or somebody else's.",
            mend: "imagePullPolicy: IfNotPresent", example: "image: web:local and imagePullPolicy: Always"),
        CatalogEntry(
            "manifest-shell", "A Job is started through a shell.",
            why: "Whatever gets into its text is run, and its exit code is often lost.",
            mend: "Name the program and its arguments as a list.", example: "command: [sh, -c, \"run $TASK\"]"),
        CatalogEntry(
            "manifest-probes", "A container that serves has no liveness or no readiness probe.",
            why: "Requests go to what is not up, and what hangs is not started again.",
            mend: "Add livenessProbe and readinessProbe.", example: "a Deployment without readinessProbe"),
        CatalogEntry(
            "manifest-limits", "A container does not say what it needs and may take.",
            why: "It starves its neighbours, or is the first to be thrown out.",
            mend: "Say requests for cpu and memory, and a limit for memory.", example: "resources: {}"),
        CatalogEntry(
            "manifest-job-deadline", "A Job has no deadline.", why: "One that hangs holds its place for ever.",
            mend: "Say activeDeadlineSeconds.", example: "kind: Job without activeDeadlineSeconds"),
    ]

    private static let privileges = [
        CatalogEntry(
            "manifest-security-context", "A container does not satisfy the restricted Pod Security Standard.",
            why: "As root and with capabilities, a mistake in a program is one of the node.",
            mend: "Set the members of securityContext that the message names.", example: "runAsNonRoot: false"),
        CatalogEntry(
            "manifest-host-access", "A pod has a part of its node.",
            why: "Whoever gets into it, has the node and what else runs there.",
            mend: "Leave out privileged, hostNetwork, hostPID, hostIPC and hostPath.",
            example: "hostPath: {path: /var/run/docker.sock}"),
        CatalogEntry(
            "manifest-writable-root", "A container may write to its own image.",
            why: "What was changed there is found by nobody.",
            mend: "readOnlyRootFilesystem: true, and an emptyDir for what is written.",
            example: "securityContext: {}"),
        CatalogEntry(
            "manifest-account-token", "A pod gets a token of the cluster without having asked.",
            why: "Whoever gets into it can talk to the API server.",
            mend: "automountServiceAccountToken: false, or true where it is used.",
            example: "a Deployment that says nothing about it"),
        CatalogEntry(
            "manifest-volume-limit", "An emptyDir has no limit.", why: "It fills the disk of its node.",
            mend: "Say sizeLimit.", example: "emptyDir: {}"),
        CatalogEntry(
            "manifest-network-policy", "No network policy holds for a pod.",
            why: "Every other pod reaches it, and it reaches everything.",
            mend: "Add one that denies everything, and others that allow what is needed.",
            example: "a namespace without a NetworkPolicy"),
    ]

    private static let values = [
        CatalogEntry(
            "manifest-secret-value", "A credential stands in a file.",
            why: "Everybody who can read the repository has it, for ever.",
            mend: "Take it back, make a new one, and name it by secretKeyRef.",
            example: "{name: API_TOKEN, value: …}, or a Secret with its data"),
        CatalogEntry(
            "manifest-variable", "A variable or a key is used that is not there.",
            why: "The pod does not start, or the program gets the text '$(NAME)'.",
            mend: "Add it where it is looked for.", example: "args: [\"--port=$(PORT)\"] and no PORT in env"),
    ]
}
