internal import Model

/// `dispatch:` of a machine's `config.yaml`.
enum DispatchFormat {
    static let fields: [Field<DispatchSettings>] = [
        Field(
            "kind", \.kind, .choice(), standard: "local",
            "Where attempts run: as processes of this machine, or as Jobs of a Kubernetes cluster."),
        Field(
            "namespace", \.namespace, .text, also: ["worker_namespace"],
            "Where Jobs are made; without it where the credentials say."),
        Field("image", \.image, .text, also: ["worker_image"], "What workers run: NAME@sha256:… or NAME:local."),
        Field(
            "control_plane_url", \.controlPlaneURL, .text, "Where workers report to, as they reach it."),
        Field("context", \.context, .text, "The context of the kubeconfig; without it the chosen one."),
        Field(
            "service_account", \.serviceAccount, .text, standard: "leviathan-worker",
            "What pods of workers run as."),
        Field(
            "secret", \.secret, .text, standard: "leviathan-secrets", "The secret with the tokens of workers."),
        Field("queue", \.queue, .text, "The local queue of Kueue that lets Jobs in."),
        Field("cpu", \.cpu, .text, standard: "2", "The processors that a worker may use at most."),
        Field("memory", \.memory, .text, standard: "2Gi", "The memory that a worker gets."),
        Field("storage", \.storage, .text, standard: "10Gi", "The disk that a worker gets."),
        Field(
            "sandbox_minimum", \.sandboxMinimum, .choice(),
            "The weakest fence that a node may have: where less can be had, a worker does not begin there."),
        Field(
            "mirrors", \.mirrors, .text,
            "A volume claim in which workers keep mirrors of repositories, so that a clone fetches what is new."),
        Field(
            "start_timeout", \.startTimeout, .duration(10...86_400), standard: "10m",
            "A Job that does not begin within this time is taken back, and its task waits again."),
    ]
}
