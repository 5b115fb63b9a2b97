internal import Synchronization

/// What texts were found to mean, for all worlds: a text that is asked again is not read again.
final class Readings<Meaning: Sendable>: Sendable {
    private let known = Mutex<[String: Meaning]>([:])

    /// What cannot be read is read again.
    func meaning<Flaw: Error>(
        of text: String, or read: (String) throws(Flaw) -> Meaning
    ) throws(Flaw) -> Meaning {
        if let meaning = known.withLock({ $0[text] }) { return meaning }
        let meaning = try read(text)
        known.withLock { known in
            if known.count > 2000 { known.removeAll() }
            known[text] = meaning
        }
        return meaning
    }
}
