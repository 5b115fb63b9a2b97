internal import HTTPMessages
internal import Lab

/// A transport of a process that may die, for requests that change nothing: no death happens at
/// them, but after the death none goes through.
struct WitnessTransport: HTTPTransport {
    let inner: any HTTPTransport
    let life: Lifeline

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        do {
            try life.checkAlive()
            let response = try await inner.send(request)
            try life.checkAlive()
            return response
        } catch let failure as HTTPFailure {
            throw failure
        } catch {
            throw HTTPFailure(.cancelled, reached: .perhaps, place: request.place)
        }
    }
}
