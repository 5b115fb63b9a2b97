/// Why a run turned round.
package struct Setback: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case testFailed
        case gateFailed
        /// Never a pass.
        case notEnoughEvidence
        case deadline
        /// Somebody else changed what we own.
        case foreignEdit
        /// The API server says no, for good.
        case denied
        /// The candidate does not come up, or breaks.
        case candidateBroken
        /// The mesh does not do what its configuration says.
        case unreachable
        case aborted
        case rejected
        /// A test that may run only once was cut off by a crash.
        case cutOff
        /// Stable has no ready pod, or not enough.
        case stableUnfit
        /// Anything that should not be: said, never hidden.
        case fault
    }

    package let kind: Kind
    /// One sentence for people.
    package let reason: String

    package init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

/// A named number that a decision rests on.
package struct Measure: Hashable, Sendable {
    package let name: String
    package let value: Double

    package init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value
    }
}

/// A gate's answer.
package struct Verdict: Hashable, Sendable {
    package enum Ruling: Hashable, Sendable {
        case pass
        case fail
        case notEnough
    }

    package let ruling: Ruling
    package let sentence: String
    package let measures: [Measure]

    package init(_ ruling: Ruling, _ sentence: String, measures: [Measure] = []) {
        self.ruling = ruling
        self.sentence = sentence
        self.measures = measures
    }
}

/// What a version consists of, as a fingerprint for each of its parts.
///
/// Taken when the candidate is ready; what is promoted must still be like it.
package struct Likeness: Hashable, Sendable {
    package struct Part: Hashable, Sendable {
        /// `template`, `image app`, `ConfigMap settings`.
        package let name: String
        /// More than one where pods differ in it; none where nothing can be seen of it just now.
        package let prints: [String]

        package init(_ name: String, _ prints: [String]) {
            self.name = name
            self.prints = prints
        }
    }

    package let parts: [Part]

    package init(_ parts: [Part]) { self.parts = parts }

    /// The parts of `other` in which it shows what this one did not: the new print of each, nil
    /// where the part is gone.
    ///
    /// A print that is missing is no difference: pods may go. A part that is missing is one.
    package func strangers(in other: Likeness) -> [(part: String, print: String?)] {
        var found: [(part: String, print: String?)] = []
        for part in other.parts {
            let known = parts.first { $0.name == part.name }?.prints ?? []
            if let strange = part.prints.first(where: { !known.contains($0) }) {
                found.append((part.name, strange))
            }
        }
        for part in parts where !other.parts.contains(where: { $0.name == part.name }) {
            found.append((part.name, nil))
        }
        return found
    }
}

/// What the backup found.
package struct Backup: Hashable, Sendable {
    /// The blob with the copies.
    package let digest: String
    package let stableReady: Int

    package init(digest: String, stableReady: Int) {
        self.digest = digest
        self.stableReady = stableReady
    }
}
