import Basics
import Journal
import Model
import Runner
import Scheduler

/// Forges that targets share: how often they are asked for changes, and whether one that fails is left alone.
extension SchedulerWatch {
    private func breaker(_ service: Service) -> ServiceBreaker? {
        ((try? host.store.serviceBreaker(service.name)) ?? nil).flatMap(ServiceBreaker.init)
    }

    /// Nothing is granted while the forge is left alone.
    func seeService(_ grant: Grant) {
        guard let service = host[grant.target]?.forge?.service, let breaker = breaker(service) else { return }
        if !breaker.admits(nil, at: host.now) {
            broke(18, "\(grant.task) was granted while \(service.name) is left alone")
        }
    }

    func seeWrites(_ target: String) {
        guard let forge = host[target]?.forge else { return }
        for (period, limit) in forge.limits.all {
            let made = forge.writes.count { $0 + period > host.now }
            if made > limit.value { broke(1, "\(made) of \(limit.value) changes of \(forge.service.host)") }
        }
    }

    /// An open breaker changes when its probe settles, and through nothing else.
    func seeServices() {
        let services = Set(host.world.compactMap { $0.forge?.service })
        for service in services {
            let now = breaker(service)
            if let now, now.isOpen, let before = openServices[service], before.opened == now.opened,
                before.probesAt != now.probesAt
            {
                broke(17, "the probe of \(service.name) was put off")
            }
            if let now, now.isOpen, let before = openServices[service], before.opened != now.opened,
                before.probe == nil, before.probesAt.map({ host.now < $0 }) ?? true
            {
                broke(17, "\(service.name) opened anew before anybody was to ask it")
            }
            openServices[service] = now?.isOpen == true ? now : nil
        }
    }
}
