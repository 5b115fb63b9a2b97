package import HTTPMessages
package import JSONTree

/// An answer of the world, and how long the caller waits for it.
package struct LabAnswer: Sendable {
    package var response: HTTPResponse
    package var after: Duration

    package init(_ response: HTTPResponse, after: Duration = .zero) {
        self.response = response
        self.after = after
    }

    package static func tree(_ tree: JSONTree, status: Int = 200) -> LabAnswer {
        LabAnswer(.json(tree, status: status))
    }
}
