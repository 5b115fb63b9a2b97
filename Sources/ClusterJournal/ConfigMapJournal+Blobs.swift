internal import Digests
internal import JSONTree
package import Journal
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

extension ConfigMapJournal {
    /// The API server keeps no ConfigMap of more than 1 MiB: what is larger stands in several.
    package static let largestPiece = 700 * 1024
    /// In so many pieces at most.
    package static let mostPieces = 16
    package static let largestBlob = largestPiece * mostPieces
    /// When somebody last counted on the blob, in milliseconds since 1970.
    static let keptAnnotation = "theseus.dev/kept"
    private static let content = "blob"
    /// On a blob's first piece, where there are more: how many.
    private static let count = "pieces"

    package func keep(_ blob: [UInt8]) async throws(JournalError) -> String {
        let doing = "keep a blob"
        guard blob.count <= Self.largestBlob else {
            let most = "the journal in the cluster keeps at most \(Self.largestBlob)"
            throw desk.error(.tooLarge, "a blob of \(blob.count) bytes; \(most)", doing)
        }
        let digest = SHA256.hex(of: blob)
        let size = Self.largestPiece
        let pieces = stride(from: 0, to: max(1, blob.count), by: size).map {
            Array(blob[$0..<min($0 + size, blob.count)])
        }
        // The first one at last: where it stands, all stand.
        for number in pieces.indices.reversed() {
            var object = JournalNames.object(
                JournalNames.blob(digest, piece: number + 1), in: desk.namespace, .blob)
            object.setBytes(Self.content, pieces[number])
            if number == 0, pieces.count > 1 {
                object.tree.set(.string("\(pieces.count)"), at: "data", Self.count)
            }
            object.annotate(Self.keptAnnotation, "\(now)")
            object.close()
            try await keep(object, of: digest, doing)
        }
        return digest
    }

    private func keep(_ object: KubernetesObject, of digest: String, _ doing: String)
        async throws(JournalError)
    {
        var tries = ConfigMapDesk.Tries(desk, doing)
        while true {
            switch try await desk.create(object, doing) {
            case .made: return
            case .found(let there, let mayBeOurs):
                guard there.bytes(Self.content) == object.bytes(Self.content),
                    there.text(Self.count) == object.text(Self.count)
                else {
                    throw desk.damage(Damage("blob \(digest) is not what was written"), doing)
                }
                if mayBeOurs { return }
                guard let trouble = await touch(there) else { return }
                // It may just have been removed.
                if trouble.code != .notFound { try await tries.wait(after: trouble) }
            }
        }
    }

    /// Whoever would remove the blob as one that nobody names meets a newer version.
    private func touch(_ there: KubernetesObject) async -> KubernetesError? {
        var object = there
        object.annotate(Self.keptAnnotation, "\(now)")
        switch await desk.update(object) {
        case .success: return nil
        case .failure(let error): return error
        }
    }

    package func blob(_ digest: String) async throws(JournalError) -> [UInt8]? {
        let doing = "read a blob"
        guard digest.utf8.count == 64, digest.utf8.allSatisfy(Self.isDigit) else { return nil }
        let first = JournalNames.blob(digest, piece: 1)
        guard let head = try await desk.get(first, doing) else { return nil }
        let damage = Damage("blob \(digest) is not what was written")
        guard var bytes = head.bytes(Self.content) else { throw desk.damage(damage, doing) }
        if let said = head.text(Self.count) {
            guard let count = Int(said), (2...Self.mostPieces).contains(count) else {
                throw desk.damage(damage, doing)
            }
            for number in 2...count {
                let name = JournalNames.blob(digest, piece: number)
                guard let more = try await desk.get(name, doing)?.bytes(Self.content) else {
                    throw desk.damage(
                        Damage("piece \(number) of blob \(digest) is gone"), doing)
                }
                bytes += more
            }
        }
        guard SHA256.hex(of: bytes) == digest else { throw desk.damage(damage, doing) }
        return bytes
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    /// The API server's own date, by which every machine tells a blob's age alike.
    var now: Int { desk.client.serverDate ?? desk.client.time.date }
}
