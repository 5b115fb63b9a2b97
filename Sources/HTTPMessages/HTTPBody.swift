package import JSONTree

/// What a message carries.
///
/// The Lab passes trees from room to room without ever writing bytes.
package enum HTTPBody: Sendable {
    case empty
    case bytes([UInt8])
    case tree(JSONTree)
    case chunks(HTTPChunks)

    package static func text(_ text: String) -> HTTPBody { .bytes(Array(text.utf8)) }
}

extension HTTPBody {
    /// The whole body as bytes; nil for a body that streams.
    package var bytes: [UInt8]? {
        switch self {
        case .empty: []
        case .bytes(let bytes): bytes
        case .tree(let tree): JSONWriter.bytes(of: tree)
        case .chunks: nil
        }
    }

    /// The whole body read as JSON; nil for a body that streams.
    package func tree() throws(JSONError) -> JSONTree? {
        switch self {
        case .empty: try JSONReader.tree(of: [])
        case .bytes(let bytes): try JSONReader.tree(of: bytes)
        case .tree(let tree): tree
        case .chunks: nil
        }
    }
}

/// A body that arrives piece by piece; whoever holds it pulls.
package struct HTTPChunks: Sendable {
    package enum Chunk: Sendable {
        case bytes([UInt8])
        case tree(JSONTree)
    }

    private let pull: @Sendable () async throws(HTTPFailure) -> Chunk?

    /// `pull` gives the next piece, or nil at the end; it heeds cancellation.
    package init(_ pull: @escaping @Sendable () async throws(HTTPFailure) -> Chunk?) {
        self.pull = pull
    }

    package func next() async throws(HTTPFailure) -> Chunk? { try await pull() }
}
