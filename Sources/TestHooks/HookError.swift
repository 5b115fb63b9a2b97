/// What is wrong with a test, or with what it needs.
package struct HookError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// No request can be worked out that a dark match lets through.
        case noExample
        /// The test goes through the gateway, and the flow names none.
        case noGateway
        /// The test asks for the dark match, and the flow has none.
        case noDarkMatch
        /// The test's numbers cannot be held against stable's.
        case notComparable
        /// A secret that the test needs is not to be had.
        case noSecret
        /// The test needs what is not here.
        case noDoor
    }

    package let code: Code
    /// The place in the flow: `dark.match.headers.cookie`.
    package let place: String
    package let detail: String

    package init(_ code: Code, place: String, detail: String = "") {
        self.code = code
        self.place = place
        self.detail = detail
    }

    /// One sentence.
    package var reason: String { detail.isEmpty ? meaning : "\(meaning): \(detail)" }

    private var meaning: String {
        switch code {
        case .noExample: "no request can be worked out that this matches"
        case .noGateway: "the test needs a way into the mesh"
        case .noDarkMatch: "the test asks for the dark match, and there is none"
        case .notComparable: "the test cannot be run beside stable"
        case .noSecret: "a secret is not to be had"
        case .noDoor: "this test cannot be run here"
        }
    }

    private var remedy: String {
        switch code {
        case .noExample: "give the headers of one that does as dark.example"
        case .noGateway: "give spec.gateway.url"
        case .noDarkMatch: "give spec.dark.match, or take dark: true away"
        case .notComparable: "only an http test with dark and versionHeader can be"
        case .noSecret: "set the variable, or make the file readable, where theseus runs"
        case .noDoor: "run it against a cluster, or leave the test out"
        }
    }

    package var description: String {
        """
        test: \(reason)
          where: \(place)
          do:    \(remedy)
        """
    }
}
