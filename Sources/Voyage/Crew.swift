package import CanaryEngine

/// Carries out orders in the world.
///
/// An order may come twice: the second time changes nothing.
package protocol Crew: Sendable {
    /// Carries out one order and tells what came of it, once or (for watches) again and again.
    /// Returns at once when its task is cancelled, and tells nothing any more.
    func carryOut(_ order: Order, tell: @escaping @Sendable (Fact) -> Void) async

    /// Brings home what stable carries when nothing can be remembered any more; says what it did.
    func emergencyHome() async -> String

    /// Calls a person when nothing can be remembered any more, once each; says whom.
    func callForHelp(_ why: String) async -> [String]
}
