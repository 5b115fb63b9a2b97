import JSONTree
import Testing

/// Flows and clusters that a run does not begin with: the place, the remedy, and no change.
@Suite struct RefusalTests {
    static let flows = [
        Refused(
            testDescription: "an unknown key",
            said: """
                flow: unknown key "stepz"
                  where: FOLDER/flow.yaml:18:3 (spec.stepz)
                  do:    did you mean "steps"?
                """,
            flow: [("  steps:", "  stepz: []\n  steps:")]),
        Refused(
            testDescription: "a wrong type",
            said: """
                flow: "weight" must be a whole number from 0 to 100, found text
                  where: FOLDER/flow.yaml:27:15 (spec.steps[8].weight)
                  do:    write for example 50
                """, flow: [("weight: 50", "weight: many")]),
        Refused(
            testDescription: "no such flow file",
            said: """
                flow: the flow file cannot be read
                  where: FOLDER/other.yaml
                  do:    check the path, and that you may read it
                """,
            words: { ["deploy", $0.folder.file("other.yaml")] }),
        Refused(
            testDescription: "no such manifest",
            said: """
                flow: missing file: demo-app-v9.yaml
                  where: FOLDER/flow.yaml:8:15 (spec.target.manifest)
                  do:    check the path: it starts from the flow's folder
                """,
            flow: [("manifest: demo-app-v2.yaml", "manifest: demo-app-v9.yaml")]),
        Refused(
            testDescription: "two Deployments",
            said: """
                flow: the manifest must provide exactly 1 Deployment, 2 found: demo-app-v2, demo-app-v2b
                  where: FOLDER/demo-app-v2.yaml:21:1
                  do:    keep the candidate's; give each other service a flow of its own
                """,
            before: { lab in
                let one = try lab.folder.read("demo-app-v2.yaml")
                let two = one.replacing("name: demo-app-v2", with: "name: demo-app-v2b")
                try lab.folder.write(one + "---\n" + two, to: "demo-app-v2.yaml")
            }),
        Refused(
            testDescription: "a flow that is no YAML",
            said: """
                flow: while parsing a flow node: did not find expected node content
                  where: FOLDER/flow.yaml:2:1
                  do:    check the indentation and the quotes here and on the line before
                """,
            before: { try $0.folder.write("spec: [\n", to: "flow.yaml") }),
    ]

