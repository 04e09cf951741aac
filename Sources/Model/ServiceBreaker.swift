package import Basics

/// Something outside that many targets share: a forge, or a service that models are asked at.
package struct Service: Hashable, Sendable {
    package enum Kind: String, Sendable { case forge, model }

    package let kind: Kind
    package let host: String

    package init(_ kind: Kind, _ host: String) { (self.kind, self.host) = (kind, host.lowercased()) }

    /// `nil` for a name that is not of the form `forge:HOST` or `model:HOST`.
    package init?(_ name: String) {
        guard let colon = name.firstIndex(of: ":"), let kind = Kind(rawValue: String(name[..<colon])) else {
            return nil
        }
        self.init(kind, String(name[name.index(after: colon)...]))
        if host.isEmpty { return nil }
    }

    package var name: String { "\(kind.rawValue):\(host)" }

    var words: String { kind == .forge ? "the forge \(host)" : "the model service \(host)" }
}

/// The breaker of a service: what was seen of it so far, and what that means for whoever wants to ask it.
///
/// Each change of it is an event that holds all of it, so that it is the same for every process, and after a restart.
package struct ServiceBreaker: Hashable, Sendable {
    /// Who finds out whether it is over, and until when nobody else does.
    package struct Probe: Hashable, Sendable {
        package let holder: String
        package let until: Instant

        package init(holder: String, until: Instant) { (self.holder, self.until) = (holder, until) }
    }

    /// How often, at most, the cooldown is doubled after probes that failed.
    private static let longest = 16
    /// A probe whose process has died is over by then.
    package static let probeTime = Duration.seconds(120)

    package let service: Service
    /// In a row.
    package private(set) var failures = 0
    /// When the first of them was.
    package private(set) var since: Instant?
    /// When it opened; `nil` while it is closed.
    package private(set) var opened: Instant?
    private var factor = 1
    /// When somebody may find out whether it is over; `nil` where only a person closes it.
    package private(set) var probesAt: Instant?
    package private(set) var probe: Probe?
    /// What the last failure was.
    package private(set) var reason: String?

    package init(_ service: Service) { self.service = service }

    package var isOpen: Bool { opened != nil }

    /// Whether nothing counts against it.
    package var isClear: Bool { opened == nil && failures == 0 }

    /// Whether `holder` may ask now; where it is the one that finds out, `taking` says so first.
    package func admits(_ holder: String?, at now: Instant) -> Bool {
        guard isOpen else { return true }
        if let probe, now < probe.until { return probe.holder == holder }
        return probesAt.map { now >= $0 } ?? false
    }

    /// The same while `holder` finds out; `nil` where that is not its turn.
    package func taken(by holder: String, at now: Instant) -> ServiceBreaker? {
        guard isOpen, admits(holder, at: now) else { return nil }
        var breaker = self
        breaker.probe = Probe(holder: holder, until: now + Self.probeTime)
        return breaker
    }

    /// The same after a failure; `nil` where it changes nothing: while it is open only the probe's counts.
    package func failed(
        _ reason: String, by holder: String, at now: Instant, _ limit: Limits.Breaker
    ) -> ServiceBreaker? {
        var breaker = self
        if isOpen {
            guard probe?.holder == holder else { return nil }
            breaker.factor = min(factor * 2, Self.longest)
        }
        breaker.failures += 1
        breaker.since = since ?? now
        (breaker.reason, breaker.probe) = (reason, nil)
        guard isOpen || breaker.failures >= limit.failures else { return breaker }
        breaker.opened = now
        breaker.probesAt = limit.cooldown.map { now + $0 * breaker.factor }
        return breaker
    }

    /// The same after an answer; `nil` where it changes nothing: what was asked before it opened says nothing new.
    package func answered(by holder: String) -> ServiceBreaker? {
        if isOpen { return probe?.holder == holder ? ServiceBreaker(service) : nil }
        return failures > 0 ? ServiceBreaker(service) : nil
    }

    /// Why whoever wants to ask has to wait; `nil` where nobody does.
    package func trip(at now: Instant, _ limit: EffectiveLimit<Limits.Breaker>) -> ServiceTrip? {
        guard isOpen, !admits(nil, at: now) else { return nil }
        return ServiceTrip(breaker: self, isProbed: probe.map { now < $0.until } ?? false, limit: limit)
    }
}

// MARK: As it is recorded

extension ServiceBreaker {
    package var json: JSON {
        [
            "service": .string(service.name), "failures": .integer(failures),
            "since": .optional(since?.description), "opened": .optional(opened?.description),
            "factor": .integer(factor), "probes_at": .optional(probesAt?.description),
            "probe": .optional(probe?.holder), "probe_until": .optional(probe?.until.description),
            "cause": .optional(reason),
        ]
    }

    /// `nil` where it is not what `json` writes.
    package init?(_ json: JSON) {
        guard let service = json["service"]?.string.flatMap({ Service($0) }),
            let failures = json["failures"]?.integer, let factor = json["factor"]?.integer
        else { return nil }
        func time(_ name: String) -> Instant? { json[name]?.string.flatMap { Instant($0) } }
        self.init(service)
        (self.failures, since, opened) = (failures, time("since"), time("opened"))
        (self.factor, probesAt, reason) = (max(1, factor), time("probes_at"), json["cause"]?.string)
        if let holder = json["probe"]?.string, let until = time("probe_until") {
            probe = Probe(holder: holder, until: until)
        }
    }
}

/// A service's breaker that is open.
package struct ServiceTrip: Hashable, Sendable {
    package let breaker: ServiceBreaker
    /// Whether somebody finds out now whether it is over.
    package let isProbed: Bool
    package let limit: EffectiveLimit<Limits.Breaker>

    package init(breaker: ServiceBreaker, isProbed: Bool, limit: EffectiveLimit<Limits.Breaker>) {
        (self.breaker, self.isProbed, self.limit) = (breaker, isProbed, limit)
    }

    var release: Refusal.Release {
        if isProbed { return .byItself }
        return breaker.probesAt.map(Refusal.Release.at) ?? .byPerson
    }

    package var text: String {
        let since = breaker.opened.map { " since \($0.secondsText)" } ?? ""
        let next =
            isProbed
            ? "; somebody finds out whether it is over"
            : breaker.probesAt.map { "; it is tried again at \($0.secondsText)" } ?? ""
        return
            "the breaker of \(breaker.service.words) is open\(since): \(breaker.failures) failures in a row, and "
            + "service_breaker.failures is \(limit.value.failures) (\(limit.source.rawValue))\(next)"
    }

    package var hint: String {
        "'leviathan doctor' says whether it answers; 'leviathan breaker reset \(breaker.service.name)' closes it"
    }
}
