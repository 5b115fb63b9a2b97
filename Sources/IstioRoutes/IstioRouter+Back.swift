internal import CanaryEngine
internal import JSONTree
internal import KubernetesAPI
package import Manifests

extension IstioRouter {
    /// Takes the run's dark routes away, and whatever keeps users with the version that they met.
    package func removeDarkRoute() async throws {
        let dark = DarkRoute(run: scope.run)
        for object in try await managed() {
            _ = try await writer.change(Self.reference(object), seen: object) { object in
                let clean = dark.removed(from: object)
                return RouteEdit(of: clean, run: scope.run)?.loose(clean) ?? clean
            }
        }
    }

    /// Takes the candidate's subset away, if the run added it; no route may name it any more.
    package func removeCandidateSubset() async throws {
        guard let rule = try await rule(), let record = RuleRecord(on: rule),
            record.run == scope.run
        else { return }
        let candidate = try await candidateDestination()
        guard let subset = candidate.subset else { return }
        try await requireUnnamed(candidate)
        let edit = SubsetEdit(run: scope.run)
        _ = try await writer.change(Self.reference(rule)) { edit.removing(subset, from: $0) }
    }

    /// Throws where a route still leads to the candidate: without pods it would answer 503.
    package func requireCandidateUnnamed() async throws {
        try await requireUnnamed(candidateDestination(), atLeast: 1, blaming: true)
    }

    /// Throws where a VirtualService that the run does not move leads to stable, and would lead nowhere
    /// once that is gone.
    package func requireStableLeft() async throws {
        let ours = try await managed()
        guard let record = ours.lazy.compactMap({ RouteRecord(on: $0) }).first else { return }
        let others = try await visible(scope.virtualServices).0.filter { object in
            !ours.contains { Self.reference($0) == Self.reference(object) }
        }
        guard let place = place(leadingTo: record.stable, among: others, atLeast: 0) else { return }
        throw Setback(
            .foreignEdit,
            "\(place.words) leads to stable's \(record.stable), which goes with the promotion, and this"
                + " run does not move it; \(ForeignHand(on: place.object).sentence)")
    }

    private func candidateDestination() async throws -> VersionDestination {
        for object in try await managed() {
            if let record = RouteRecord(on: object) { return record.candidate }
        }
        return try await bareRecord().candidate
    }

    /// Gives every route its old destinations back, and takes away the one that the run made.
    ///
    /// The very last act of going back: from here on the service's routes find every pod that the
    /// Service selects. Our marks, and stable's subset if the run added it, stay until `tidyHome`.
    package func unpin(backup: [KubernetesObject]) async throws {
        for object in try await managed() {
            let reference = Self.reference(object)
            if RouteRecord(on: object)?.isOurObject == true {
                try await removeOurs(reference)
                continue
            }
            let before = backup.first { Self.reference($0) == reference }
            let bare = RouteRecord(on: object) == nil ? try await bareRecord() : nil
            _ = try await writer.change(reference, seen: object) { now in
                guard let edit = unpinning(now, before, bare) else { return now }
                return edit.unpinned(now)
            }
        }
    }

    /// The edit that leads a VirtualService back: by its record, else by the backup.
    private func unpinning(
        _ object: KubernetesObject, _ before: KubernetesObject?, _ bare: RouteRecord?
    ) -> RouteEdit? {
        guard var record = RouteRecord(on: object) ?? bare, record.run == scope.run else {
            return nil
        }
        if let before {
            let reading = RouteReading(before, domain: scope.clusterDomain)
            record.routes = reading.places(leadingTo: scope.hosts).map { place in
                RouteRecord.Route(
                    key: reading.key(at: place, leadingTo: scope.hosts),
                    was: reading[place]["route"]?.items ?? [])
            }
        }
        return RouteEdit(record)
    }

    /// A record without routes: what the versions are called, where no object says it.
    func bareRecord() async throws -> RouteRecord {
        let entries = try await rule().map(SubsetEdit.subsets) ?? []
        func destination(_ version: String, at host: MeshHost) -> VersionDestination {
            guard scope.versionHosts == nil else { return VersionDestination(host: host) }
            let entry = entries.first { $0.at("labels", scope.versionLabel)?.text == version }
            return VersionDestination(
                host: host, subset: entry?["name"]?.text ?? VersionSubset.name(for: version))
        }
        return RouteRecord(
            run: scope.run, service: scope.host.name,
            stable: destination(scope.stableVersion ?? Surveying.nobody, at: scope.hosts.stable),
            candidate: destination(scope.candidateVersion, at: scope.hosts.candidate), routes: [])
    }

    private func removeOurs(_ reference: ObjectReference) async throws {
        let run = scope.run
        try await writer.remove(reference) { object in
            RouteRecord(on: object).map { $0.run == run && $0.isOurObject }
                ?? RuleRecord(on: object).map { $0.run == run && $0.isOurObject } ?? false
        }
    }

    /// No route of any namespace may name what goes, with a weight of `least` or more.
    func requireUnnamed(
        _ version: VersionDestination, atLeast least: Int = 0, blaming: Bool = false
    ) async throws {
        let all = try await visible(scope.virtualServices).0
        guard let place = place(leadingTo: version, among: all, atLeast: least) else { return }
        let hand = blaming ? "; \(ForeignHand(on: place.object).sentence)" : ""
        throw Setback(.fault, "\(version) cannot go: \(place.words) still names it" + hand)
    }