    static let clusters = [
        Refused(
            testDescription: "a route that does not exist",
            said: """
                routes: there is no http route of that name (no-such-route)
                  where: VirtualService demo/demo-app, http route primry
                  do:    name one of: primary
                """,
            flow: [("http: [primary]", "http: [primry]")]),
        Refused(
            testDescription: "a VirtualService that does not exist",
            said: """
                routes: there is no VirtualService of that name (no-such-virtual-service)
                  where: VirtualService demo/demo-ap
                  do:    name one of: demo-app
                """,
            flow: [("virtualService: demo-app", "virtualService: demo-ap")]),
        Refused(
            testDescription: "a Service that does not exist",
            said: """
                workloads: there is no such Service (refused)
                  where: Service demo/shop
                  do:    check `target.service` and `target.namespace` in the flow
                """,
            flow: [("service: demo-app", "service: shop")]),
        Refused(
            testDescription: "a candidate with stable's name",
            said: """
                workloads: the candidate has the name of the stable Deployment (refused)
                  where: Deployment demo/demo-app-v1 in the candidate's manifest
                  do:    give the candidate a name and a version of its own
                """,
            manifest: [("name: demo-app-v2\n", "name: demo-app-v1\n")]),
        Refused(
            testDescription: "a candidate with stable's version",
            said: """
                workloads: candidate and stable have the same version v1 (refused)
                  where: Deployment demo/demo-app-v2 in the candidate's manifest
                  do:    give the candidate a name and a version of its own
                """,
            manifest: [("version: v2", "version: v1")]),
        Refused(
            testDescription: "a pod that somebody ran with the candidate's labels",
            said: """
                workloads: the mesh would take for the candidate what is not: pod dbg (nobody's) (refused)
                  where: Deployment demo/demo-app-v2 in the candidate's manifest
                  do:    remove what is named, or give it or the candidate another version
                """,
            world: [
                (
                    "  - apiVersion: autoscaling/v2\n",
                    """
                      - apiVersion: v1
                        kind: Pod
                        metadata: {name: dbg, namespace: demo, labels: {app: demo-app, version: v2}}
                        spec: {containers: [{name: dbg, image: dbg}]}
                      - apiVersion: autoscaling/v2

                    """
                )
            ]),
        Refused(
            testDescription: "stable without a version label",
            said: """
                workloads: stable's pods get no label version (refused)
                  where: Deployment demo/demo-app-v1
                  do:    add the label version to stable's pod template and roll it out
                """,
            world: [
                (
                    "labels: {app: demo-app, version: v1}\n        spec",
                    "labels: {app: demo-app}\n        spec"
                ),
                ("matchLabels: {app: demo-app, version: v1}", "matchLabels: {app: demo-app}"),
            ]),
        Refused(
            testDescription: "a candidate whose selector takes stable's pods",
            said: """
                workloads: its selector matches the pods of demo-app-v1 too (refused)
                  where: Deployment demo/demo-app-v2 in the candidate's manifest
                  do:    add the version label to its selector
                """,
            manifest: [
                ("matchLabels: {app: demo-app, version: v2}", "matchLabels: {app: demo-app}")
            ]),
        Refused(
            testDescription: "a disruption budget over both versions",
            said: """
                workloads: its selector matches the pods of demo-app-v2 too (refused)
                  where: PodDisruptionBudget demo/demo-app
                  do:    add the version label to its selector
                """,
            before: { lab in
                try await lab.post(
                    "/apis/policy/v1/namespaces/demo/poddisruptionbudgets",
                    [
                        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
                        "metadata": ["name": "demo-app", "namespace": "demo"],
                        "spec": [
                            "minAvailable": 1, "selector": ["matchLabels": ["app": "demo-app"]],
                        ],
                    ])
            }),
        Refused(
            testDescription: "a disruption budget of the manifest over stable's pods",
            said: """
                workloads: its selector matches the pods of demo-app-v1 too (refused)
                  where: PodDisruptionBudget demo/demo-app-v2 in the candidate's manifest
                  do:    add the version label to its selector
                """,
            before: { lab in
                try lab.folder.append(
                    """
                    ---
                    apiVersion: policy/v1
                    kind: PodDisruptionBudget
                    metadata: {name: demo-app-v2}
                    spec:
                      minAvailable: 1
                      selector: {matchLabels: {app: demo-app}}

                    """, to: "demo-app-v2.yaml")
            }),
        Refused(
            testDescription: "an object that exists and differs",
            said: """
                workloads: it exists, is not of this run, and differs at data.colour (refused)
                  where: ConfigMap demo/settings
                  do:    delete it, or give the candidate's object another name
                """,
            before: { lab in
                try lab.folder.append(
                    """
                    ---
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: settings}
                    data: {colour: blue}

                    """, to: "demo-app-v2.yaml")
                try await lab.post(
                    "/api/v1/namespaces/demo/configmaps",
                    [
                        "apiVersion": "v1", "kind": "ConfigMap",
                        "metadata": ["name": "settings", "namespace": "demo"],
                        "data": ["colour": "green"],
                    ])
            }),
        Refused(
            testDescription: "a stable Deployment of Argo CD",
            said: """
                workloads: Argo CD (application shop) keeps this object as its source has it (refused)
                  where: Deployment demo/demo-app-v1
                  do:    say `gitops: keep` in the flow: then it stays, at its minimum
                """,
            before: { lab in
                try await lab.edit(ServedLab.deployments + "/demo-app-v1") {
                    $0.set("shop", at: "metadata", "labels", "argocd.argoproj.io/instance")
                }
            }),
        Refused(
            testDescription: "a VirtualService of Flux",
            said: """
                routes: Flux (shop) keeps this object as its source has it (kept)
                  where: VirtualService demo/demo-app
                  do:    say 'gitops: keep' in the flow, and let that tool ignore the weights
                """,
            before: { lab in
                try await lab.edit(ServedLab.virtualService) {
                    $0.set("shop", at: "metadata", "labels", "kustomize.toolkit.fluxcd.io/name")
                }
            }),
        Refused(
            testDescription: "a stable Deployment of a Helm release",
            said: """
                workloads: Helm (release shop) keeps this object as its source has it (refused)
                  where: Deployment demo/demo-app-v1
                  do:    say `gitops: keep` in the flow: then it stays, at its minimum
                """,
            before: { lab in
                try await lab.edit(ServedLab.deployments + "/demo-app-v1") {
                    $0.set("Helm", at: "metadata", "labels", "app.kubernetes.io/managed-by")
                    $0.set("shop", at: "metadata", "annotations", "meta.helm.sh/release-name")
                }
            }),
        Refused(
            testDescription: "the candidate stands already, exactly as it is to be",
            said: """
                workloads: it exists already and is not of this run (refused)
                  where: Deployment demo/demo-app-v2
                  do:    delete it, or give the candidate's object another name
                """,
            before: { lab in
                try await KubectlHand(lab: lab).tell(
                    "apply -f \(lab.folder.file("demo-app-v2.yaml"))")
            }),
        Refused(
            testDescription: "no Deployment to stand on",
            said: """
                workloads: there is no Deployment to stand on (refused)
                  where: Service demo/demo-app
                  do:    name it with `target.stable`, or use the template `bootstrap`
                """,
            before: { try await $0.delete(ServedLab.deployments + "/demo-app-v1") }),
        Refused(
            testDescription: "a stable without a ready pod",
            said: """
                workloads: stable has no ready pod (refused)
                  where: Deployment demo/demo-app-v1
                  do:    mend stable, or say `--stable-unhealthy=accept`
                """,
            before: { lab in
                try await lab.post(
                    "/lab/pods", ["deployment": "demo-app-v1", "behaviour": "never-ready"])
            }),
        Refused(
            testDescription: "weights that sum to 90",
            said: """
                routes: the weights sum to 90 (sum-is-not-100)
                  where: VirtualService demo/demo-app, http route primary
                  do:    give the destinations weights that sum to 100
                """,
            before: { lab in
                try await lab.edit(ServedLab.virtualService) {
                    $0.set(
                        [
                            [
                                "name": "primary",
                                "route": [
                                    ["destination": ["host": "demo-app"], "weight": 50],
                                    ["destination": ["host": "other"], "weight": 40],
                                ],
                            ]
                        ], at: "spec", "http")
                }
            }),
        Refused(
            testDescription: "a Service that only stable answers",
            said: """
                routes: only pods of v1 answer this Service: whoever calls it loses it when that \
                version goes (stranded-service)
                  where: Service demo/direct
                  do:    lead its host to demo-app by a VirtualService of the mesh; where nobody \
                calls it, delete it or annotate it service.theseus.dev/goes-with-version=true
                """,
            before: { try await $0.serveStableAlone() }),
        Refused(
            testDescription: "the same, before a plan",
            said: """
                routes: only pods of v1 answer this Service: whoever calls it loses it when that \
                version goes (stranded-service)
                  where: Service demo/direct
                  do:    lead its host to demo-app by a VirtualService of the mesh; where nobody \
                calls it, delete it or annotate it service.theseus.dev/goes-with-version=true
                """,
            before: { try await $0.serveStableAlone() },
            words: { ["plan", $0.folder.file("flow.yaml")] }),
        Refused(
            testDescription: "a server that does not know us",
            said: """
                kubernetes: the API server does not know us: Unauthorized (401)
                  where: GET services in demo
                  do:    log in again, or give another --kubeconfig
                """,
            before: { try await $0.post("/lab/api", ["failNext": 1, "status": 401]) }),
        Refused(
            testDescription: "a namespace that we may not read",
            said: """
                kubernetes: this account may not do that: the request is forbidden: the lab says so (403)
                  where: GET services in demo
                  do:    add to its Role in demo: {apiGroups: [""], resources: [services], verbs: [list]}
                """,
            before: { try await $0.post("/lab/api", ["failNext": 1, "status": 403]) }),
    ]

    @Test(arguments: flows) func ofAFlow(_ refused: Refused) async throws {
        try await expectRefusal(refused)
    }

    @Test(arguments: clusters) func ofACluster(_ refused: Refused) async throws {
        try await expectRefusal(refused)
    }

    @Test func whatAGitOpsToolKeepsMayBeWorkedWith() async throws {
        try await ServedLab.serving { lab in
            try await lab.edit(ServedLab.virtualService) {
                $0.set("shop", at: "metadata", "labels", "kustomize.toolkit.fluxcd.io/name")
            }
            var flow = ShortFlow(lab)
            flow.more = "  gitops: keep\n"
            let ending = try await lab.run("deploy", try flow.write(), "--dry-run")
            #expect(ending.code == 0, "\(ending)")
            #expect(ending.output.hasSuffix("nothing was changed\n"))
            #expect(try await lab.ourWrites() == [])
        }
    }
}
