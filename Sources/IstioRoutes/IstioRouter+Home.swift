package import CanaryEngine
internal import JSONTree
package import KubernetesAPI
internal import Manifests
internal import Synchronization

/// What the way home found.
package struct HomeReport: Hashable, Sendable {
    /// Changes of other people that had to yield, and by whom they were.
    package var overridden: [String] = []
    /// What could not be brought home because it is not there.
    package var missing: [String] = []
    /// What somebody had taken away, and stands again.
    package var restored: [String] = []

    package init() {}

    package var sentences: [String] { restored + overridden + missing }

    /// What a later look found; what was said already is not said again.
    package mutating func add(_ later: HomeReport) {
        func new(_ said: [String], beside known: [String]) -> [String] {
            said.filter { !known.contains($0) }
        }
        restored += new(later.restored, beside: restored)
        overridden += new(later.overridden, beside: overridden)
        missing = later.missing
    }
}

/// Where both versions are found, as far as it can be told without a record.
private struct Destinations: Sendable {
    var stable: VersionDestination
    var candidate: VersionDestination
}

/// To which share the candidate's falls, and as long as what.
private struct Aim: Sendable {
    let share: TrafficWeight
    let holds: (@Sendable () async throws -> Void)?
}

/// An edit met a VirtualService without our record, and needs the subsets' names from the rule.
private struct RecordLost: Error {}

/// An edit would pin a route anew, and whether the rule still has the subset is not known.
private struct PinUnknown: Error {
    let stable: VersionDestination
}

/// The API server did not give the rule at the first try.
private struct RuleUnread: Error {}

/// Sentences that an edit leaves behind; the last try's count.
private final class Notes: Sendable {
    private let held = Mutex<[String]>([])

    var sentences: [String] {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}

extension IstioRouter {
    /// The way home: lowers the candidate's share to `share`, whatever stands there now; 0 is home.
    ///
    /// Weights of ours that somebody changed go home too, and the report names them. What stable's users
    /// rest on stands before anybody is led there: a VirtualService or a subset that somebody took away
    /// is put back. Where the rule will not be read at once, weights go first, and it is looked at then.
    /// `holds` is asked ahead of every attempt to write weights, and what it throws ends the way there.
    package func sendHome(
        share: TrafficWeight, while holds: (@Sendable () async throws -> Void)? = nil
    ) async throws -> HomeReport {
        var report = HomeReport()
        async let ruleNow = ruleAtOnce()
        let objects = try await managed()
        var hasLooked = true
        var notMade: NotMade?
        do {
            report.restored = try await mend(objects, ruleNow, includingMade: true)
        } catch is RuleUnread {
            hasLooked = false
        } catch let error as NotMade {
            try Task.checkCancellation()
            notMade = error
        }
        try await lower(Aim(share: share, holds: holds), seen: objects, &report)
        if let notMade { throw notMade.cause }
        if !hasLooked { report.restored = try await mend(includingMade: true) }
        return report
    }

    /// The rule, asked for once.
    private func ruleAtOnce() async throws -> KubernetesObject? {
        let reference = known.first { $0.kind.isSame(as: .destinationRule) }
        guard scope.versionHosts == nil, let reference else { return try await rule() }
        do {
            return try await client.get(reference)
        } catch {
            try Task.checkCancellation()
            throw RuleUnread()
        }
    }

    private func lower(
        _ aim: Aim, seen objects: [KubernetesObject], _ report: inout HomeReport
    ) async throws {
        var references = known.filter { $0.kind.isSame(as: .virtualService) }
        if references.isEmpty { references = objects.map(Self.reference) }
        for reference in references {
            let notes = Notes()
            let seen = objects.first { Self.reference($0) == reference }
            do {
                try await sendHome(reference, aim, notes, seen: seen, names: nil, &report)
            } catch is RecordLost {
                let names = try await destinations()
                try await sendHome(reference, aim, notes, names: names, &report)
            } catch let unknown as PinUnknown {
                try await putBack(unknown.stable)
                try await sendHome(
                    reference, aim, notes, names: nil, mayPin: true, &report)
            }
            report.overridden += notes.sentences
        }
    }

