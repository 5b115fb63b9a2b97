internal import JSONTree
internal import KubernetesAPI
internal import Manifests
internal import Timekeeping

/// What else a run may meet: a second deploy, two versions of which one shall go, tests that are Jobs,
/// and an API server whose watches all fall silent.
enum Encounters {
    static let stories = [
        second, removal, job(exit: 0), job(exit: 3), deadWatches, newcomer,
    ]

    /// Two machines, two journals: the target's Lease is one.
    static let second = Story("a second deploy of the same service is refused") { rig, report in
        var tale = Tale("second", Stories.v2, to: .promoted)
        tale.meanwhile = { stage, run in
            try await stage.awaitStep(6, of: run)
            let other = try stage.anotherMachine("b")
            let another = StageMachine(
                folder: other.folder, kubeconfig: nil, journal: other.folder.file("own.sqlite"))
            for machine in [other, another] {
                let end = try await stage.theseus(
                    ["deploy", stage.folder.file("flow.yaml"), "--run-id", "second-again"],
                    on: machine)
                guard end.code == 5 else {
                    throw RigError(
                        "a second deploy ended with \(end.code ?? -9):\n\(end.output.suffix(900))",
                        place: stage.namespace, remedy: "it must end with 5")
                }
            }
        }
        try await tale.tell(on: rig, &report)
        let stage = try await StoryStage.found(rig, "second")
        report.expect(try await stage.facts(of: "second-again").isEmpty, "it was remembered")
    }

    /// Who has nothing but a service gets a flow, and is told what stands in the way.
    static let newcomer = Story("init writes a flow, doctor finds nothing bad, deploy could begin")
    {
        rig, report in
        let stage = try await StoryStage.set(rig, "newcomer")
        let drafted = [
            "init", "--service", "shop", "--out", "drafted", "--gateway", stage.door,
            "--prometheus", rig.prometheus.address,
        ]
        for (words, wanted) in [
            (drafted, "next: theseus doctor drafted/shop.yaml"),
            (["doctor", "drafted/shop.yaml"], "could begin: shop-v1 (v1) -> shop-v2 (v2)"),
            (["deploy", "drafted/shop.yaml", "--dry-run"], "nothing was changed"),
        ] {
            let end = try await stage.theseus(words, on: stage.machine)
            report.expect(
                end.code == 0 && end.output.contains(wanted),
                "'\(words[0])' ended with \(end.code ?? -9):\n\(end.output.suffix(1500))")
        }
        let writes = await rig.trail.entries(of: stage.person.name).filter(\.makesVersion)
        report.expect(writes.isEmpty, "it wrote: \(writes.map(\.name))")
    }

    // MARK: One of two versions goes

    static let removal = Story("one of two versions is deleted under users, the last one is not") {
        rig, report in
        let stage = try await StoryStage.set(rig, "removal")
        try await stage.divide(Stories.v1, 60, Stories.v2, 40)
        try stage.write(Stories.v2)
        let asked = try await stage.theseus("delete", "flow.yaml", "--run-id", "removal-asked")
        report.expect(
            asked.code == 3, "with users: exit \(asked.code ?? -9):\n\(asked.output.suffix(900))")
        let end = try await stage.under(40, &report) {
            try await stage.theseus("delete", "flow.yaml", "--run-id", "removal", "--force")
        }
        report.expect(end.code == 0, "exit \(end.code ?? -9):\n\(end.output.suffix(900))")
        report.expect(
            try await stage.object(.deployment, "shop-v2") == nil, "Deployment shop-v2 is there")
        let route = try await stage.object(.virtualService, "shop")
        let subsets = (route?.spec.at("http")?.items?.first?["route"]?.items ?? []).map {
            $0.at("destination", "subset")?.text ?? ""
        }
        report.expect(subsets == ["v1"], "users are led to \(subsets)")
        report.complaints += try await stage.audit("removal", removes: "shop-v2").prefix(6).map {
            "audit: \($0)"
        }
        try stage.write(Stories.v1)
        let last = try await stage.theseus("delete", "flow.yaml", "--run-id", "removal-last")
        report.expect(
            last.code == 3, "the last one: exit \(last.code ?? -9):\n\(last.output.suffix(900))")
        report.expect(
            try await stage.object(.deployment, "shop-v1") != nil, "Deployment shop-v1 is gone")
    }

