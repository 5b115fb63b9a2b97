import Foundation
import JSONTree
import KubernetesAPI
import Manifests
import Testing
import YAML

@testable import Voyage

/// What an account must be allowed before a run begins.
@Suite struct NeededRightsTests {
    private static func needs(
        scaled: Bool = true, scaler: String = "HorizontalPodAutoscaler",
        remembered: Bool = false, routes: [ObjectReference] = [],
        manifest: [KubernetesObject] = [], settings: [String] = [], guarded: Bool = false,
        makesRoutes: Bool = false
    ) -> [AccessRight] {
        NeededRights(
            namespace: "shop", routes: routes, manifest: manifest, settings: settings,
            scaler: scaled ? KubernetesObject(["kind": .string(scaler)]) : nil,
            remembered: remembered, guarded: guarded, makesRoutes: makesRoutes
        ).all
    }

    /// The file that people copy says exactly what is asked for.
    @Test func theExampleIsTheLeast() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../examples/rbac/deployer.yaml")
        let role = try YAMLReader.document(of: Array(Data(contentsOf: file)), file: nil).tree
        var written: Set<AccessRight> = []
        for rule in role["rules"]?.items ?? [] {
            for verb in rule["verbs"]?.items ?? [] {
                written.insert(
                    AccessRight(
                        verb: verb.text ?? "", group: rule["apiGroups"]?.items?.first?.text ?? "-",
                        resource: rule["resources"]?.items?.first?.text ?? "", namespace: "shop"))
            }
        }
        #expect(written == Set(Self.needs()))
    }

    @Test func jobsAreAskedForWhereATestIsOne() {
        func verbs(_ hasJobs: Bool) -> [String] {
            NeededRights(
                namespace: "shop", routes: [], manifest: [], scaler: nil, remembered: false,
                guarded: false, makesRoutes: false, hasJobs: hasJobs
            ).all.filter { $0.resource == "jobs" }.map(\.verb)
        }
        #expect(verbs(true) == ["get", "create", "delete", "list"])
        #expect(verbs(false).isEmpty)
    }

    @Test func eachIsNamedOnce() {
        let all = Self.needs(remembered: true)
        #expect(Set(all).count == all.count)
        #expect(all.contains { $0.resource == "configmaps" && $0.verb == "update" })
        #expect(
            !Self.needs(scaled: false).contains {
                $0.resource.hasPrefix("horizontal") && $0.verb == "update"
            })
    }

    /// KEDA's kind is asked for only where KEDA scales, and then nothing of autoscalers but a look.
    @Test func kedaIsAskedForWhereItIs() {
        #expect(Self.verbs("scaledobjects", in: Self.needs()) == [])
        let all = Self.needs(scaler: "ScaledObject")
        #expect(
            Self.verbs("scaledobjects", in: all) == ["get", "create", "update", "delete", "list"])
        #expect(Self.verbs("horizontalpodautoscalers", in: all) == ["list"])
    }

    /// What goes is asked for by its name, and to be taken away alone.
    @Test func aRemovalAsksForWhatGoes() {
        let budget = KubernetesObject([
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": ["name": "own"],
        ])
        let all = NeededRights(
            namespace: "shop", routes: [], manifest: [], removed: [budget], scaler: nil,
            remembered: false, guarded: false, makesRoutes: false
        ).all.filter { $0.resource == "poddisruptionbudgets" }
        #expect(all.map(\.verb) == ["list", "get", "delete"])
        #expect(all.map(\.name) == [nil, "own", "own"])
    }

    /// Where each version has a Service the rules are looked at, and none is written.
    @Test func noRuleIsWrittenForHosts() {
        let route = ObjectReference(.virtualService, namespace: "shop", name: "shop")
        let all = NeededRights(
            namespace: "shop", routes: [route], manifest: [], scaler: nil, remembered: false,
            guarded: false, makesRoutes: false, writesRule: false
        ).all
        #expect(Self.verbs("destinationrules", in: all) == ["list"])
    }

    /// The verbs asked for on one kind, in their order.
    private static func verbs(_ resource: String, in rights: [AccessRight]) -> [String] {
        rights.filter { $0.resource == resource }.map(\.verb)
    }

    @Test func onlyWhatThisRunWritesIsAskedFor() {
        let plain = Self.needs(remembered: true)
        // An account that cannot remove old runs may begin new ones.
        #expect(Self.verbs("configmaps", in: plain) == ["get", "create", "update", "list"])
        // One that somebody deletes must be made again on the way home.
        #expect(Self.verbs("virtualservices", in: plain) == ["get", "create", "update", "list"])
        #expect(Self.verbs("cronjobs", in: plain) == [])
        let whole = Self.needs(guarded: true, makesRoutes: true)
        #expect(Self.verbs("cronjobs", in: whole) == ["get", "create", "delete"])
        #expect(
            Self.verbs("virtualservices", in: whole)
                == ["get", "create", "update", "delete", "list"])
    }

    @Test func routesElsewhereAskForRightsThere() {
        let route = ObjectReference(.virtualService, namespace: "edge", name: "shop")
        let rule = ObjectReference(.destinationRule, namespace: "shop", name: "shop")
        let all = Self.needs(routes: [route, rule])
        let rights = all.filter { $0.namespace == "edge" }
        #expect(rights.contains { $0.resource == "virtualservices" && $0.verb == "update" })
        #expect(rights.contains { $0.resource == "virtualservices" && $0.verb == "create" })
        #expect(rights.allSatisfy { $0.resource == "virtualservices" })
        #expect(all.contains { $0.resource == "destinationrules" && $0.verb == "create" })
    }

    @Test func whatTheCandidateReadsIsAskedForByName() {
        let rights = Self.needs(settings: ["colors"]).filter { $0.resource == "configmaps" }
        #expect(rights.map(\.verb) == ["get"])
        #expect(rights.map(\.name) == ["colors"])
    }

    @Test func whatTheManifestHoldsIsAskedFor() {
        let map = KubernetesObject(["apiVersion": "v1", "kind": "ConfigMap"])
        #expect(
            Self.needs(manifest: [map]).contains {
                $0.resource == "configmaps" && $0.verb == "create"
            })
    }

    @Test func whatIsLackingIsSaidReadyToBePasted() {
        let rights = [
            AccessRight(verb: "update", group: "apps", resource: "deployments", namespace: "shop"),
            AccessRight(verb: "list", group: "", resource: "pods", namespace: "shop"),
        ]
        #expect(
            VoyageError(.lacking(rights), place: "https://api, namespace shop").description == """
                run: this account may not update deployments, list pods
                  where: https://api, namespace shop
                  do:    add to its Role: {apiGroups: [apps], resources: [deployments], verbs: [update]}
                         {apiGroups: [""], resources: [pods], verbs: [list]}
                """)
    }
}
