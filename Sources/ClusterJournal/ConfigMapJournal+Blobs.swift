internal import Digests
internal import JSONTree
package import Journal
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

extension ConfigMapJournal {
    /// The API server keeps no ConfigMap of more than 1 MiB.
    package static let largestBlob = 700 * 1024
    /// When somebody last counted on the blob, in milliseconds since 1970.
    static let keptAnnotation = "theseus.dev/kept"
    private static let content = "blob"

    package func keep(_ blob: [UInt8]) async throws(JournalError) -> String {
        let doing = "keep a blob"
        guard blob.count <= Self.largestBlob else {
            let most = "a piece of the journal in the cluster holds at most \(Self.largestBlob)"
            throw desk.error(.tooLarge, "a blob of \(blob.count) bytes; \(most)", doing)
        }
        let digest = SHA256.hex(of: blob)
        var object = JournalNames.object(JournalNames.blob(digest), in: desk.namespace, .blob)
        object.setBytes(Self.content, blob)
        object.annotate(Self.keptAnnotation, "\(now)")
        object.close()
        var tries = ConfigMapDesk.Tries(desk, doing)
        while true {
            switch try await desk.create(object, doing) {
            case .made: return digest
            case .found(let there, let mayBeOurs):
                guard there.bytes(Self.content) == blob else {
                    throw desk.damage(Damage("blob \(digest) is not what was written"), doing)
                }
                if mayBeOurs { return digest }
                guard let trouble = await touch(there) else { return digest }
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
        guard let object = try await desk.get(JournalNames.blob(digest), doing) else { return nil }
        guard let bytes = object.bytes(Self.content), SHA256.hex(of: bytes) == digest else {
            throw desk.damage(Damage("blob \(digest) is not what was written"), doing)
        }
        return bytes
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    private var now: Int { desk.client.time.date }
}
