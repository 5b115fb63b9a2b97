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
    /// A run goes from its first segment to its last, and its card at the very end: one whose
    /// removal was broken off still tells how it ended, and the next removal goes on with it.
    package func prune(keeping runs: Set<String>) async throws(JournalError) {
        let doing = "remove old runs"
        var hasRemoved = false
        for (card, object) in try await cards(doing) where !runs.contains(card.run) {
            let key = JournalNames.key(of: card.run)
            for part in [JournalNames.Part.wish, .segment] {
                let parts = try await desk.list(JournalNames.selector(part, key: key), doing)
                for part in parts.sorted(by: { $0.name < $1.name }) {
                    try await desk.delete(part, doing)
                }
            }
            try await desk.delete(object, doing)
            forget(card.run)
            hasRemoved = true
        }
        if hasRemoved { try await pruneBlobs(doing) }
    }

    private func pruneBlobs(_ doing: String) async throws(JournalError) {
        var named: Set<String> = []
        for object in try await desk.list(JournalNames.selector(.segment), doing) {
            for key in object.tree["binaryData"]?.members?.keys ?? [] {
                Self.collectDigests(in: object.bytes(key) ?? [], &named)
            }
        }
        // The dates are of several machines' clocks: the slower one counts.
        let clock = desk.client.time.date
        let now = min(clock, desk.client.serverDate ?? clock)
        for object in try await desk.list(JournalNames.selector(.blob), doing) {
            let digest = String(object.name.dropFirst(JournalNames.blob("").count))
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
