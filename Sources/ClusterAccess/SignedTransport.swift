internal import HTTPClient
package import HTTPMessages
internal import Secrets
internal import Synchronization

/// Carries requests to one API server, each with the credential of the moment.
///
/// A 401 is answered by one more try with a newer credential, if there is one: whoever is not known
/// has changed nothing. A request's `timeout` begins when its credential is there.
package final class SignedTransport: HTTPTransport {
    private struct Line {
        var identity: CurlIdentity?
        var transport: CurlTransport
    }

    private let plan: AccessPlan
    private let keyring: Keyring
    /// One connection pool per client certificate; an older one lives as long as its requests.
    private let line: Mutex<Line>

    package init(_ plan: AccessPlan, _ doors: AccessDoors) {
        self.plan = plan
        keyring = Keyring(plan, doors)
        line = Mutex(
            Line(
                identity: plan.identity,
                transport: CurlTransport(options: plan.options(identity: plan.identity))))
    }

    /// Gets the first credential, so that what is wrong with it is said before anything begins.
    package func signIn() async throws { _ = try await keyring.pass() }

    /// Takes every secret of ours out of a message.
    package func concealed(_ text: String) -> String { keyring.concealed(text) }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let pass = try await pass(for: request)
        let answer = try await transport(for: pass).send(signed(request, pass))
        guard answer.status == 401 else { return answer }
        let newer = try await self.pass(for: request, insteadOf: pass)
        guard newer.number != pass.number else { return answer }
        return try await transport(for: newer).send(signed(request, newer))
    }

    private func pass(for request: HTTPRequest, insteadOf refused: Keyring.Pass? = nil)
        async throws(HTTPFailure) -> Keyring.Pass
    {
        do {
            return try await keyring.pass(insteadOf: refused)
        } catch let error as AccessError {
            throw HTTPFailure(
                .noCredential, reached: .never, place: request.place,
                detail: keyring.concealed(error.meaning))
        } catch {
            throw HTTPFailure(.cancelled, reached: .never, place: request.place)
        }
    }

    private func signed(_ request: HTTPRequest, _ pass: Keyring.Pass) -> HTTPRequest {
        var request = request
        request.headers["Authorization"] = pass.authorization?.text
        let whom = plan.impersonation
        guard let user = whom.user else { return request }
        request.headers["Impersonate-User"] = user
        request.headers["Impersonate-Uid"] = whom.identifier
        for group in whom.groups {
            request.headers.lines.append(.init(name: "Impersonate-Group", value: group))
        }
        for extra in whom.extra {
            // Keys are percent-encoded, as the API server has it.
            let name = "Impersonate-Extra-\(URLText.encoded(extra.key))"
            for value in extra.values {
                request.headers.lines.append(.init(name: name, value: value))
            }
        }
        return request
    }

    private func transport(for pass: Keyring.Pass) -> CurlTransport {
        line.withLock { line in
            if line.identity != pass.identity {
                line.identity = pass.identity
                line.transport = CurlTransport(options: plan.options(identity: pass.identity))
            }
            return line.transport
        }
    }
}
