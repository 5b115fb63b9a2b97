/// What is wrong with a test, or with what it needs.
package struct HookError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// No request can be worked out that a dark match lets through.
        case noExample
        /// The test goes through the gateway, and the flow names none.
        case noGateway
        /// The test asks for the dark match, and the flow has none.
        case noDarkMatch
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
        }
    }

    private var remedy: String {
        switch code {
        case .noExample: "give the headers of one that does as dark.example"
        case .noGateway: "give spec.gateway.url"
        case .noDarkMatch: "give spec.dark.match, or take dark: true away"
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
