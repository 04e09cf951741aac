internal import Basics
internal import Kubernetes
internal import Model
internal import Runner

/// Where and as what Jobs are made, complete and checked.
struct ClusterPlace: Sendable {
    let namespace: String
    let image: ContainerImage
    let controlPlaneURL: String
    let startTimeout: Duration
    private let settings: DispatchSettings

    /// What the machine's configuration leaves open comes from the environment, or from the file of the older form.
    init(_ settings: DispatchSettings, _ access: ClusterAccess, _ context: Context) throws(StageError) {
        let older = try AutonomyFile.read(context)
        func value(_ texts: String?...) -> String? { texts.lazy.compactMap { $0 }.first { !$0.isEmpty } }
        let variables = context.environment
        namespace = value(settings.namespace, older?.workerNamespace) ?? access.namespace
        guard let image = value(settings.image, variables["LEVIATHAN_EXECUTOR_IMAGE"], older?.workerImage) else {
            throw StageError(
                .invalid, "nothing says which image workers run",
                hint: "set 'dispatch: {image: NAME@sha256:…}' in config.yaml, or LEVIATHAN_EXECUTOR_IMAGE")
        }
        do throws(ImageReferenceError) { self.image = try ContainerImage(image) } catch {
            throw StageError(.invalid, error)
        }
        let plane = value(
            settings.controlPlaneURL, variables["LEVIATHAN_CONTROL_PLANE_URL"], older?.controlPlaneURL)
        guard let plane else {
            throw StageError(
                .invalid, "nothing says where workers report to",
                hint: "set 'dispatch: {control_plane_url: https://…}' in config.yaml")
        }
        // No Job is made that its worker would only refuse.
        guard let keepsTokens = PlaneTransport.keepsTokens(plane) else {
            throw StageError(
                .invalid, "'\(plane)' is no address of a control plane",
                hint: "set 'dispatch: {control_plane_url: https://…}' in config.yaml")
        }
        guard keepsTokens else {
            throw StageError(
                .invalid, "workers would carry their token to '\(plane)' in plain text",
                hint: "put TLS before the control plane, and set 'dispatch: {control_plane_url: https://…}'")
        }
        controlPlaneURL = plane
        startTimeout = settings.startTimeout ?? .seconds(600)
        self.settings = settings
    }

    /// The Job of a grant: its names follow from the grant alone, so that a Job that is asked for twice exists once.
    func job(of grant: Grant, _ target: TargetRegistration?) -> WorkerJob {
        let mark = String(grant.id.filter { $0 != "-" }.prefix(12))
        var job = WorkerJob(
            attempt: ClusterName.label("attempt", grant.task) + "-" + mark, task: grant.task, target: grant.target,
            repositoryURL: target?.repositoryURL ?? "", branch: target?.defaultBranch, image: image,
            controlPlaneURL: controlPlaneURL, deadline: grant.timeout)
        (job.grant, job.namespace, job.queue) = (grant.id, namespace, settings.queue)
        job.serviceAccount = settings.serviceAccount ?? job.serviceAccount
        job.secret = settings.secret ?? job.secret
        (job.sandboxMinimum, job.mirrors) = (settings.sandboxMinimum?.rawValue, settings.mirrors)
        job.workspaceLimit = settings.storage ?? job.workspaceLimit
        job.amounts = Amounts(
            cpu: "500m", mostCPU: settings.cpu ?? "2", memory: settings.memory ?? "2Gi",
            storage: settings.storage ?? "2Gi")
        return job
    }
}
