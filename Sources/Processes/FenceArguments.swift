internal import Basics
internal import CLinux
internal import Glibc

/// A fence plan in the C library's memory, as the child after fork() reads it.
final class FenceArguments {
    private var texts: [UnsafeMutablePointer<CChar>] = []
    private let places: UnsafeMutableBufferPointer<clinux_place>
    private let bundles: UnsafeMutableBufferPointer<clinux_bundle>
    private let names: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>
    private let rules: UnsafeMutableBufferPointer<clinux_rule>
    private let overlay: UnsafeMutablePointer<clinux_overlay>?
    private let lowerLayers: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>
    private var fence = clinux_fence()

    init(_ plan: FencePlan) {
        places = .allocate(capacity: plan.places.count)
        bundles = .allocate(capacity: plan.bundles.count)
        names = .allocate(capacity: plan.bundles.reduce(0) { $0 + $1.paths.count })
        rules = .allocate(capacity: plan.rules.count)
        overlay = plan.fence.overlay == nil ? nil : .allocate(capacity: 1)
        lowerLayers = .allocate(capacity: plan.fence.overlay?.lowers.count ?? 0)
        for (index, place) in plan.places.enumerated() {
            places.initializeElement(
                at: index,
                to: clinux_place(
                    path: copy(place.path), target: place.target.flatMap(copy), kind: place.kind.rawValue,
                    floor: Int32(place.floor)))
        }
        for (index, rule) in plan.rules.enumerated() {
            rules.initializeElement(
                at: index,
                to: clinux_rule(
                    path: copy(rule.path), access: rule.access.rawValue, place: Int32(rule.place ?? -1)))
        }
        fillBundles(plan)
        if let layers = plan.fence.overlay {
            _ = lowerLayers.initialize(from: layers.lowers.map(copy))
            overlay?.initialize(
                to: clinux_overlay(
                    lowers: UnsafePointer(lowerLayers.baseAddress),
                    lower_count: Int32(clamping: layers.lowers.count),
                    upper: copy(layers.upper), work: copy(layers.work), target: copy(layers.mountPoint)))
        }
        fill(plan)
    }

    deinit {
        for text in texts { free(text) }
        places.deallocate()
        bundles.deallocate()
        names.deallocate()
        rules.deallocate()
        overlay?.deallocate()
        lowerLayers.deallocate()
    }

    func withFence<Result>(_ body: (UnsafePointer<clinux_fence>) -> Result) -> Result {
        withExtendedLifetime(self) { withUnsafePointer(to: fence, body) }
    }

    /// Only limits, for a program that builds the rest itself.
    func leaveOnlyLimits() {
        fence.limits_only = 1
        (fence.parts, fence.landlock, fence.place_count, fence.rule_count) = (0, 0, 0, 0)
        fence.bundle_count = 0
    }

    private func fillBundles(_ plan: FencePlan) {
        var first = 0
        for (index, bundle) in plan.bundles.enumerated() {
            for (place, path) in bundle.paths.enumerated() {
                let name = String(Substring(path.utf8.dropFirst(bundle.directory.utf8.count + 1)))
                names.initializeElement(at: first + place, to: copy(name))
            }
            bundles.initializeElement(
                at: index,
                to: clinux_bundle(
                    directory: copy(bundle.directory), names: UnsafePointer(names.baseAddress.map { $0 + first }),
                    count: Int32(bundle.paths.count)))
            first += bundle.paths.count
        }
    }

    private func fill(_ plan: FencePlan) {
        fence.parts = plan.support.partBits
        fence.landlock = Int32(clamping: plan.support.landlock)
        fence.places = UnsafePointer(places.baseAddress)
        fence.place_count = Int32(places.count)
        fence.bundles = UnsafePointer(bundles.baseAddress)
        fence.bundle_count = Int32(bundles.count)
        fence.rules = UnsafePointer(rules.baseAddress)
        fence.rule_count = Int32(rules.count)
        fence.overlay = UnsafePointer(overlay)
        fence.staging = copy(plan.staging)
        if let workspace = plan.workspace {
            fence.workspace = copy(workspace.directory)
            fence.stable_path = copy(workspace.stablePath)
        }
        fence.denies_network = plan.deniesNetwork ? 1 : 0
        fence.denies_unix_sockets = plan.deniesUnixSockets ? 1 : 0
        fence.denies_allocation = plan.fence.limits.disk == nil ? 0 : 1
        fence.asks_to_connect = plan.asksToConnect ? 1 : 0
        fence.limits = Self.limits(plan)
        if !plan.deniesNetwork { fence.parts &= ~UInt32(CLINUX_PART_NETWORK.rawValue) }
    }

    private static func limits(_ plan: FencePlan) -> clinux_limits {
        let limits = plan.fence.limits
        func value(_ limit: Int?) -> Int64 { limit.map { Int64(max(0, $0)) } ?? -1 }
        // more than is allowed, so that going over shows
        let allowed = value(limits.processes.map { $0 + FenceLimits.processReserve })
        var processes = allowed
        // the kernel counts a user's processes in his whole namespace, whoever started them
        if processes >= 0 && !(plan.support.holds(.user) && plan.support.countsUsersApart) {
            processes += Int64(clinux_task_count())
        }
        return clinux_limits(
            processes: processes, processes_inside: allowed,
            file_size: value(limits.fileSize),
            open_files: value(limits.openFiles), cpu_seconds: value(limits.processorSeconds),
            scratch: Int64(max(4096, limits.scratch)))
    }

    private func copy(_ text: String) -> UnsafePointer<CChar>? {
        guard let copied = strdup(text) else { return nil }
        texts.append(copied)
        return UnsafePointer(copied)
    }
}
