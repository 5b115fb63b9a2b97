internal import CanaryEngine
internal import JSONTree
internal import KubernetesAPI
internal import Manifests

/// A subset that a route of the run names, and whose pods it is to mean.
struct NamedSubset: Hashable, Sendable {
    let name: String
    let version: String
    let versionLabel: String
    /// As the run's record has them; nil where that is of somebody who did not note them.
    let labels: JSONTree?

    /// As the run would write it, where nobody knows more.
    var plain: VersionSubset {
        let labels = labels ?? [versionLabel: .string(version)]
        return VersionSubset(name: name, tree: ["name": .string(name), "labels": labels])
    }

    func isMeant(by entry: JSONTree) -> Bool {
        if labels != nil { return plain.means(entry) }
        return entry.at("labels", versionLabel)?.text == version
    }
}

/// A VirtualService that was deleted could not be made again; what the others rest on stands.
struct NotMade: Error {
    let cause: any Error
}

/// What the routes rest on: looked at on the way forward, and put back on the way home.
extension IstioRouter {
    /// The objects that carry our record, each with the edit that it asks for.
    func edits(of objects: [KubernetesObject]) -> [(RouteEdit, KubernetesObject)] {
        objects.compactMap { object in
            RouteEdit(of: object, run: scope.run).map { ($0, object) }
        }
    }

    /// The subsets that the run's routes name, with whatever weight.
    func subsets(namedBy edits: [(RouteEdit, KubernetesObject)]) -> [NamedSubset] {
        var named: [NamedSubset] = []
        func add(_ destination: VersionDestination, _ version: String, _ labels: JSONTree?) {
            guard let name = destination.subset, !named.contains(where: { $0.name == name })
            else { return }
            named.append(
                NamedSubset(
                    name: name, version: version, versionLabel: scope.versionLabel,
                    labels: labels))
        }
        for (edit, object) in edits {
            let record = edit.record
            if edit.names(.stable, in: object) {
                add(
                    record.stable, scope.stableVersion ?? Surveying.nobody,
                    record.labels?.stable)
            }
            if edit.names(.candidate, in: object) {
                add(record.candidate, scope.candidateVersion, record.labels?.candidate)
            }
        }
        return named
    }

    /// What says that users who are led to these subsets do not meet the version that they mean; nil
    /// where they do.
    func difference(_ rule: KubernetesObject?, from named: [NamedSubset]) -> String? {
        guard !named.isEmpty else { return nil }
        guard let rule else {
            let known = known.first { $0.kind.isSame(as: .destinationRule) }
            let name = known.map { "\($0)" } ?? "the DestinationRule for \(scope.host)"
            return "\(name) is gone: somebody deleted it"
        }
        let place = Self.reference(rule)
        let hand = ForeignHand(on: rule).sentence
        guard isOfService(rule) else {
            return
                "\(place) is for the host \(rule.spec["host"]?.text ?? "of nobody"), where it must be"
                + " for \(scope.host); \(hand)"
        }
        for subset in named {
            let entry = SubsetEdit.subsets(of: rule).first { $0["name"]?.text == subset.name }
            guard let entry else { return "\(place) has no subset \(subset.name); \(hand)" }
            if subset.isMeant(by: entry) { continue }
            return "\(place), subset \(subset.name): it means \(SubsetEdit.shown(entry["labels"])),"
                + " where it must mean \(SubsetEdit.shown(subset.plain.labels)); \(hand)"
        }
        return nil
    }

    /// Puts back what users who are at stable rest on, where somebody took it away or turned it round;
    /// a sentence for each thing.
    ///
    /// `includingMade`: the run had made the VirtualService that it makes; it is made anew as well.
    package func mend(includingMade: Bool) async throws -> [String] {
        do {
            return try await mend(managed(), try await rule(), includingMade: includingMade)
        } catch let error as NotMade {
            throw error.cause
        }
    }

    func mend(
        _ objects: [KubernetesObject], _ rule: KubernetesObject?, includingMade: Bool
    ) async throws -> [String] {
        let lost = known.filter { reference in
            reference.kind.isSame(as: .virtualService)
                && !objects.contains { Self.reference($0) == reference }
        }
        guard !lost.isEmpty || difference(rule, from: subsets(namedBy: edits(of: objects))) != nil
        else {
            return []
        }
        let former = try await former()
        let back = lost.compactMap { reference in
            former?.pinned(reference, scope, includingMade: includingMade)
        }
        var said: [String] = []
        let named = subsets(namedBy: edits(of: objects + back))
        if let difference = difference(rule, from: named) {
            try await stand(named, in: rule, former)
            said.append("\(difference); put back")
        }
        for object in back {
            do {
                _ = try await writer.create(object, as: scope.virtualServices)
            } catch {
                throw NotMade(cause: error)
            }
            said.append("\(Self.gone(Self.reference(object)).reason); put back")
        }
        if let lack = former?.lack { said.append(lack) }
        return said
    }

