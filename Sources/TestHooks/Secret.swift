internal import Processes
internal import Secrets

/// Where a secret is: never in the flow, and so in no journal.
package enum SecretPlace: Hashable, Sendable {
    /// The name of a variable of ours.
    case environment(String)
    /// The absolute path of a file of ours; a line end at its end does not count.
    case file(String)
}

extension TestDoors {
    /// The secret's bytes; they appear in nothing that anybody reads.
    func secret(_ place: SecretPlace, for user: String) throws(HookError) -> [UInt8] {
        let bytes: [UInt8]
        switch place {
        case .environment(let name):
            guard let value = environment.first(where: { $0.name == name })?.value else {
                throw HookError(.noSecret, place: user, detail: "the variable \(name) is not set")
            }
            bytes = Array(value.utf8)
        case .file(let path):
            guard let found = try? readFile(path) else {
                throw HookError(.noSecret, place: user, detail: "\(path) cannot be read")
            }
            bytes = found
        }
        var trimmed = bytes[...]
        while let last = trimmed.last, last == 10 || last == 13 { trimmed.removeLast() }
        guard !trimmed.isEmpty else {
            throw HookError(.noSecret, place: user, detail: "it is empty")
        }
        return Array(trimmed)
    }

    /// What must not be repeated of an answer: secrets of ours, and those that the test was given.
    func redaction(_ secrets: [[UInt8]] = []) -> Redaction {
        Redaction(
            known: environment.map { .init(name: $0.name, value: $0.value) },
            given: secrets.map {
                .init(name: "SECRET", value: String(decoding: $0, as: UTF8.self))
            })
    }
}