    // MARK: A test is a Job

    /// Its verdict is the first container's, beside a sidecar that never ends.
    private static func job(exit code: Int) -> Story {
        let name = "job-\(code)"
        return Story("a test is a Job that ends with \(code)") { rig, report in
            var tale = Tale(name, Stories.v2, to: code == 0 ? .promoted : .rolledBack)
            tale.setting.alsoMay = DeployerRole.ofJobs
            tale.flow.tests = ["contract: {job: {manifest: job.yaml}, timeout: 2m}"]
            tale.flow.files["job.yaml"] = """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: contract}
                spec:
                  template:
                    spec:
                      containers:
                      - name: test
                        image: registry.example.test/contract:1
                        env: [{name: RUN_MS, value: "700"}, {name: EXIT, value: "\(code)"}]
                      - {name: proxy, image: "registry.example.test/proxy:1"}

                """
            let smoke = tale.flow.steps.firstIndex(of: "test: smoke") ?? 0
            tale.flow.steps.insert("test: contract", at: smoke + 1)
            if code != 0 { tale.says = ["exit \(code)"] }
            try await tale.tell(on: rig, &report)
            let client = rig.cluster.client
            try await RigPatience(time: rig.time).until(
                "the Job and its pod are gone", within: .seconds(60), every: .milliseconds(200)
            ) {
                let jobs = try await client.list(.job, namespace: name).items
                let pods = try await client.list(.pod, namespace: name).items
                return jobs.isEmpty && pods.allSatisfy { $0.label("app") == "shop" }
            }
        }
    }

    // MARK: Watches

    /// They only ring: without them a wait is as long as its next look.
    static let deadWatches = Story("promoted though every watch falls silent") { rig, report in
        var tale = Tale("deaf", Stories.v2, to: .promoted)
        tale.faults = (1, 1000)
        tale.onlyFault = .deadWatch
        try await tale.tell(on: rig, &report)
    }
}

extension StoryStage {
    /// Puts a second version beside the first, and divides users between them.
    fileprivate func divide(
        _ first: StageObjects.Version, _ share: Int, _ second: StageObjects.Version, _ rest: Int
    ) async throws {
        func part(_ version: StageObjects.Version, _ weight: Int) -> JSONTree {
            [
                "destination": [
                    "host": .string(objects.service), "subset": .string(version.name),
                ], "weight": .integer(weight),
            ]
        }
        let subsets: [JSONTree] = [first, second].map {
            ["name": .string($0.name), "labels": ["version": .string($0.name)]]
        }
        try await rig.cluster.create([
            [
                "apiVersion": "networking.istio.io/v1beta1", "kind": "DestinationRule",
                "metadata": ["name": .string(objects.service), "namespace": .string(namespace)],
                "spec": ["host": .string(objects.service), "subsets": .array(subsets)],
            ]
        ])
        try await rig.time.sleep(for: .seconds(2))
        func lead(_ parts: JSONTree...) async throws {
            let path = ResourceKind.virtualService.path(
                namespace: namespace, name: objects.service)
            let http: JSONTree = [["name": "primary", "route": .array(parts)]]
            try await rig.cluster.insist(
                "PATCH", path, ["spec": ["http": http]], type: "application/merge-patch+json")
        }
        // The second one's pods must meet nobody before they are ready.
        try await lead(part(first, 100))
        try await rig.time.sleep(for: .seconds(2))
        try await rig.cluster.create([objects.deployment(second)])
        let place = ObjectReference(
            .deployment, namespace: namespace, name: "\(objects.service)-\(second.name)")
        try await RigPatience(time: rig.time).until(
            "\(place) is ready", within: .seconds(180), every: .milliseconds(200)
        ) {
            await rig.mirror.object(place)?.status["availableReplicas"]?.whole == second.replicas
        }
        try await rig.time.sleep(for: .seconds(2))
        try await lead(part(first, share), part(second, rest))
    }
}