    private func sendHome(
        _ reference: ObjectReference, _ aim: Aim, _ notes: Notes,
        seen: KubernetesObject? = nil, names: Destinations?, mayPin: Bool = false,
        _ report: inout HomeReport
    ) async throws {
        let written = try await writer.change(reference, seen: seen, before: aim.holds) {
            object in
            notes.sentences = []
            if let edit = RouteEdit(of: object, run: scope.run) {
                let difference = Self.difference(object, edit, from: [edit.record.weight])
                notes.sentences = [difference].compactMap { $0 }
                let lowered = edit.lowered(object, to: aim.share)
                // On a way home that is gone a second time, the subset may have been tidied away.
                if !mayPin, edit.pinsAnew(lowered, from: object) {
                    throw PinUnknown(stable: edit.record.stable)
                }
                return lowered
            }
            guard let names else { throw RecordLost() }
            notes.sentences = [
                "\(reference) had lost our record; \(ForeignHand(on: object).sentence)"
            ]
            let edit = RouteEdit(makeshiftRecord(of: object, names.stable, names.candidate))
            // Whoever is ready answers there, of both versions: it waits until stable carries all.
            if aim.share > .none, edit.isUnpinned(object) { return object }
            return edit.lowered(edit.record.written(on: object), to: aim.share)
        }
        if written == nil { report.missing.append("\(reference) is gone") }
    }

    /// A record made from the object as it stands.
    func makeshiftRecord(
        of object: KubernetesObject, _ stable: VersionDestination, _ candidate: VersionDestination
    ) -> RouteRecord {
        let reading = RouteReading(object, domain: scope.clusterDomain)
        let places = reading.places(leadingTo: scope.hosts).filter { place in
            let route = reading[place]
            return !DarkRoute(run: scope.run).isOurs(route, among: reading.http.count)
                && !KeptRoute.isOurs(route, of: scope.run, among: reading.http.count)
        }
        var record = RouteRecord(
            run: scope.run, service: scope.host.name, stable: stable,
            candidate: candidate, weight: .all,
            routes: places.map { place in
                RouteRecord.Route(
                    key: reading.key(at: place, leadingTo: scope.hosts),
                    was: reading[place]["route"]?.items ?? [])
            })
        // Routes that keep users with the candidate may stand still: by this they are taken away.
        record.stickiness = scope.stickiness
        return record
    }

    /// The subsets' names from the rule; puts stable's back, and the rule itself, where somebody
    /// took them away: a route must not name what is not there.
    ///
    /// Hosts of their own are known beforehand.
    private func destinations() async throws -> Destinations {
        func named(_ subset: String) -> VersionDestination {
            VersionDestination(host: scope.host, subset: subset)
        }
        if scope.versionHosts != nil {
            return Destinations(
                stable: VersionDestination(host: scope.hosts.stable),
                candidate: VersionDestination(host: scope.hosts.candidate))
        }
        if try await rule() == nil { try await ensureStableSubset(isGoingHome: true) }
        guard let rule = try await rule() else { throw Self.noRule(scope) }
        func name(of version: String) -> String? {
            SubsetEdit.subsets(of: rule).first {
                $0.at("labels", scope.versionLabel)?.text == version
            }?["name"]?.text
        }
        let candidate =
            name(of: scope.candidateVersion) ?? VersionSubset.name(for: scope.candidateVersion)
        let version = scope.stableVersion ?? Surveying.nobody
        if let stable = name(of: version) {
            return Destinations(stable: named(stable), candidate: named(candidate))
        }
        let stable = named(VersionSubset.name(for: version))
        try await putBack(stable)
        return Destinations(stable: stable, candidate: named(candidate))
    }

    /// Puts stable's subset back, and the rule itself, where somebody took them away.
    ///
    /// A Service of stable's is not ours to make: it must be there.
    private func putBack(_ stable: VersionDestination) async throws {
        guard let name = stable.subset else { return try await require(stable) }
        if try await rule() == nil { try await ensureStableSubset(isGoingHome: true) }
        guard let rule = try await rule() else { throw Self.noRule(scope) }
        if SubsetEdit.has(name, in: rule) { return }
        let subset = NamedSubset(
            name: name, version: scope.stableVersion ?? Surveying.nobody,
            versionLabel: scope.versionLabel, labels: nil)
        let edit = SubsetEdit(run: scope.run)
        _ = try await writer.change(Self.reference(rule)) { try edit.adding(subset.plain, to: $0) }
    }

