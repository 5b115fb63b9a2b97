internal import HTTPMessages
internal import JSONTree
package import Manifests

/// One version of one object that the cluster stored, or its end: what the auditor reads.
package struct StoredVersion: Hashable, Sendable {
    package let revision: Int
    package let at: Duration
    package let reference: ObjectReference
    /// nil: the object was deleted.
    package let object: KubernetesObject?
    /// Who wrote it: the field manager, or the name of one of the Lab's own controllers.
    package let manager: String
}

/// The objects of a Kubernetes cluster, every version that they ever had, and what is due next.
///
/// A value: a copy is a snapshot, and costs nothing until one of the two changes.
package struct LabCluster: Sendable {
    /// Namespace and name; the namespace of what has none is empty.
    struct Key: Hashable, Comparable, Sendable {
        let namespace: String
        let name: String

        static func < (a: Key, b: Key) -> Bool { (a.namespace, a.name) < (b.namespace, b.name) }
    }

    /// The objects of one kind, sorted by key.
    struct Shelf: Sendable {
        private(set) var keys: [Key] = []
        private(set) var objects: [KubernetesObject] = []

        /// Where the key stands, or would stand.
        private func place(of key: Key) -> (index: Int, isThere: Bool) {
            var low = 0
            var high = keys.count
            while low < high {
                let middle = (low + high) / 2
                if keys[middle] < key { low = middle + 1 } else { high = middle }
            }
            return (low, low < keys.count && keys[low] == key)
        }

        /// Those of one namespace stand side by side; an empty one means all.
        func objects(in namespace: String) -> ArraySlice<KubernetesObject> {
            if namespace.isEmpty { return objects[...] }
            let first = place(of: Key(namespace: namespace, name: "")).index
            let rest = keys[first...]
            return objects[first..<(rest.firstIndex { $0.namespace != namespace } ?? rest.endIndex)]
        }

        subscript(key: Key) -> KubernetesObject? {
            get {
                let place = place(of: key)
                return place.isThere ? objects[place.index] : nil
            }
            set {
                let place = place(of: key)
                switch (newValue, place.isThere) {
                case (let object?, true): objects[place.index] = object
                case (let object?, false):
                    keys.insert(key, at: place.index)
                    objects.insert(object, at: place.index)
                case (nil, true):
                    keys.remove(at: place.index)
                    objects.remove(at: place.index)
                case (nil, false): break
                }
            }
        }
    }

    /// Virtual time; the date is `epoch` later.
    package internal(set) var now: Duration = .zero
    /// The date at time zero, in milliseconds since 1970.
    package internal(set) var epoch: Int
    /// Counts every change; the resourceVersion of the newest.
    package private(set) var revision = 100
    /// The revision before the first change: the n-th entry of the history has this plus n.
    let firstRevision = 100
    package private(set) var history: [StoredVersion] = []
    var shelves = Array(repeating: Shelf(), count: LabCatalog.all.count)
    var agenda = LabAgenda()
    var dice: SeededGenerator
    package var pace: LabPace
    /// What each manager last applied, for server-side apply.
    var lastApplied: [Applied: JSONTree] = [:]
    var progress: [String: Progress] = [:]
    /// By Deployment: its pod template, and the letters that stand for it.
    var hashes: [String: (template: JSONTree, hash: String)] = [:]
    var lives: [String: PodLife] = [:]
    var behaviours: [Key: PodBehaviour] = [:]
    var demands: [Key: Int] = [:]
    /// What tags of images mean now, where somebody moved them.
    var tags: [String: String] = [:]
    /// Versions of groups that this cluster does not serve, such as `autoscaling/v2`.
    package var unserved: [String] = []
    /// What the lab's user may not do.
    package var denials: [LabDenial] = []
    /// Who asks what he may do is told verb by verb, instead of that not all of it can be said.
    package var listsRights = false
    var podLoads: [PodLoad] = []
    /// The pods' label that tells versions apart; the mesh's word.
    var versionLabel = "version"
    var fewerSince: [Key: Duration] = [:]
    /// By kind: what GitOps tools keep.
    var kept: [Int: [Key: Kept]] = [:]
    private var issued = 0
    private var dateSecond = -1
    private var date = HTTPHeaders.Line(name: "Date", value: "")
    private var datedJSON: HTTPHeaders = [:]

    package init(epoch: Int, seed: UInt64, pace: LabPace = LabPace()) {
        self.epoch = epoch
        self.pace = pace
        dice = SeededGenerator(seed: seed)
    }

    /// All objects of a kind, by namespace and name.
    package func objects(_ kind: ResourceKind) -> [KubernetesObject] {
        guard let index = LabCatalog.index(group: kind.group, plural: kind.plural) else {
            return []
        }
        return shelves[index].objects
    }

    package func object(_ reference: ObjectReference) -> KubernetesObject? {
        let kind = reference.kind
        guard let index = LabCatalog.index(group: kind.group, plural: kind.plural) else {
            return nil
        }
        return shelves[index][Key(namespace: reference.namespace, name: reference.name)]
    }

    /// Keeps a new version of an object, and tells the controllers.
    @discardableResult
    mutating func store(_ tree: consuming JSONTree, in kind: Int, at key: Key, by manager: String)
        -> KubernetesObject
    {
        revision += 1
        var object = KubernetesObject(tree)
        object.tree.set(.string(String(revision)), at: "metadata", "resourceVersion")
        let old = shelves[kind][key]
        shelves[kind][key] = object
        record(object, kind: kind, key: key, by: manager)
        stir(kind, key, from: old, to: object)
        return object
    }

    /// Takes an object away for good, and tells the controllers.
    mutating func erase(_ kind: Int, _ key: Key, by manager: String) {
        guard let old = shelves[kind][key] else { return }
        revision += 1
        shelves[kind][key] = nil
        record(nil, kind: kind, key: key, by: manager)
        stir(kind, key, from: old, to: nil)
    }

    private mutating func record(
        _ object: KubernetesObject?, kind: Int, key: Key, by manager: String
    ) {
        let reference = ObjectReference(
            LabCatalog.all[kind].resourceKind, namespace: key.namespace, name: key.name)
        history.append(
            StoredVersion(
                revision: revision, at: now, reference: reference, object: object,
                manager: manager))
    }

    /// A new uid; the same in every run of the same seed.
    mutating func issueUID() -> String {
        let digits = String(issueNumber(), radix: 16)
        return "1ab00000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count)
            + digits
    }

    /// A number that was not given before.
    mutating func issueNumber() -> Int {
        issued += 1
        return issued
    }

    /// Letters as the API server puts them behind a generated name.
    mutating func suffix(_ count: Int) -> String {
        let letters = Array("bcdfghjklmnpqrstvwxz2456789")
        return String((0..<count).map { _ in letters[Int(dice.next() % UInt64(letters.count))] })
    }

    /// Headers with the `Date`, which is made anew once a second, as what most answers say is.
    mutating func dated(_ headers: HTTPHeaders) -> HTTPHeaders {
        let second = (epoch + now.milliseconds) / 1000
        if second != dateSecond {
            dateSecond = second
            date.value = LabDate.header(second * 1000)
            datedJSON = HTTPHeaders(HTTPHeaders.ofJSON.lines + [date])
        }
        return headers == .ofJSON ? datedJSON : HTTPHeaders(headers.lines + [date])
    }

    /// `2026-01-05T12:00:00Z`, now.
    var timestamp: String { LabDate.text(epoch + now.milliseconds) }
}
