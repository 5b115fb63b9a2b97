internal import CanaryEngine
package import FlowFiles
package import HTTPMessages
internal import TestHooks

/// Whether what the tests need is there now; runs none of them.
package struct TestsNow: Sendable {
    package struct Finding: Hashable, Sendable {
        package let subject: String
        package let sentence: String
        /// nil: not tried, since trying it would be doing it.
        package let isThere: Bool?
    }

    /// Where programs are looked for.
    package struct Programs: Sendable {
        /// The folders of `PATH`.
        let folders: [String]
        let isExecutable: @Sendable (_ path: String) -> Bool

        package init(
            folders: [String], isExecutable: @escaping @Sendable (_ path: String) -> Bool
        ) {
            self.folders = folders
            self.isExecutable = isExecutable
        }
    }

    private let flow: Flow
    private let outside: any HTTPTransport
    /// nil: none runs here.
    private let programs: Programs?

    package init(_ flow: Flow, outside: any HTTPTransport, programs: Programs?) {
        self.flow = flow
        self.outside = outside
        self.programs = programs
    }

    package func look() async -> [Finding] {
        var findings = flow.tests.map(finding)
        if let gateway = flow.gateway { findings.append(await finding(gateway)) }
        return findings
    }

    private func finding(_ test: TestSpec) -> Finding {
        let (sentence, isThere): (String, Bool?) =
            switch test.kind {
            case .command(let command): program(command.arguments.first ?? "")
            case .http: ("asks through the gateway", nil)
            case .webhook: ("is not called by a plan", nil)
            case .tcp, .ssh: ("is not tried by a plan", nil)
            case .job: ("is a Job; its writes are in the plan", nil)
            }
        return Finding(subject: "test \(test.name)", sentence: sentence, isThere: isThere)
    }

    private func program(_ name: String) -> (String, Bool) {
        guard let programs else {
            return ("\(name) cannot run: the embedded lab has no programs", false)
        }
        if name.contains("/") {
            let isThere = programs.isExecutable(name)
            return (
                "\(name) \(isThere ? "can be run" : "is no file that may be executed")", isThere
            )
        }
        let isThere = programs.folders.contains { programs.isExecutable("\($0)/\(name)") }
        return ("\(name) is \(isThere ? "" : "not ")in PATH", isThere)
    }

    /// Any answer will do: which paths there are is the tests' business.
    private func finding(_ gateway: GatewayAddress) async -> Finding {
        var request = HTTPRequest("GET", gateway.url + "/", timeout: .seconds(5))
        if let host = gateway.host { request.headers["Host"] = host }
        let place = "gateway \(gateway.url)"
        do {
            let answer = try await outside.send(request)
            return Finding(subject: place, sentence: "answers (\(answer.status))", isThere: true)
        } catch {
            return Finding(
                subject: place, sentence: "does not answer: \(error.meaning)", isThere: false)
        }
    }
}
