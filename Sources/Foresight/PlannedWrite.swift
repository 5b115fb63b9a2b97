internal import JSONTree
internal import KubernetesAPI
package import Manifests

/// One write of a run: which object, as it is by then, and as it is afterwards.
package struct PlannedWrite: Hashable, Sendable {
    /// The part of the run that a write belongs to.
    package enum Chapter: Hashable, Sendable {
        /// Before the first step.
        case beforehand
        /// Counted from 0.
        case step(Int)
        /// Behind the point of no return.
        case closing
    }

    package enum Verb: String, Hashable, Sendable {
        case create
        case update
        case delete
    }

    package let chapter: Chapter
    package let verb: Verb
    package let reference: ObjectReference
    /// nil where it is made.
    package let before: KubernetesObject?
    /// nil where it goes.
    package let after: KubernetesObject?

    package init(
        chapter: Chapter, verb: Verb, reference: ObjectReference, before: KubernetesObject?,
        after: KubernetesObject?
    ) {
        self.chapter = chapter
        self.verb = verb
        self.reference = reference
        self.before = before
        self.after = after
    }

    /// Keeps who holds the target or what the run remembers; nothing of the release is in it.
    package var isBookkeeping: Bool {
        reference.kind.isSame(as: .lease)
            || (reference.kind.isSame(as: .configMap)
                && [before, after].contains { $0?.label("theseus.dev/journal") != nil })
    }
}

/// What two runs of the same plan write differently, blanked by name; nothing else is.
///
/// `status` is the cluster's word; of the metadata what `ofTheServer` lists is the API server's, and
/// of a Service its address; of the annotations what `ofTheHolder` lists says who holds the run, and
/// its journal's head; every run has an id of its own, wherever it stands; and the Job of a test is
/// named by a digest of that.
package enum Blanks {
    private static let ofTheServer = [
        "resourceVersion", "uid", "generation", "creationTimestamp", "managedFields", "selfLink",
    ]
    private static let ofTheHolder = [WriteSeal.epochAnnotation, WriteSeal.headAnnotation, nudge]
    private static let nudge = WriteSeal.prefix + "nudge"

    /// What stands in a run's id's place.
    package static let run = "RUN"

    package static func blanked(_ object: KubernetesObject, run: String) -> KubernetesObject {
        var object = withoutAddress(withoutServer(object))
        for name in ofTheHolder { object.annotate(name, nil) }
        object.tree = replacing(run, by: Self.run, in: object.tree)
        if let job = object.label(jobLabel) {
            object.tree = replacing(job, by: jobName(job), in: object.tree)
        }
        return object
    }

    /// The same reference, whichever run it is.
    package static func reference(of write: PlannedWrite) -> ObjectReference {
        let reference = write.reference
        guard [write.before, write.after].contains(where: { $0?.label(jobLabel) != nil }) else {
            return reference
        }
        return ObjectReference(
            reference.kind, namespace: reference.namespace, name: jobName(reference.name))
    }

    private static let jobLabel = WriteSeal.prefix + "test-job"

    /// `contract-74c807777e` is the Job of test `contract` in one run.
    private static func jobName(_ name: String) -> String {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        return parts.dropLast().joined(separator: "-") + "-JOB"
    }

    static func withoutServer(_ object: KubernetesObject) -> KubernetesObject {
        var object = object
        object.tree["status"] = nil
        for key in ofTheServer { object.tree.set(nil, at: "metadata", key) }
        return object
    }

    /// Without what the API server gave a Service that a run makes; a headless one asked for none.
    private static func withoutAddress(_ object: KubernetesObject) -> KubernetesObject {
        guard object.kind == ResourceKind.service.kind, object.spec["clusterIP"] != "None" else {
            return object
        }
        var object = object
        for key in ["clusterIP", "clusterIPs"] { object.tree.set(nil, at: "spec", key) }
        return object
    }

    private static func replacing(_ id: String, by other: String, in tree: JSONTree) -> JSONTree {
        switch tree {
        case .string(let text): .string(replacing(id, by: other, in: text))
        case .array(let items): .array(items.map { replacing(id, by: other, in: $0) })
        case .object(let members):
            .object(
                JSONObject(
                    members.map {
                        (
                            replacing(id, by: other, in: $0.key),
                            replacing(id, by: other, in: $0.value)
                        )
                    }))
        case .null, .bool, .integer, .number: tree
        }
    }

    private static func replacing(_ id: String, by other: String, in text: String) -> String {
        guard !id.isEmpty, text.utf8.count >= id.utf8.count else { return text }
        return text.split(separator: id, omittingEmptySubsequences: false).joined(separator: other)
    }
}

extension Blanks {
    private static let heading = ["apiVersion", "kind", "metadata"]

    /// For people: without what is the server's, and without any mark of ours; whoever wrote it last, it
    /// begins alike.
    package static func shown(_ object: KubernetesObject) -> KubernetesObject {
        let plain = withoutServer(object).unsealed
        let first = heading.compactMap { key in plain.tree[key].map { (key, $0) } }
        let rest = (plain.tree.members ?? [:]).filter { !heading.contains($0.key) }
        return KubernetesObject(.object(JSONObject(first + rest.map { ($0.key, $0.value) })))
    }
}
