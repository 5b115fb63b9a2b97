internal import JSONTree
package import Journal
internal import KubernetesAPI
internal import Manifests

extension ConfigMapJournal {
    private static let content = "wish"
    private static let seal = "seal"

    /// A wish takes the next free number: of several who want it, the API server lets one have it.
    package func post(_ wish: [UInt8], to run: String) async throws(JournalError) -> Int {
        let doing = "post a wish to run '\(run)'"
        try await demand(run, doing)
        let key = JournalNames.key(of: run)
        let posted = try await desk.list(JournalNames.selector(.wish, key: key), doing)
        var number = posted.count + 1
        while true {
            let wish = InboxWish(number: number, wish: wish)
            var object = JournalNames.object(
                JournalNames.wish(key, number), in: desk.namespace, .wish, key: key)
            object.setBytes(Self.content, wish.wish)
            object.tree["data"] = [Self.seal: .string(wish.seal(in: run))]
            object.close()
            switch try await desk.create(object, doing) {
            case .made: return number
            case .found(let there, let mayBeOurs):
                // The very same wish of the same person, after an unknown outcome: as good as ours.
                if mayBeOurs, there.text(Self.seal) == wish.seal(in: run) { return number }
                number += 1
            }
        }
    }

    /// Asks for one number after the other, by name: a look at an empty inbox is one small call.
    package func wishes(of run: String, after number: Int) async throws(JournalError) -> [InboxWish]
    {
        let doing = "read the wishes of run '\(run)'"
        let key = JournalNames.key(of: run)
        var wishes: [InboxWish] = []
        var next = max(0, number)
        while true {
            next += 1
            guard let object = try await desk.get(JournalNames.wish(key, next), doing) else {
                break
            }
            guard let bytes = object.bytes(Self.content) else {
                throw desk.damage(Damage("wish \(next) is not what was written"), doing)
            }
            let wish = InboxWish(number: next, wish: bytes)
            guard wish.seal(in: run) == object.text(Self.seal) else {
                throw desk.damage(Damage("wish \(next) is not what was written"), doing)
            }
            wishes.append(wish)
        }
        if wishes.isEmpty { try await demand(run, doing) }
        return wishes
    }
}
