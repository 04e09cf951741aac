/// Where attempts run: `dispatch:` of a machine's `config.yaml`.
package struct DispatchSettings: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Processes of this machine.
        case local
        /// Jobs of a cluster.
        case kubernetes
    }

    package var kind = Kind.local
    /// Where Jobs are made; `nil` for the namespace that the credentials name.
    package var namespace: String?
    /// What workers run.
    package var image: String?
    /// Where workers report to.
    package var controlPlaneURL: String?
    /// The context of the kubeconfig; `nil` for the chosen one.
    package var context: String?
    package var serviceAccount: String?
    /// The secret with the tokens of workers.
    package var secret: String?
    /// The local queue of Kueue.
    package var queue: String?
    package var cpu: String?
    package var memory: String?
    package var storage: String?
    /// The weakest fence that a node may have; `nil` leaves it to each policy.
    package var sandboxMinimum: FenceRung?
    /// The volume claim with mirrors that clones take objects from.
    package var mirrors: String?
    /// How long a Job may wait for its first pod to run.
    package var startTimeout: Duration?

    package init() {}
}
