internal import JSONTree
package import Journal
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

extension ConfigMapJournal {
    /// A blob that no record names may belong to a run that is just beginning.
    private static let youth = 3_600_000

    /// Removes every run but these, and the blobs that no record of a remaining run names.
    ///
    /// First a run's card is marked, and from then on nobody finds the run; then its parts go, and
    /// the card at the very end: a removal that was broken off is ended by the next one.
    package func prune(keeping runs: Set<String>) async throws(JournalError) {
        let doing = "remove old runs"
        var hasRemoved = false
        let left = try await desk.list(JournalNames.selector(.run), doing)
        for object in left where object.isRemoved {
            try await remove(object, doing)
            hasRemoved = true
        }
        for (card, object) in try await cards(doing) where !runs.contains(card.run) {
            guard let marked = try await mark(object, doing) else { continue }
            forget(card.run)
            try await remove(marked, doing)
            hasRemoved = true
        }
        if hasRemoved { try await pruneBlobs(doing) }
    }

    /// The card, marked as one of a removed run; nil where somebody else was here.
    private func mark(_ card: KubernetesObject, _ doing: String) async throws(JournalError)
        -> KubernetesObject?
    {
        var marked = card
        marked.annotate(KubernetesObject.removedAnnotation, "true")
        var tries = ConfigMapDesk.Tries(desk, doing)
        while true {
            switch await desk.update(marked) {
            case .success(let stored): return stored
            case .failure(let error):
                let there = try await desk.get(card.name, doing)
                if there?.isRemoved == true { return there }
                guard there?.resourceVersion == card.resourceVersion else { return nil }
                try await tries.wait(after: error)
            }
        }
    }

    /// Everything of a run whose card is marked, the card at last.
    private func remove(_ card: KubernetesObject, _ doing: String) async throws(JournalError) {
        guard let key = card.label(JournalNames.run), card.name == JournalNames.card(key) else {
            return  // not one of ours
        }
        for part in [JournalNames.Part.wish, .segment] {
            for object in try await desk.list(JournalNames.selector(part, key: key), doing) {
                try await desk.delete(object, doing)
            }
        }
        try await desk.delete(card, doing)
    }

    private func pruneBlobs(_ doing: String) async throws(JournalError) {
        var named: Set<String> = []
        for object in try await desk.list(JournalNames.selector(.segment), doing) {
            for key in object.tree["binaryData"]?.members?.keys ?? [] {
                Self.collectDigests(in: object.bytes(key) ?? [], &named)
            }
        }
        let now = now
        for object in try await desk.list(JournalNames.selector(.blob), pageOf: 10, doing) {
            let digest = JournalNames.digest(in: object.name)
            let kept = object.annotation(Self.keptAnnotation).flatMap { Int($0) } ?? 0
            guard !named.contains(digest), now - kept > Self.youth else { continue }
            try await desk.delete(object, doing)
        }
    }

    /// Every run of exactly 64 hexadecimal digits, whatever it may mean to those who wrote it.
    static func collectDigests(in bytes: [UInt8], _ found: inout Set<String>) {
        var length = 0
        for (place, byte) in bytes.enumerated() {
            if isDigit(byte) {
                length += 1
                if place < bytes.count - 1 { continue }
            }
            let end = isDigit(byte) ? place + 1 : place
            if length == 64 {
                found.insert(String(decoding: bytes[(end - 64)..<end], as: UTF8.self))
            }
            length = 0
        }
    }
}
