import HTTPMessages
import HTTPServer

/// Runs a server around `work`, and waits until it is gone.
func serving<Value: Sendable>(
    bodyLimit: Int = 16 << 20, _ handler: @escaping LoopbackServer.Handler,
    _ work: (_ url: String) async throws -> Value
) async throws -> Value {
    let server = try LoopbackServer(bodyLimit: bodyLimit, handler: handler)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await server.serve() }
        defer { server.stop() }
        return try await work("http://127.0.0.1:\(server.port)")
    }
}

/// The failure that `work` ends with.
func failure(_ work: () async throws(HTTPFailure) -> HTTPResponse) async -> HTTPFailure? {
    do {
        _ = try await work()
        return nil
    } catch {
        return error
    }
}
