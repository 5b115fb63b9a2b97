import CanaryEngine
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing
import Workloads

struct SurveyTests {
    /// What one case changes of a namespace in which all is well.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var codes: [WorkloadRefusal.Code]
        var change: @Sendable (inout Setting) throws -> Void

        init(
            _ name: String, _ codes: [WorkloadRefusal.Code],
            _ change: @escaping @Sendable (inout Setting) throws -> Void
        ) {
            testDescription = name
            self.codes = codes
            self.change = change
        }
    }

    struct Setting: Sendable {
        var stableName: String? = Yard.stable
        var candidate = DemoWorld.deployment(version: "v2")
        var extra: [JSONTree] = []
        var terms = WorkloadSurvey.Terms()
        var service = DemoWorld.objects[1]
        var stable = DemoWorld.deployment(version: "v1")
        var others: [JSONTree] = []
        var autoscalers = [DemoWorld.autoscaler(version: "v1")]
        var budgets: [JSONTree] = []
        var pods = [pod("a", ready: true), pod("b", ready: true), pod("c", ready: false)]
        var standing: [JSONTree] = []

        func survey() throws -> WorkloadSurvey {
            let scope = try Yard.scope(stable: stableName, extra: extra, deployment: candidate)
            let listing = WorkloadListing(
                services: [KubernetesObject(service)],
                deployments: ([stable] + others).map(KubernetesObject.init),
                autoscalers: autoscalers.map(KubernetesObject.init),
                disruptionBudgets: budgets.map(KubernetesObject.init),
                pods: pods.map(KubernetesObject.init),
                standing: standing.map(KubernetesObject.init))
            return WorkloadSurvey(scope, listing, terms: terms)
        }
    }

    private static func pod(_ name: String, ready: Bool) -> JSONTree {
        [
            "metadata": [
                "name": .string(name),
                "labels": ["app": "demo-app", "version": "v1", "pod-template-hash": "5d4f"],
                "ownerReferences": [
                    ["kind": "ReplicaSet", "name": "demo-app-v1-5d4f", "controller": true]
                ],
            ],
            "status": ["conditions": [["type": "Ready", "status": ready ? "True" : "False"]]],
        ]
    }

    @Test func findsWhatARunStandsOn() throws {
        for name in [Yard.stable, nil] {
            var setting = Setting()
            setting.stableName = name
            let survey = try setting.survey()
            #expect(survey.refusals.isEmpty)
            #expect(survey.stable?.name == Yard.stable)
            #expect(survey.autoscaler?.name == Yard.stable)
            #expect(survey.services.map(\.name) == ["demo-app"])
            #expect(survey.readyPods == 2)
            try survey.check()
        }
    }

    private static func ours(_ tree: JSONTree) -> JSONTree {
        KubernetesObject(tree).sealed(WriteSeal(run: "r1", epoch: 1, head: "1:aa")).tree
    }

    private static func labelled(_ tree: JSONTree, _ key: String, _ value: String?) -> JSONTree {
        var tree = tree
        tree.set(value.map(JSONTree.string), at: "spec", "template", "metadata", "labels", key)
        return tree
    }

    private static func wide(_ tree: JSONTree) -> JSONTree {
        var tree = tree
        tree.set(["matchLabels": ["app": "demo-app"]], at: "spec", "selector")
        return tree
    }

    private static func renamed(_ tree: JSONTree, _ name: String, replicas: Int = 3) -> JSONTree {
        var tree = tree
        tree.set(.string(name), at: "metadata", "name")
        tree.set(.integer(replicas), at: "spec", "replicas")
        return tree
    }

    static let names: [Case] = [
        Case("a stable that is not there", [.noStable]) { $0.stableName = "nobody" },
        Case("nobody whom the Service selects", [.noStable]) {
            $0.stableName = nil
            $0.stable = labelled($0.stable, "app", "other")
        },
        Case("no such Service", [.noService]) {
            $0.service.set("other", at: "metadata", "name")
        },
        Case("a Service without selector", [.selectsNothing, .notSelected(service: "demo-app")]) {
            $0.stableName = nil
            $0.service.set(nil, at: "spec", "selector")
        },
        Case("two that could be", [.ambiguousStable(["demo-app-v0", "demo-app-v1"])]) {
            $0.stableName = nil
            let old = DemoWorld.deployment(version: "v0")
            $0.others = [old]
        },
        Case("one of two without pods", []) {
            $0.stableName = nil
            $0.others = [DemoWorld.deployment(version: "v0", replicas: 0)]
        },
        Case("our own candidate is not stable", []) {
            $0.stableName = nil
            $0.others = [ours(DemoWorld.deployment(version: "v2"))]
            $0.standing = [ours(DemoWorld.deployment(version: "v2"))]
        },
        Case("one name for both", [.sameName]) {
            $0.candidate = renamed($0.candidate, Yard.stable)
        },
        Case("one version for both", [.sameVersion("v1")]) {
            $0.candidate = labelled($0.candidate, "version", "v1")
            $0.stable.set(["matchLabels": ["x": "y"]], at: "spec", "selector")
            $0.terms.mayBeUnfit = true
        },
        Case("a first release", []) {
            $0.stable = labelled($0.stable, "app", "other")
            $0.terms.isFirstRelease = true
        },
    ]

    static let labels: [Case] = [
        Case("stable without version", [.stableWithoutVersion(label: "version")]) {
            $0.stable = labelled($0.stable, "version", nil)
        },
        Case("an old pod without version", [.podsWithoutVersion(label: "version", pods: ["b"])]) {
            $0.stable = wide($0.stable)
            $0.candidate = labelled($0.candidate, "app", "demo-app")
            $0.pods[1].set(nil, at: "metadata", "labels", "version")
            $0.stable.set(
                ["matchExpressions": [["key": "version", "operator": "NotIn", "values": ["v2"]]]],
                at: "spec", "selector")
        },
        Case("candidate without version", [.candidateWithoutVersion(label: "version")]) {
            $0.candidate = labelled($0.candidate, "version", nil)
        },
        Case("candidate not selected", [.notSelected(service: "demo-app")]) {
            $0.candidate = labelled($0.candidate, "app", "other")
        },
        Case("stable's selector too wide", [.selectorMatchesOther(Yard.candidate)]) {
            $0.stable = wide($0.stable)
        },
        Case("the candidate's selector too wide", [.selectorMatchesOther(Yard.stable)]) {
            $0.candidate = wide($0.candidate)
        },
        Case("a budget for both", [.selectorMatchesOther(Yard.candidate)]) {
            $0.budgets = [budget("both", ["app": "demo-app"])]
        },
        Case("a budget for each", []) {
            $0.budgets = [budget("v1", ["app": "demo-app", "version": "v1"])]
            $0.extra = [budget("v2", ["app": "demo-app", "version": "v2"])]
        },
        Case("the manifest's budget for both", [.selectorMatchesOther(Yard.stable)]) {
            $0.extra = [budget("both", ["app": "demo-app"])]
        },
    ]

    static let standing: [Case] = [
        Case("an object that differs", [.exists(differingAt: "data.color")]) {
            $0.extra = [settings("red")]
            $0.standing = [settings("blue")]
        },
        Case("an object that is equal", []) {
            $0.extra = [settings()]
            $0.standing = [settings()]
        },
        Case("an object that is ours", []) {
            $0.extra = [settings("red")]
            $0.standing = [ours(settings("blue"))]
        },
        Case("an equal Deployment", [.exists(differingAt: nil)]) {
            $0.others = [$0.candidate]
            $0.standing = [$0.candidate]
        },
        Case("a Deployment that differs", [.exists(differingAt: "spec.replicas")]) {
            $0.stableName = nil
            $0.others = [renamed($0.candidate, Yard.candidate, replicas: 9)]
            $0.standing = $0.others
        },
        Case("an equal autoscaler", [.exists(differingAt: nil)]) {
            $0.extra = [DemoWorld.autoscaler(version: "v2")]
            $0.standing = $0.extra
            $0.autoscalers += $0.extra
        },
        Case("a first release with its Service", []) {
            $0.extra = [$0.service]
            $0.service.set("other", at: "metadata", "name")
            $0.stable = labelled($0.stable, "app", "other")
            $0.terms.isFirstRelease = true
        },
        Case("somebody's autoscaler for the candidate", [.exists(differingAt: nil)]) {
            $0.autoscalers.append(DemoWorld.autoscaler(version: "v2"))
        },
        Case("stable under Argo CD", [.kept(by: .argoCD("shop"))]) {
            $0.stable.set("shop", at: "metadata", "labels", "argocd.argoproj.io/instance")
        },
        Case("its autoscaler under Flux", [.kept(by: .flux("apps"))]) {
            $0.autoscalers[0].set(
                "apps", at: "metadata", "labels", "kustomize.toolkit.fluxcd.io/name")
        },
        Case("kept, and the flow knows", []) {
            $0.stable.set("shop", at: "metadata", "labels", "argocd.argoproj.io/instance")
            $0.terms.mayBeKept = true
        },
        Case("too few allowed", [.tooMany(needed: 2, maximum: 1)]) {
            $0.autoscalers[0].set(1, at: "spec", "maxReplicas")
        },
        Case("too few allowed, but enough for the weights", []) {
            $0.autoscalers[0].set(1, at: "spec", "maxReplicas")
            $0.terms.highestWeight = try #require(TrafficWeight(percent: 50))
        },
        Case("too few allowed by the manifest's own", [.tooMany(needed: 2, maximum: 1)]) {
            $0.extra = [DemoWorld.autoscaler(version: "v2", minimum: 1, maximum: 1)]
        },
        Case("two autoscalers", [.severalAutoscalers(["demo-app-v1", "other"])]) {
            $0.autoscalers.append(renamed($0.autoscalers[0], "other"))
        },
        Case("no ready pod", [.stableUnfit]) { $0.pods = [] },
        Case("no ready pod, and the flow knows", []) {
            $0.pods = []
            $0.terms.mayBeUnfit = true
        },
    ]

    @Test(arguments: names + labels + standing)
    func refuses(_ situation: Case) throws {
        var setting = Setting()
        try situation.change(&setting)
        let survey = try setting.survey()
        #expect(survey.refusals.map(\.code) == situation.codes)
        if let first = survey.refusals.first {
            #expect(throws: first) { try survey.check() }
        }
    }

    @Test func aManifestHasOneDeploymentAndWhatARunMayMake() {
        let deployment = DemoWorld.deployment(version: "v2")
        func code(_ objects: [JSONTree]) -> WorkloadRefusal.Code? {
            do throws(WorkloadRefusal) {
                _ = try WorkloadScope(
                    namespace: "demo", service: "demo-app",
                    candidateObjects: objects.map(KubernetesObject.init), run: "r1")
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code([deployment]) == nil)
        #expect(code([settings()]) == .notOneDeployment([]))
        #expect(
            code([deployment, DemoWorld.deployment(version: "v3")])
                == .notOneDeployment(["demo-app-v2", "demo-app-v3"]))
        #expect(
            code([deployment, ["apiVersion": "v1", "kind": "Namespace"]]) == .strangeKind("v1"))
        #expect(
            code([deployment, ["apiVersion": "apps/v1beta1", "kind": "Deployment"]])
                == .strangeKind("apps/v1beta1"))
        var elsewhere = settings()
        elsewhere.set("other", at: "metadata", "namespace")
        #expect(code([deployment, elsewhere]) == .strangeNamespace("other"))
    }
}
