internal import Drafting
internal import Foresight
internal import Glibc
internal import KubernetesAPI
internal import Lab
internal import Timekeeping
internal import Voyage

/// `theseus init`: asks the cluster, and writes the first flow of a service.
struct InitCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        guard request.value("--cluster") == "lab" else {
            return try keep(
                try await finding(try await Ground.cluster(request, by: Lookout().through)))
        }
        let turnable = TurnableWorld()
        let ground = try Ground.lab(
            try LabWorlds.world(nil), LabClock(turnable), by: Lookout().through)
        return try keep(try turnable.run { try await finding(ground) })
    }

    private func finding(_ ground: Ground) async throws -> ServiceFinding {
        let client = ground.rig.cluster.patient(for: ground.rig.pace.patience)
        let namespace = request.value("--namespace") ?? ground.namespace ?? "default"
        let search = ServiceSearch(client, namespace: namespace)
        let name = try await chosen(search, namespace, client.server)
        guard var finding = try await search.finding(name), finding.stable != nil else {
            throw InitError(
                "no Deployment stands behind Service \(name)", "\(client.server), \(namespace)",
                "see `kubectl get services -n \(namespace)`; a first release: template bootstrap")
        }
        finding.gateway = request.value("--gateway") ?? finding.gateway
        finding.prometheus = request.value("--prometheus") ?? finding.prometheus
        return finding
    }

    /// The service that is named; else the only one, or the one that a person at a terminal chooses.
    private func chosen(_ search: ServiceSearch, _ namespace: String, _ server: String)
        async throws -> String
    {
        if let name = request.value("--service") { return name }
        let names = try await search.candidates()
        if names.count == 1 { return names[0] }
        let place = "\(server), \(namespace)"
        guard !names.isEmpty else {
            throw InitError(
                "no service here has a Deployment behind it", place, "give --namespace NAME")
        }
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw InitError(
                "which service?", place,
                "give --service NAME: \(names.joined(separator: ", "))")
        }
        for (number, name) in names.enumerated() { Terminal.complain("\(number + 1)  \(name)") }
        Terminal.complain("which service? (1 to \(names.count))")
        guard let answer = readLine(), let number = Int(answer), names.indices ~= number - 1 else {
            throw InitError("no service was chosen", place, "give --service NAME")
        }
        return names[number - 1]
    }

    private func keep(_ finding: ServiceFinding) throws -> ExitCode {
        let folder = request.value("--out") ?? "."
        let (name, candidate) = ("\(finding.service).yaml", "\(finding.service)-candidate.yaml")
        guard let draft = FlowDraft(of: finding, manifestName: candidate) else { return .refused }
        let root = folder.hasPrefix("/") ? folder : "\(Files.workingDirectory)/\(folder)"
        let paths = [name, candidate].map { "\(folder)/\($0)" }
        for (path, file) in zip(paths, [name, candidate]) where Files.exists("\(root)/\(file)") {
            throw InitError(
                "the file is there already", path, "move it away, or give --out FOLDER")
        }
        try Files.keep(draft.flow, at: "\(root)/\(name)")
        try Files.keep(draft.manifest, at: "\(root)/\(candidate)")
        for path in paths { Terminal.say("wrote \(Self.short(path))") }
        Terminal.say("give the new version its image in \(Self.short(paths[1]))")
        for note in draft.notes { Terminal.complain("note: \(note)") }
        // The flow itself names the namespace.
        var same = request
        same.choices.removeAll { $0.name == "--namespace" }
        Terminal.say("next: theseus doctor \(Self.short(paths[0]))\(same.whereabouts)")
        return .done
    }

    private static func short(_ path: String) -> String {
        path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    }
}

/// Why no flow was written.
private struct InitError: Error, CustomStringConvertible {
    let description: String

    init(_ what: String, _ place: String, _ remedy: String) {
        description = "init: \(what)\n  where: \(place)\n  do:    \(remedy)"
    }
}
