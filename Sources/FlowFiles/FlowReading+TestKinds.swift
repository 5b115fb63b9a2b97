internal import CanaryEngine
internal import HTTPMessages
internal import JSONTree
internal import TestHooks
internal import YAML

/// What the kinds of tests are told.
extension FlowReading {
    func command(_ arguments: [String], _ field: FlowField) -> TestSpec.Command {
        TestSpec.Command(
            arguments, environment: field["env"]?.texts ?? [],
            sendsRequests: sendsRequests(field), memory: field.at("limits", "memory")?.size,
            processorTime: field.at("limits", "processorTime")?.duration,
            results: field["results"].flatMap(results))
    }

    private func sendsRequests(_ field: FlowField) -> Bool { field["requests"]?.text != "none" }

    // MARK: Elsewhere

    mutating func webhook(_ field: FlowField, in test: FlowField) -> TestSpec.Webhook? {
        guard let place = field["url"], let url = place.text else { return nil }
        if url.hasPrefix("http://"), field["plain"]?.flag != true, !Self.isLoopback(url) {
            faults.append(
                place.error(
                    .wrongValue, "a webhook's address must be https",
                    do: "write https://, or plain: true where nobody can listen in"))
        }
        return TestSpec.Webhook(
            url, signature: origin(field["signature"]), bearer: origin(field["bearer"]),
            meetsAnyAddress: field["anyAddress"]?.flag ?? false,
            sendsRequests: sendsRequests(test), poll: field["poll"]?.duration ?? .seconds(2),
            patience: field["patience"]?.duration ?? .seconds(10))
    }

    private static func isLoopback(_ url: String) -> Bool {
        let host = url.dropFirst(7).prefix { !"/?#".contains($0) }
        return ["127.0.0.1", "localhost", "[::1]"].contains {
            host == $0 || host.hasPrefix("\($0):")
        }
    }

    /// From the flow's folder.
    private func path(_ field: FlowField?) -> String? {
        (field?.text).map { FlowPath.joined(source.folder, $0) }
    }

    mutating func talk(_ field: FlowField, in test: FlowField) -> TestSpec.Talk? {
        guard let host = host(field["host"]), let port = field["port"]?.whole else { return nil }
        if field["expect"]?.text == "", let expect = field["expect"] {
            faults.append(
                expect.error(
                    .wrongValue, "\"expect\" says nothing", do: "say what must come back"))
        }
        return TestSpec.Talk(
            host, port: port, isSecure: field["tls"]?.flag ?? false, say: field["send"]?.text,
            hear: field["expect"]?.text, sendsRequests: sendsRequests(test))
    }

    mutating func ssh(_ field: FlowField, in test: FlowField) -> TestSpec.SSH? {
        guard let host = host(field["host"]), let command = field["command"]?.text else {
            return nil
        }
        if let user = field["user"], let name = user.text, !TestSpec.SSH.isName(name) {
            faults.append(
                user.error(
                    .wrongValue, "\(user.name) must be a name, found \"\(ShapeCheck.short(name))\"",
                    do: "write it of letters, digits, '.', '-' and '_'"))
        }
        return TestSpec.SSH(
            host, command, user: field["user"]?.text, port: field["port"]?.whole,
            identity: path(field["identity"]), knownHosts: path(field["knownHosts"]),
            environment: test["env"]?.texts ?? [], sendsRequests: sendsRequests(test))
    }

    private mutating func host(_ field: FlowField?) -> String? {
        guard let field, let host = field.text else { return nil }
        if !TestSpec.SSH.isName(host) {
            faults.append(
                field.error(
                    .wrongValue,
                    "\(field.name) must be a name or address of a machine,"
                        + " found \"\(ShapeCheck.short(host))\"",
                    do: "write for example db.example.com"))
        }
        return host
    }

    // MARK: Programs

    private func results(_ field: FlowField) -> TestSpec.Results? {
        func place(_ path: String) -> TestSpec.Results.Source {
            path == "stdout" ? .output : .file(FlowPath.joined(source.folder, path))
        }
        if let file = path(field["junit"]) { return .init(.junit, .file(file)) }
        if let path = field["tap"]?.text { return .init(.tap, place(path)) }
        return (field["numbers"]?.text).map { .init(.numbers, place($0)) }
    }

    /// The command with an absolute program, where it is a path.
    mutating func arguments(_ command: FlowField, programs: (String) -> ProgramFile) -> [String]? {
        guard var arguments = command.texts else { return nil }
        guard let program = arguments.first, !program.isEmpty else {
            faults.append(
                command.error(
                    .wrongValue, "a command needs a program",
                    do: "write for example [\"./tests/smoke.sh\"]"))
            return nil
        }
        guard program.contains("/") else { return arguments }
        arguments[0] = FlowPath.joined(source.folder, program)
        guard let item = command.items.first else { return arguments }
        let short = ShapeCheck.short(program)
        switch programs(arguments[0]) {
        case .runs: break
        case .missing:
            faults.append(
                item.error(
                    .file, "missing file: \(short)",
                    do: "check the path: it starts from the flow's folder"))
        case .mayNotRun:
            faults.append(
                item.error(
                    .file, "this file may not be executed: \(short)",
                    do: "chmod +x it, or name its interpreter first: [\"sh\", \"\(short)\"]"))
        }
        return arguments
    }

    mutating func load(_ http: FlowField, _ name: String, _ flow: Flow) -> TestSpec.Load? {
        guard let path = http["path"], let text = path.text else { return nil }
        let isWhole = text.hasPrefix("http://") || text.hasPrefix("https://")
        if !isWhole, flow.gateway == nil {
            faults.append(
                path.error(
                    .contradiction, "test \"\(name)\" needs a way into the mesh",
                    do: "add spec.gateway.url, or write a whole address"))
        }
        if http["dark"]?.flag == true, let dark = http["dark"] {
            requireDark(at: dark, for: "test \"\(name)\"", flow)
        }
        if let duration = http["for"], http["requests"] != nil {
            faults.append(
                duration.keyError(
                    .contradiction, "test \"\(name)\" has both requests and for",
                    do: "say how many, or for how long"))
        }
        let rate = http["rate"]?.whole
        let expect = http["expect"]
        return TestSpec.Load(
            text, method: http["method"]?.text ?? "GET", body: http["body"]?.text,
            requests: http["requests"]?.whole ?? 1, duration: http["for"]?.duration,
            rate: rate.map(Double.init),
            concurrency: http["concurrency"]?.whole ?? rate.map { min(64, $0) } ?? 1,
            expect: ((expect?["status"] ?? expect)?.text).flatMap(StatusRange.range) ?? 200...299,
            answer: expect.map { answer($0) } ?? .init(), headers: Self.headers(http["headers"]),
            dark: http["dark"]?.flag ?? false, maxErrors: http["maxErrors"]?.whole ?? 0,
            versionHeader: http["versionHeader"]?.text,
            patience: http["patience"]?.duration ?? .seconds(10))
    }

    private mutating func answer(_ field: FlowField) -> TestSpec.ExpectedAnswer {
        var members: [TestSpec.ExpectedAnswer.Member] = []
        for (name, value) in field["json"]?.members ?? [] {
            guard let path = JSONPath(name) else {
                faults.append(
                    value.keyError(
                        .wrongValue, "\(value.name) is no path into JSON",
                        do: "write for example $.items[0].name"))
                continue
            }
            members.append(.init(path, value.node.tree))
        }
        return .init(
            headers: Self.headers(field["headers"]), members: members, text: field["body"]?.text)
    }
}