    /// Makes the subsets stand; makes the rule anew where it is gone, as the backup has it, else as the
    /// run made it.
    private func stand(
        _ named: [NamedSubset], in rule: KubernetesObject?, _ former: FormerRoutes?
    ) async throws {
        let edit = SubsetEdit(run: scope.run)
        let wanted = named.map { former?.subset($0) ?? ($0.plain, isTheirs: false) }
        let host = former?.rule?.spec["host"] ?? .string(scope.host.name)
        let standing = { @Sendable (rule: KubernetesObject) in
            var led = rule
            if !isOfService(rule) { led.tree.set(host, at: "spec", "host") }
            return wanted.reduce(led) { edit.standing($1.0, isTheirs: $1.isTheirs, in: $0) }
        }
        if let rule {
            _ = try await writer.change(Self.reference(rule)) { standing($0) }
        } else if let missing = former?.rule {
            _ = try await writer.create(standing(missing), as: scope.destinationRules)
        } else {
            try await ensureStableSubset(isGoingHome: true)
        }
    }

    /// How routes and rule were before the run; nil where nobody keeps a backup.
    private func former() async throws -> FormerRoutes? {
        guard let backup else { return nil }
        let copies: [KubernetesObject]
        do {
            copies = try await backup()
        } catch let error as CancellationError {
            throw error
        } catch {
            // The way home needs no journal.
            return FormerRoutes(
                survey: nil, copies: [],
                lack:
                    "the backup cannot be read, so it stands as the run noted it, without a policy"
                    + " that it may have had")
        }
        let live = try await world()
        let theirs = { (object: KubernetesObject) in
            !known.contains(Self.reference(object))
                && !copies.contains { Self.reference($0) == Self.reference(object) }
        }
        func before(_ kind: ResourceKind) -> [KubernetesObject] {
            copies.filter { Self.reference($0).kind.isSame(as: kind) }
        }
        var world = live
        world.virtualServices =
            live.virtualServices.filter(theirs) + before(.virtualService)
        world.rules = live.rules.filter(theirs) + before(.destinationRule)
        // What somebody added meanwhile may be a reason to refuse a new run, but not to stay away.
        var narrow = world
        narrow.virtualServices = before(.virtualService)
        do throws(RouteRefusal) {
            let survey: RouteSurvey
            if let whole = try? RouteSurvey(of: world, for: scope) {
                survey = whole
            } else {
                survey = try RouteSurvey(of: narrow, for: scope)
            }
            return FormerRoutes(survey: survey, copies: copies)
        } catch {
            let why = error.description.prefix { $0 != "\n" }
            return FormerRoutes(
                survey: nil, copies: copies,
                lack: "it stands as the backup alone has it, for no run could begin with that now:"
                    + " \(why)")
        }
    }
}

/// Routes and rule as they were before the run.
private struct FormerRoutes: Sendable {
    /// nil where the copies cannot be surveyed any more: then they must do by themselves.
    let survey: RouteSurvey?
    let copies: [KubernetesObject]
    /// Why that is less than it was, in a sentence.
    var lack: String?

    private var ruleBefore: KubernetesObject? {
        copies.first { IstioRouter.reference($0).kind.isSame(as: .destinationRule) }
    }

    /// As it must be made anew.
    var rule: KubernetesObject? { ruleBefore?.asNew ?? survey?.missingRule }

    /// The whole entry, policy included, and whether it stood before the run.
    func subset(_ named: NamedSubset) -> (VersionSubset, isTheirs: Bool) {
        let entry = ruleBefore.flatMap { rule in
            SubsetEdit.subsets(of: rule).first { $0["name"]?.text == named.name }
        }
        let subsets = survey?.subsets
        let known = [subsets?.stable, subsets?.candidate].compactMap { $0 }
        let before = entry.map { VersionSubset(name: named.name, tree: $0) }
        return (
            known.first { $0.name == named.name } ?? before ?? named.plain,
            isTheirs: before != nil
        )
    }

    /// The VirtualService as `pin` writes it: with stable alone, and with our record.
    func pinned(_ reference: ObjectReference, _ scope: RouteScope, includingMade: Bool)
        -> KubernetesObject?
    {
        guard let before = copies.first(where: { IstioRouter.reference($0) == reference }) else {
            let made = includingMade ? survey?.routesToMake(for: scope) : nil
            return made.flatMap { IstioRouter.reference($0) == reference ? $0 : nil }
        }
        // Which of its routes lead here only the survey knows.
        return survey.map {
            RouteEdit($0.record(of: reference, run: scope.run)).pinned(before.asNew)
        }
    }
}

extension KubernetesObject {
    /// What is posted to make the object anew: nothing that a server put there.
    fileprivate var asNew: KubernetesObject {
        var metadata = JSONObject()
        for key in ["name", "namespace", "labels", "annotations"] {
            metadata[key] = tree.at("metadata", key)
        }
        return KubernetesObject([
            "apiVersion": .string(apiVersion), "kind": .string(kind),
            "metadata": .object(metadata), "spec": spec,
        ])
    }
}
