internal import Digests
internal import JSONTree
package import Journal
package import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// A journal in ConfigMaps of one namespace: any machine that reaches the cluster can go on.
///
/// Several processes may use it at once; the API server decides between them.
package actor ConfigMapJournal: JournalStore {
    let desk: ConfigMapDesk
    /// What was last seen of each run; a write on an old look fails, and looks again.
    private var shelves: [[UInt8]: Shelf] = [:]
    /// By run, the hash of the record that an append of ours left in doubt.
    private var doubts: [[UInt8]: String] = [:]
    /// The cards that the last `runs()` met and could not read: of no run, or of a changed one.
    package private(set) var damagedCards: [JournalError] = []

    /// `client` keeps trying what may pass for as long as its patience lasts.
    package init(client: KubernetesClient, namespace: String) {
        desk = ConfigMapDesk(client: client, namespace: namespace)
    }

    // MARK: Runs

    package func open(_ run: RunCard) async throws(JournalError) {
        let doing = "open run '\(run.run)'"
        let key = JournalNames.key(of: run.run)
        var object = JournalNames.object(
            JournalNames.card(key), in: desk.namespace, .run, key: key)
        object.tree["data"] = [
            "run": .string(run.run), "target": .string(run.target),
            "opened": .string("\(run.opened)"), "seal": .string(run.seal),
        ]
        object.close()
        switch try await desk.create(object, doing) {
        case .made: return
        case .found(let there, let mayBeOurs):
            if mayBeOurs, there.text("seal") == run.seal { return }
            throw desk.error(.exists, "there is a run of this id", doing)
        }
    }

    package func runs() async throws(JournalError) -> [RunCard] {
        let doing = "list the runs"
        return try await cards(doing).map(\.card)
    }

    /// All cards with their objects, in the order in which they were made; one that cannot be read
    /// hides no other.
    func cards(_ doing: String) async throws(JournalError) -> [(
        card: RunCard, object: KubernetesObject
    )] {
        var cards: [(card: RunCard, object: KubernetesObject)] = []
        var damaged: [JournalError] = []
        let objects = try await desk.list(JournalNames.selector(.run), doing)
        for object in objects where !object.isRemoved {
            do throws(JournalError) {
                cards.append((try card(object, doing), object))
            } catch {
                damaged.append(error)
            }
        }
        damagedCards = damaged.sorted { $0.detail < $1.detail }
        return cards.sorted { Self.order($0) < Self.order($1) }
    }

    private static func order(_ entry: (card: RunCard, object: KubernetesObject)) -> (
        String, Int, Int
    ) {
        let made = entry.object.tree.at("metadata", "creationTimestamp")?.text ?? ""
        // The API server's date goes before those of several machines.
        return (made, entry.card.opened, Int(entry.object.resourceVersion) ?? 0)
    }

    private func card(_ object: KubernetesObject, _ doing: String) throws(JournalError) -> RunCard {
        guard let run = object.text("run"), let target = object.text("target"),
            let opened = object.text("opened").flatMap({ Int($0) })
        else { throw desk.damage(Damage("the card \(object.name) is not what was written"), doing) }
        let card = RunCard(run: run, target: target, opened: opened)
        guard card.seal == object.text("seal") else {
            throw desk.damage(
                Damage("the card of run '\(card.run)' is not what was written"), doing)
        }
        return card
    }

    /// Throws where there is no such run.
    func demand(_ run: String, _ doing: String) async throws(JournalError) {
        if shelves[Array(run.utf8)] != nil { return }
        _ = try await load(run, doing)
    }

    // MARK: Records

    package func append(_ draft: RecordDraft, to run: String, after head: JournalHead)
        async throws(JournalError) -> JournalRecord
    {
        let doing = "append to run '\(run)'"
        let key = Array(run.utf8)
        let record = JournalRecord(draft, of: run, after: head)
        var tries = ConfigMapDesk.Tries(desk, doing)
        var isFresh = shelves[key] == nil
        var shelf = try await isFresh ? look(at: run, doing) : shelves[key] ?? Shelf(run: run)
        while true {
            guard shelf.head == head, draft.epoch >= head.epoch else {
                if shelf.head.hash == record.hash, doubts[key] == record.hash {
                    doubts[key] = nil
                    return record
                }
                guard isFresh else {
                    shelf = try await look(at: run, doing)
                    isFresh = true
                    continue
                }
                throw desk.error(.displaced(shelf.head), shelf.head.standing, doing)
            }
            switch await write(record, on: &shelf) {
            case nil:
                doubts[key] = nil
                shelves[key] = shelf
                return record
            case let trouble?:
                if trouble.leavesInDoubt { doubts[key] = record.hash }
                // Deleted under us: the next look says what became of the run.
                if trouble.code != .notFound { try await tries.wait(after: trouble) }
                shelf = try await look(at: run, doing)
                isFresh = true
            }
        }
    }

    /// One try; nil where the record is kept, and `shelf` knows it.
    private func write(_ record: JournalRecord, on shelf: inout Shelf) async -> KubernetesError? {
        if let open = shelf.open {
            let isRoomy = open.fits(record)
            let next = isRoomy ? open.adding(record) : open.closed()
            switch await desk.update(next.object) {
            case .success(let stored): shelf.put(next.stored(as: stored))
            case .failure(let error): return error
            }
            if isRoomy { return nil }
        }
        let first = Segment(
            shelf.openNumber, record, key: shelf.key, namespace: desk.namespace)
        do throws(KubernetesError) {
            let stored = try await desk.client.create(first.object, as: .configMap)
            shelf.put(first.stored(as: stored))
            return nil
        } catch {
            return error
        }
    }

    package func records(of run: String, from first: Int) async throws(JournalError)
        -> [JournalRecord]
    {
        try await look(at: run, "read run '\(run)'").records(from: first)
    }

    package func last(of run: String) async throws(JournalError) -> JournalRecord? {
        try await look(at: run, "read run '\(run)'").segments.last?.records.last
    }

    // MARK: Looking

    /// The run as it stands now.
    private func look(at run: String, _ doing: String) async throws(JournalError) -> Shelf {
        let key = Array(run.utf8)
        var shelf: Shelf
        if let known = shelves[key], let now = try await follow(known, doing) {
            shelf = now
        } else {
            shelf = try await load(run, doing)
        }
        shelves[key] = shelf
        return shelf
    }

    /// Goes on from what is known; nil where some of that is gone.
    private func follow(_ known: Shelf, _ doing: String) async throws(JournalError) -> Shelf? {
        var shelf = known
        while true {
            let number = shelf.openNumber
            let name = JournalNames.segment(shelf.key, number)
            guard let object = try await desk.get(name, doing) else {
                return shelf.open == nil ? shelf : nil
            }
            if object.resourceVersion != shelf.open?.object.resourceVersion {
                try take(object, number, into: &shelf, doing)
            }
            if shelf.open != nil { return shelf }
        }
    }

    /// Reads all of a run.
    ///
    /// It may be removed meanwhile: then it is unknown, and not damaged.
    private func load(_ run: String, _ doing: String) async throws(JournalError) -> Shelf {
        do throws(JournalError) {
            return try await loadParts(of: run, doing)
        } catch {
            if error.code == .damaged { try await demandCard(of: run, doing) }
            throw error
        }
    }

    private func demandCard(of run: String, _ doing: String) async throws(JournalError) {
        let name = JournalNames.card(JournalNames.key(of: run))
        guard let object = try await desk.get(name, doing), !object.isRemoved,
            try card(object, doing).run.utf8.elementsEqual(run.utf8)
        else { throw desk.unknown(doing) }
    }

    private func loadParts(of run: String, _ doing: String) async throws(JournalError) -> Shelf {
        try await demandCard(of: run, doing)
        var shelf = Shelf(run: run)
        let selector = JournalNames.selector(.segment, key: shelf.key)
        let objects = try await desk.list(selector, doing).sorted { $0.name < $1.name }
        for (place, object) in objects.enumerated() {
            guard object.name == JournalNames.segment(shelf.key, place + 1) else {
                throw desk.damage(Damage("segment \(place + 1) is missing"), doing)
            }
            try take(object, place + 1, into: &shelf, doing)
        }
        shelves[Array(run.utf8)] = shelf
        return shelf
    }

    private func take(
        _ object: KubernetesObject, _ number: Int, into shelf: inout Shelf, _ doing: String
    ) throws(JournalError) {
        do throws(Damage) {
            try shelf.read(object, number: number)
        } catch {
            throw desk.damage(error, doing)
        }
    }

    /// What was known of a run is true no more.
    func forget(_ run: String) { shelves[Array(run.utf8)] = nil }
}
