package import CanaryEngine

/// The way into a drive from outside it, in this process: signals, a key, a test.
package struct Signals: Sendable {
    let helm = Mailbox()

    package init() {}

    package func wish(_ kind: Wish.Kind, by person: String) { helm.wish(Wish(kind, by: person)) }

    /// Stops this process's part; the run can be resumed.
    package func stop() { helm.stop(.interrupted) }
}