    /// Brings a service's weights home by what stands on its VirtualServices alone, for a holder
    /// who cannot write the journal any more; says what it did.
    ///
    /// Nothing else is touched. Each write carries the resourceVersion that it read; an object of a
    /// later epoch than `epoch` is left to whoever wrote that. `staying` says, of what stands on an
    /// object, how much stable cannot carry.
    package static func emergencyHome(
        client: KubernetesClient, namespace: String, service: String, run: String? = nil,
        epoch: Int = .max,
        staying: @escaping @Sendable (RouteRecord) async throws -> TrafficWeight = { _ in .none }
    ) async throws -> [String] {
        let version = try await servedVersion(client)
        let kind = ResourceKind.virtualService.inVersion(version)
        let all = try await client.patiently { client in
            do {
                return try await client.list(kind, namespace: nil).items
            } catch let error as KubernetesError where error.code == .forbidden {
                return try await client.list(kind, namespace: namespace).items
            }
        }
        var sentences: [String] = []
        for object in all {
            guard let record = RouteRecord(on: object),
                record.service
                    == MeshHost(service, from: namespace, domain: record.domain).name,
                run == nil || record.run == run
            else { continue }
            let reference = reference(object)
            let sentence = try await client.patiently { client in
                try await emergencyHome(
                    client, reference, run: record.run, epoch: epoch, staying)
            }
            sentences.append("\(reference): \(sentence)")
        }
        return sentences
    }

    private static func emergencyHome(
        _ client: KubernetesClient, _ reference: ObjectReference, run: String, epoch: Int,
        _ staying: @Sendable (RouteRecord) async throws -> TrafficWeight
    ) async throws -> String {
        guard let object = try await client.get(reference) else { return "is gone" }
        guard let edit = RouteEdit(of: object, run: run) else { return "has lost our record" }
        if let seal = object.seal, seal.run == run, seal.epoch > epoch {
            return "is held by epoch \(seal.epoch)"
        }
        if edit.lowered(object, to: .none) == object { return "is at home" }
        // Stable's destination goes only once promotion is decided, and from there is no way home.
        if edit.record.weight == .all, edit.isWithoutStable(object) {
            return "is promoted: stable has left it, and it stays as it is"
        }
        let rest = try await staying(edit.record)
        if rest == .all { return "stays as it is: stable has no ready pod" }
        let lowered = edit.lowered(object, to: rest)
        if edit.names(.stable, in: lowered),
            try await !hasStable(edit.record, client, object.namespace)
        {
            let stable = edit.record.stable
            return stable.subset == nil
                ? "stays as it is: there is no Service \(stable.host) to pin it to"
                : "stays as it is: no rule has the \(stable) to pin it to"
        }
        if lowered != object { _ = try await client.update(lowered, as: reference.kind) }
        return rest == .none
            ? "brought home" : "brought home but for \(rest.percent)%, which stable cannot carry"
    }

    /// Whether a rule of the service has stable's subset, or its host a Service: nobody is led to what is
    /// not there.
    private static func hasStable(
        _ record: RouteRecord, _ client: KubernetesClient, _ namespace: String
    ) async throws -> Bool {
        let parts = record.stable.host.name.split(separator: ".")
        let home = parts.count > 1 ? String(parts[1]) : namespace
        guard let subset = record.stable.subset else {
            return try await client.get(
                ObjectReference(.service, namespace: home, name: String(parts[0]))) != nil
        }
        let version = try await servedVersion(client)
        let kind = ResourceKind.destinationRule.inVersion(version)
        return try await client.list(kind, namespace: home).items.contains { rule in
            MeshHost(rule.spec["host"]?.text ?? "", from: rule.namespace, domain: record.domain)
                == record.host
                && SubsetEdit.subsets(of: rule).contains { entry in
                    entry["name"]?.text == subset
                        && record.labels.map {
                            entry["labels"]?.canonical == $0.stable.canonical
                        } ?? true
                }
        }
    }
}
