internal import HTTPMessages
internal import JSONTree
internal import Manifests

/// One watch: where it stands in the cluster's history, and which objects its caller knows.
struct LabWatch: Sendable {
    let call: LabCall
    let selector: LabSelector
    let lasts: Duration
    let table: LabTable?
    let sendsBookmarks: Bool
    /// The place in the history of the next version to look at.
    private var place: Int
    private var known: Set<LabCluster.Key>
    /// Events that are already made, the next one last.
    private var ready: [JSONTree] = []
    private var told: Duration
    private var isTold = false

    init(
        _ call: LabCall, selector: LabSelector, lasts: Duration, table: LabTable?,
        from place: Int, knowing known: Set<LabCluster.Key>, events: [JSONTree], at now: Duration
    ) {
        self.call = call
        self.selector = selector
        self.lasts = lasts
        self.table = table
        self.place = place
        self.known = known
        sendsBookmarks = call.address.value("allowWatchBookmarks") == "true"
        ready = events.reversed()
        told = now
    }

    /// What a watch that has nothing to tell waits for.
    struct Rest: Sendable {
        let kind: Int
        /// What was seen of the cluster.
        let revision: Int
        /// When there is something to tell even if nothing happens; nil: never.
        let until: Duration?
    }

    func rest(in cluster: LabCluster) -> Rest {
        Rest(
            kind: call.kind, revision: cluster.revision,
            until: sendsBookmarks ? told + Self.betweenBookmarks : nil)
    }

    private static let betweenBookmarks = Duration.seconds(60)

    /// The next event, if there is one by now.
    mutating func next(in cluster: LabCluster) -> JSONTree? {
        if let event = ready.popLast() { return event }
        while place < cluster.history.count {
            let version = cluster.history[place]
            place += 1
            if let event = event(of: version, cluster) { return event }
            if call.kind == LabCatalog.events { tellEvents(of: version, cluster) }
            if let event = ready.popLast() { return event }
        }
        guard sendsBookmarks, cluster.now - told >= Self.betweenBookmarks else {
            return nil
        }
        told = cluster.now
        return [
            "type": "BOOKMARK",
            "object": [
                "kind": .string(call.resource.kind), "apiVersion": .string(call.apiVersion),
                "metadata": ["resourceVersion": .string(String(cluster.revision))],
            ],
        ]
    }

    private mutating func event(of version: StoredVersion, _ cluster: LabCluster) -> JSONTree? {
        let reference = version.reference
        guard reference.kind.plural == call.resource.plural,
            reference.kind.group == call.resource.group,
            call.namespace.isEmpty || reference.namespace == call.namespace
        else { return nil }
        let key = LabCluster.Key(namespace: reference.namespace, name: reference.name)
        if let object = version.object, selector.matches(object) {
            return tell(known.insert(key).inserted ? "ADDED" : "MODIFIED", object, cluster)
        }
        guard known.remove(key) != nil else { return nil }
        // The last version that there was, under the number of the change that ended it.
        guard var last = cluster.version(before: version) else { return nil }
        last.tree.set(.string(String(version.revision)), at: "metadata", "resourceVersion")
        return tell("DELETED", last, cluster)
    }

    private mutating func tellEvents(of version: StoredVersion, _ cluster: LabCluster) {
        let events = cluster.events(of: version).filter {
            cluster.isIn(call, $0) && selector.matches($0)
        }
        ready = events.reversed().map { event in
            let key = LabCluster.Key(namespace: event.namespace, name: event.name)
            return tell(known.insert(key).inserted ? "ADDED" : "MODIFIED", event, cluster)
        }
    }

    private mutating func tell(_ type: String, _ object: KubernetesObject, _ cluster: LabCluster)
        -> JSONTree
    {
        told = cluster.now
        guard let table else {
            return ["type": .string(type), "object": LabVersions.present(object, call)]
        }
        defer { isTold = true }
        var tree = table.tree(of: [object], at: object.resourceVersion, cluster.epochNow)
        if isTold { tree["columnDefinitions"] = .null }
        return ["type": .string(type), "object": tree]
    }
}

