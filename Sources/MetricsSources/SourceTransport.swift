internal import Digests
internal import HTTPMessages
internal import Secrets

/// Carries a source's requests, and shows who we are.
///
/// Secrets are fetched for each request; one that was not taken is fetched anew for the next.
final class SourceTransport: HTTPTransport {
    private let access: SourceAccess
    private let doors: SourceDoors

    init(access: SourceAccess, doors: SourceDoors) {
        self.access = access
        self.doors = doors
    }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        var request = request
        let transport: any HTTPTransport
        do {
            transport = try await doors.way(access.trust)
            for line in access.headers.lines { request.headers[line.name] = line.value }
            for credential in access.credentials { try await show(credential, &request) }
        } catch {
            throw HTTPFailure(
                .noCredential, reached: .never, place: request.place, detail: error.reason)
        }
        let response = try await transport.send(request)
        if [400, 401, 403].contains(response.status) {
            for origin in access.credentials.flatMap(\.origins) { doors.keeper.forget(origin) }
        }
        return response
    }

    private func show(_ credential: SourceCredential, _ request: inout HTTPRequest)
        async throws(SecretError)
    {
        let keeper = doors.keeper
        switch credential {
        case .header(let name, let before, let origin):
            request.headers[name] = before + (try await keeper.secret(origin)).text
        case .basic(let user, let origin):
            let password = try await keeper.secret(origin)
            let pair = Secret(Base64.text(of: Array("\(user):\(password.text)".utf8)))
            keeper.note(pair)
            request.headers["Authorization"] = "Basic \(pair.text)"
        case .signature(let region, let service, let access, let secret, let session):
            request.signature = RequestSignature(
                region: region, service: service, accessKey: try await keeper.secret(access).text,
                secretKey: try await keeper.secret(secret).text)
            if let session {
                request.headers["X-Amz-Security-Token"] = try await keeper.secret(session).text
            }
        }
    }
}
