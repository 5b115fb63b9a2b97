package import CanaryEngine

/// Carries out orders in the world.
///
/// An order may come twice: the second time changes nothing.
package protocol Crew: Sendable {
    /// Carries out one order and tells what came of it, once or (for watches) again and again.
    /// Returns at once when its task is cancelled, and tells nothing any more.
    func carryOut(_ order: Order, tell: @escaping @Sendable (Fact) -> Void) async

    /// Tells somebody that a person is needed; says what came of it.
    func callForHelp(_ call: TestCall, _ trouble: Trouble) async -> String

    /// Brings home what stable carries when nothing can be remembered any more; says what it did.
    func emergencyHome() async -> String
}