    /// The first route that leads to a version, or copies to it.
    private func place(
        leadingTo version: VersionDestination, among objects: [KubernetesObject],
        atLeast least: Int
    ) -> (object: KubernetesObject, words: String)? {
        for object in objects {
            let reading = RouteReading(object, domain: scope.clusterDomain)
            for place in reading.places {
                let route = reading[place]
                let named = (reading.destinations(of: route) ?? []).contains {
                    version.means($0.host, $0.subset) && $0.weight >= least
                }
                guard named || reading.mirrors(route, version.means) else { continue }
                let key = reading.key(at: place, leadingTo: scope.hosts)
                return (object, "\(reading.place), \(key.words)")
            }
        }
        return nil
    }

    /// A subset of the service's host.
    func requireUnnamed(subset: String) async throws {
        try await requireUnnamed(VersionDestination(host: scope.host, subset: subset))
    }

    /// After `unpin` and settling: takes stable's subset away if the run added it, the rule if the
    /// run made it, and our marks from everything.
    package func tidyHome() async throws {
        if let rule = try await rule(), let record = RuleRecord(on: rule),
            record.run == scope.run
        {
            for name in record.added { try await requireUnnamed(subset: name) }
            if record.isOurObject {
                try await removeOurs(Self.reference(rule))
            } else {
                let edit = SubsetEdit(run: scope.run)
                _ = try await writer.change(Self.reference(rule)) { rule in
                    record.added.reduce(rule) { edit.removing($1, from: $0) }
                }
            }
        }
        try await tidy()
    }

    /// Takes our marks from everything that still carries them.
    ///
    /// The routes stay as they are.
    package func tidy() async throws {
        for object in try await managed() {
            try await tidy(object, isRecorded: RouteRecord(on: object)?.run == scope.run)
        }
        if let rule = try await rule() {
            try await tidy(rule, isRecorded: RuleRecord(on: rule)?.run == scope.run)
        }
    }

    /// Where somebody took our seal off and left our record, the seal goes on once more: only what
    /// carries it is cleared.
    private func tidy(_ object: KubernetesObject, isRecorded: Bool) async throws {
        let reference = Self.reference(object)
        var object = object
        if isRecorded, object.seal == nil {
            guard let claimed = try await writer.claim(reference, seen: object) else { return }
            object = claimed
        }
        try await writer.unseal(reference, seen: object)
    }

    /// What is not as the backup has it, a sentence each; empty when all is as before.
    ///
    /// What a late create or claim of this run left behind is put right first, as often as it is
    /// found.
    package func verifyHome(backup: [KubernetesObject]) async throws -> [String] {
        let marked = try await clearLate(backup)
        var sentences: [String] = []
        for before in backup {
            let reference = Self.reference(before)
            guard let now = try await read(reference) else {
                sentences.append("\(reference) is gone")
                continue
            }
            let who = ForeignHand(on: now).lastOther
            for difference in TreeDifference.between(before.spec, now.spec, at: "spec") {
                sentences.append("\(reference): \(difference) (last other writer: \(who))")
            }
        }
        return sentences + marked
    }

    /// Removes what of this run's making is there, and takes its seal off what carries nothing else
    /// of it; a sentence for each object that must stay as it is.
    private func clearLate(_ backup: [KubernetesObject]) async throws -> [String] {
        let run = scope.run
        var sentences: [String] = []
        for object in try await visible(scope.virtualServices).0 {
            let record = RouteRecord(on: object).flatMap { $0.run == run ? $0 : nil }
            guard record != nil || object.seal?.run == run else { continue }
            if record?.isOurObject == true {
                try await removeOurs(Self.reference(object))
            } else {
                sentences += try await clear(object, isRecorded: record != nil, backup)
            }
        }
        for object in try await visible(scope.destinationRules).0 {
            let record = RuleRecord(on: object).flatMap { $0.run == run ? $0 : nil }
            guard record != nil || object.seal?.run == run else { continue }
            if let record, record.isOurObject {
                for name in record.added { try await requireUnnamed(subset: name) }
                try await removeOurs(Self.reference(object))
            } else {
                sentences += try await clear(object, isRecorded: record != nil, backup)
            }
        }
        return sentences
    }

    private func clear(
        _ object: KubernetesObject, isRecorded: Bool, _ backup: [KubernetesObject]
    ) async throws -> [String] {
        let reference = Self.reference(object)
        // How it was before stands in the record alone: that is for going home, not for us.
        if isRecorded { return ["\(reference) still carries our marks"] }
        try await writer.unseal(reference)
        if backup.contains(where: { Self.reference($0) == reference }) { return [] }
        return ["\(reference) carried our seal and is not in the backup: it stays as it is"]
    }
}

extension DarkRoute {
    /// The object without this run's dark routes, with or without its record.
    func removed(from object: KubernetesObject) -> KubernetesObject {
        let http = object.spec["http"]?.items ?? []
        let kept = http.filter { !isOurs($0, among: http.count) }
        guard kept.count != http.count else { return object }
        var object = object
        object.tree.set(.array(kept), at: "spec", "http")
        return object
    }
}
