// Chronicle — the journal in the engine's words: facts and states to bytes and back.
//
//   FactCodec     each kind of fact under its reserved number
//   StateCodec    the machine's state, so that a resume starts from the last record
//   OrderText     an order's identity as one short word
//   RunLog        one run's journal: remember a fact, read the run again
//
// Written by hand, number by number: what was stored once is read for ever, or refused by name.
// docs/JOURNAL.md lists the numbers.

internal import Journal

/// A record that this version of Theseus cannot read; says which and why.
package struct ChronicleError: Error, Hashable, Sendable, CustomStringConvertible {
    package let what: String
    package let place: String

    package init(_ what: String, place: String) {
        self.what = what
        self.place = place
    }

    package var description: String {
        """
        journal: \(what.onOneLine)
          where: \(place.onOneLine)
          do:    use the version of theseus that wrote it; `theseus show RUN` names it
        """
    }
}
