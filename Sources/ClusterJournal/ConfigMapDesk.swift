internal import Journal
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// Calls of the API server for the journal, and what their trouble is called here.
///
/// Every call has a time limit. What may pass is tried again for as long as the client's patience
/// lasts, a write in doubt after reading back.
struct ConfigMapDesk: Sendable {
    let client: KubernetesClient
    let namespace: String

    var address: String { "cluster \(client.server), namespace \(namespace)" }

    func reference(_ name: String) -> ObjectReference {
        ObjectReference(.configMap, namespace: namespace, name: name)
    }

    // MARK: Reading

    func get(_ name: String, _ doing: String) async throws(JournalError) -> KubernetesObject? {
        let reference = reference(name)
        return try await patiently(doing) { try await $0.get(reference) }
    }

    /// In pages of which each is a small part of what an answer may hold (16 MiB): a segment has at
    /// most 22 KiB, a blob's piece near to 1 MiB.
    func list(_ selector: [(String, String)], pageOf size: Int = 200, _ doing: String)
        async throws(JournalError) -> [KubernetesObject]
    {
        let namespace = namespace
        return try await patiently(doing) {
            try await $0.list(
                .configMap, namespace: namespace, selector: selector, pageOf: size
            ).items
        }
    }

    private func patiently<Value: Sendable>(
        _ doing: String, _ call: (KubernetesClient) async throws -> Value
    ) async throws(JournalError) -> Value {
        do {
            return try await client.patiently(call)
        } catch let error as KubernetesError {
            throw self.error(error, doing)
        } catch {
            throw self.error(.unreachable, "called off", doing)
        }
    }

    // MARK: Writing

    /// What came of making an object.
    enum Creation {
        case made(KubernetesObject)
        /// One of that name is there; `mayBeOurs`: perhaps by an earlier try of this very call.
        case found(KubernetesObject, mayBeOurs: Bool)
    }

    func create(_ object: KubernetesObject, _ doing: String) async throws(JournalError) -> Creation
    {
        var tries = Tries(self, doing)
        while true {
            if tries.isInDoubt, let there = try await get(object.name, doing) {
                return .found(there, mayBeOurs: true)
            }
            let trouble: KubernetesError
            do throws(KubernetesError) {
                return .made(try await client.create(object, as: .configMap))
            } catch {
                trouble = error
            }
            if trouble.code == .conflict, let there = try await get(object.name, doing) {
                return .found(there, mayBeOurs: tries.isInDoubt)
            }
            try await tries.wait(after: trouble)
        }
    }

    /// One try to replace, under the resourceVersion that the object carries.
    func update(_ object: KubernetesObject) async -> Result<KubernetesObject, KubernetesError> {
        do throws(KubernetesError) {
            return .success(try await client.update(object, as: .configMap))
        } catch {
            return .failure(error)
        }
    }

    /// Removes exactly this version of an object; one that is gone or changed is left alone.
    func delete(_ object: KubernetesObject, _ doing: String) async throws(JournalError) {
        var tries = Tries(self, doing)
        while true {
            do throws(KubernetesError) {
                return try await client.delete(object, as: .configMap)
            } catch {
                switch error.code {
                case .notFound, .conflict: return
                default: try await tries.wait(after: error)
                }
            }
        }
    }

    // MARK: Trouble

    /// How often one write has been tried in vain, and for how long.
    struct Tries {
        private let desk: ConfigMapDesk
        private let doing: String
        private var tries: VainTries
        /// A try may have been carried out after all.
        private(set) var isInDoubt = false

        init(_ desk: ConfigMapDesk, _ doing: String) {
            self.desk = desk
            self.doing = doing
            tries = VainTries(of: desk.client)
        }

        /// A namespace that runs live in does not go and come: a proxy answers so, that has lost its
        /// server for a moment.
        private static func isProxys(_ error: KubernetesError) -> Bool {
            error.code == .notFound || error.code == .gone
        }

        /// Rests; throws what does not pass, or when patience is at its end.
        mutating func wait(after error: KubernetesError) async throws(JournalError) {
            isInDoubt = isInDoubt || error.leavesInDoubt
            guard error.isPassing || error.leavesInDoubt || Self.isProxys(error),
                !Task.isCancelled
            else { throw desk.error(error, doing) }
            do {
                try await tries.wait(after: error)
            } catch let error as KubernetesError {
                throw desk.error(error, doing)
            } catch {
                throw desk.error(.unreachable, "called off", doing)
            }
        }
    }

    func error(_ error: KubernetesError, _ doing: String) -> JournalError {
        let said = "\(error.place): \(error.detail)"
        switch error.code {
        case .unauthorized, .forbidden:
            return JournalError(
                .denied, place: "\(address), \(doing)", detail: said,
                denial: Self.denial(error.code, said))
        case .notFound, .gone, .invalid, .fenced: return self.error(.unwritable, said, doing)
        case .conflict, .tooMany, .unavailable, .undecodable:
            return self.error(.unreachable, said, doing)
        }
    }

    /// An API server says by 403 too what no right would change.
    private static func denial(_ code: KubernetesError.Code, _ said: String) -> JournalError.Denial
    {
        code == .unauthorized ? .login : JournalError.Denial(of: said)
    }

    func damage(_ damage: Damage, _ doing: String) -> JournalError {
        error(.damaged, damage.what, doing)
    }

    func unknown(_ doing: String) -> JournalError {
        error(.unknownRun, "there is no run of this id", doing)
    }

    func error(_ code: JournalError.Code, _ detail: String, _ doing: String) -> JournalError {
        JournalError(code, place: "\(address), \(doing)", detail: detail)
    }
}