extension LabCluster {
    func beginWatch(_ call: LabCall, _ request: HTTPRequest) -> Result<LabWatch, LabRefusal> {
        do throws(LabRefusal) { return .success(try watch(call, request)) } catch {
            return .failure(error)
        }
    }

    private func watch(_ call: LabCall, _ request: HTTPRequest) throws(LabRefusal) -> LabWatch {
        try checkRights(call, request.method)
        if call.address.value("sendInitialEvents") != nil {
            throw LabRefusal(
                status: 422, reason: "Invalid",
                message: "ListOptions.meta.k8s.io \"\" is invalid: sendInitialEvents: Forbidden:"
                    + " sendInitialEvents is forbidden for watch unless the WatchList feature"
                    + " gate is enabled")
        }
        let selector = try selector(call)
        let matching = objects(of: call, where: selector)
        let table = LabTable.asked(by: request, call)
        let lasts = Duration.seconds(
            call.address.value("timeoutSeconds").flatMap { Int($0) } ?? 1800)
        let asked = call.address.value("resourceVersion") ?? ""
        var known = Set(matching.map { Key(namespace: $0.namespace, name: $0.name) })
        guard !asked.isEmpty, asked != "0" else {
            let events = matching.enumerated().map { number, object -> JSONTree in
                guard let table else {
                    return ["type": "ADDED", "object": LabVersions.present(object, call)]
                }
                var tree = table.tree(of: [object], at: object.resourceVersion, epochNow)
                if number > 0 { tree["columnDefinitions"] = .null }
                return ["type": "ADDED", "object": tree]
            }
            return LabWatch(
                call, selector: selector, lasts: lasts, table: table, from: history.count,
                knowing: known, events: events, at: now)
        }
        guard let from = Int(asked), from <= revision else {
            throw .badRequest("Invalid resource version: \(asked)")
        }
        let oldest = max(firstRevision, revision - pace.watchable)
        if from < oldest { throw .gone(from, oldest: oldest) }
        // Most callers have listed just now; then what matches is what they know.
        if from < revision { known = knownKeys(call, selector, at: from) }
        return LabWatch(
            call, selector: selector, lasts: lasts, table: table, from: from - firstRevision,
            knowing: known, events: [], at: now)
    }

    /// The objects that a caller saw who listed them at `revision`.
    private func knownKeys(_ call: LabCall, _ selector: LabSelector, at revision: Int) -> Set<Key> {
        var known: Set<Key> = []
        if call.kind == LabCatalog.events { known = Set(eventKeys(at: revision)) }
        for version in history.prefix(revision - firstRevision) {
            let reference = version.reference
            guard reference.kind.plural == call.resource.plural,
                reference.kind.group == call.resource.group,
                call.namespace.isEmpty || reference.namespace == call.namespace
            else { continue }
            let key = Key(namespace: reference.namespace, name: reference.name)
            if let object = version.object, selector.matches(object) {
                known.insert(key)
            } else {
                known.remove(key)
            }
        }
        return known
    }

    /// Whether anything of a kind has changed since a revision; of any kind that events tell of.
    func hasNews(of kind: Int, since revision: Int) -> Bool {
        if kind == LabCatalog.events || revision > self.revision {
            return self.revision != revision
        }
        let resource = LabCatalog.all[kind]
        return history[(revision - firstRevision)...].contains { version in
            version.reference.kind.plural == resource.plural
                && version.reference.kind.group == resource.group
        }
    }

    /// The version that an object had before this one.
    func version(before later: StoredVersion) -> KubernetesObject? {
        history.prefix(later.revision - firstRevision - 1)
            .last { $0.reference == later.reference && $0.object != nil }?.object
    }
}
