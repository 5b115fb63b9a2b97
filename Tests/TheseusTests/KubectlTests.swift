import Foundation
import JSONTree
import Testing

/// The real kubectl against `theseus lab serve`.
@Suite struct KubectlTests {
    /// Everything that people do to one object, verb after verb.
    @Test(arguments: KubectlThing.all) func everyVerb(on thing: KubectlThing) async throws {
        try await KubectlHand.serving { hand in
            let file = "\(thing.word).yaml"
            try hand.lab.folder.write(thing.manifest, to: file)
            #expect(try await hand.tell("apply -f \(file)") == "\(thing.name) created")
            #expect(try await hand.tell("apply -f \(file)") == "\(thing.name) unchanged")
            try await Self.settle(thing, hand)
            try await Self.read(thing, hand)

            let watch = try hand.start(
                ["get", thing.name, "-w", "--output-watch-events", "-L", "tide"])
            let first = try await watch.line("ADDED")
            #expect(first.contains(Self.bare(thing.name)))
            #expect(!first.contains("high"))
            let label = try await hand.tell("label \(thing.name) tide=high")
            #expect(label == "\(thing.name) labeled")
            try await watch.line { $0.hasPrefix("MODIFIED") && $0.contains("high") }

            try hand.lab.folder.write(
                thing.manifest.replacing(thing.edit.old, with: thing.edit.new), to: file)
            #expect(try await hand.tell("apply -f \(file)") == "\(thing.name) configured")
            #expect(try await hand.tell("apply -f \(file)") == "\(thing.name) unchanged")
            let path = try await hand.tell("get \(thing.name) -o jsonpath=\(thing.edited.path)")
            #expect(path == thing.edited.value)
            // Somebody else's label is not in the file, and stays.
            let tide = try await hand.tell("get \(thing.name) -o jsonpath={.metadata.labels.tide}")
            #expect(tide == "high")

            let deleted = try await hand.tell("delete -f \(file)")
            #expect(deleted.hasSuffix("\"\(Self.bare(thing.name))\" deleted"), "\(deleted)")
            try await watch.line("DELETED")
            await watch.stop()
            let gone = try await hand.refusal("get \(thing.name)")
            #expect(gone.hasPrefix("Error from server (NotFound): "))
            #expect(gone.hasSuffix("\"\(Self.bare(thing.name))\" not found"))
        }
    }

    private static func bare(_ name: String) -> String {
        String(name.drop { $0 != "/" }.dropFirst())
    }

    /// Waits until it is what it shall be, as people wait.
    private static func settle(_ thing: KubectlThing, _ hand: KubectlHand) async throws {
        switch thing.word {
        case "deployment":
            let status = try await hand.tell("rollout status \(thing.name) --timeout=30s")
            #expect(status.hasSuffix("deployment \"tea\" successfully rolled out"))
        case "pod":
            let ready = try await hand.tell("wait \(thing.name) --for=condition=Ready")
            #expect(ready == "pod/jug condition met")
        case "hpa":
            try await hand.tell("wait \(thing.name) --for=condition=AbleToScale=False")
        default: break
        }
    }

    private static func read(_ thing: KubectlThing, _ hand: KubectlHand) async throws {
        let name = bare(thing.name)
        let table = try await hand.rows("get \(thing.word) \(name)")
        #expect(table.first == thing.header)
        let row = try #require(table.last)
        #expect(row.count == thing.row.count + 1)
        for (cell, wanted) in zip(row, thing.row) where wanted != "*" { #expect(cell == wanted) }
        #expect(try await hand.tell("get \(thing.word) -o name").contains(thing.name))

        let yaml = try await hand.tell("get \(thing.word) \(name) -o yaml")
            .components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        for line in thing.yaml { #expect(yaml.contains(line), "\(line) in\n\(yaml)") }

        let described = try await hand.tell("describe \(thing.word) \(name)")
            .components(separatedBy: "\n")
            .map { $0.split(separator: " ").joined(separator: " ") }
        for line in thing.description {
            #expect(described.contains(line), "\(line) in\n\(described)")
        }
    }

    @Test func theKubeconfigLeadsToTheRealPort() async throws {
        try await KubectlHand.serving { hand in
            let server = try await hand.tell(
                "config view -o jsonpath={.clusters[0].cluster.server}")
            #expect(server == hand.lab.api)
            #expect(!hand.lab.api.hasSuffix(":0"))
            #expect(!hand.lab.gateway.hasSuffix(":0"))
            #expect(hand.lab.api != hand.lab.gateway)
            #expect(try await hand.tell("version").contains("Server Version: v1."))
            // The speed and the gateway, for whoever drives the lab.
            let text = try String(
                contentsOfFile: hand.lab.folder.file("kubeconfig"), encoding: .utf8)
            #expect(text.contains("theseus.dev/lab"))
            #expect(text.contains("speed: 20"))
        }
    }

    @Test func whatIsScaledGrowsAndShrinks() async throws {
        try await KubectlHand.serving { hand in
            try hand.lab.folder.write(KubectlThing.deployment.manifest, to: "tea.yaml")
            try await hand.tell("apply -f tea.yaml")
            for size in [4, 0, 1] {
                let said = try await hand.tell("scale deployment tea --replicas=\(size)")
                #expect(said == "deployment.apps/tea scaled")
                try await hand.tell(
                    "wait deployment/tea --for=jsonpath={.status.observedGeneration}="
                        + "\(try await hand.tell("get deployment tea -o jsonpath={.metadata.generation}"))"
                )
                try await hand.tell("rollout status deployment/tea --timeout=30s")
                let row = try #require(try await hand.rows("get deployment tea").last)
                #expect(row.dropLast() == ["tea", "\(size)/\(size)", "\(size)", "\(size)"])
            }
            let tooMany = try await hand.refusal(
                "scale deployment tea --current-replicas=5 --replicas=2")
            #expect(tooMany == "error: Expected replicas to be 5, was 1")
            // Nothing else on the list has a size.
            try hand.lab.folder.write(KubectlThing.destinationRule.manifest, to: "rule.yaml")
            try await hand.tell("apply -f rule.yaml")
            for word in ["service/demo-app", "virtualservice/demo-app", "destinationrule/tea"] {
                let refusal = try await hand.refusal("scale \(word) --replicas=2")
                #expect(
                    refusal == "Error from server (NotFound): the server could not find the"
                        + " requested resource")
            }
        }
    }

    /// Strategic merge: containers, their ports, variables and mounts are told apart by keys.
    @Test(arguments: [
        (#"[{"name":"cup","image":"cup:9"}]"#, "pot:1 cup:9", "90"),
        (#"[{"name":"pot","env":[{"name":"HEAT","value":"70"}]}]"#, "pot:1 cup:1", "70"),
        (#"[{"name":"pot","env":[{"name":"TIME","value":"3"}]}]"#, "pot:1 cup:1", "90 3"),
        (#"[{"name":"cup","$patch":"delete"}]"#, "pot:1", "90"),
        (#"[{"name":"lid","image":"lid:1"}]"#, "pot:1 cup:1 lid:1", "90"),
    ])
    func aPatchLeavesOtherContainers(_ patch: String, _ images: String, _ heat: String)
        async throws
    {
        try await KubectlHand.serving { hand in
            try hand.lab.folder.write(KubectlThing.deployment.manifest, to: "tea.yaml")
            try await hand.tell("apply -f tea.yaml")
            let file = try hand.lab.folder.write(
                #"{"spec":{"template":{"spec":{"containers":\#(patch)}}}}"#, to: "patch.json")
            let said = try await hand.tell("patch deployment tea --patch-file=\(file)")
            #expect(said == "deployment.apps/tea patched")
            let path = "{.spec.template.spec.containers"
            let now = try await hand.tell("get deployment tea -o jsonpath=\(path)[*].image}")
            #expect(Set(now.split(separator: " ")) == Set(images.split(separator: " ")))
            let values = try await hand.tell(
                "get deployment tea -o jsonpath=\(path)[?(@.name==\"pot\")].env[*].value}")
            #expect(Set(values.split(separator: " ")) == Set(heat.split(separator: " ")))
        }
    }

    /// A list without keys, and every list of a custom resource, is one value.
    @Test func otherListsAreReplacedWhole() async throws {
        try await KubectlHand.serving { hand in
            let patch = #"{"spec":{"hosts":["other"]}}"#
            let file = try hand.lab.folder.write(patch, to: "patch.json")
            try await hand.tell("patch virtualservice demo-app --type=merge --patch-file=\(file)")
            let hosts = try await hand.tell("get virtualservice demo-app -o jsonpath={.spec.hosts}")
            #expect(hosts == #"["other"]"#)
            let strategic = try await hand.refusal(
                "patch virtualservice demo-app --type=strategic --patch-file=\(file)")
            #expect(
                strategic.hasPrefix(
                    "error: application/strategic-merge-patch+json is not supported by"
                        + " networking.istio.io/v1, Kind=VirtualService"))
            try await hand.tell("set image deployment/demo-app-v1 app=other:1")
            let ports = try await hand.tell(
                "get deployment demo-app-v1 -o jsonpath={.spec.template.spec.containers[*].ports[*]"
                    + ".containerPort}")
            #expect(ports == "8080")
        }
    }

    /// What kubectl makes itself it sends as protocol buffers: what is stored is what it meant.
    @Test(arguments: [
        ("namespace", "create namespace sea", "namespace/sea created"),
        (
            "configmap", "create configmap m --from-literal a=b --from-literal c=",
            "configmap/m created"
        ),
        (
            "secret", "create secret generic m --from-literal a=bcd --from-literal e=f",
            "secret/m created"
        ),
        ("serviceaccount", "create serviceaccount m", "serviceaccount/m created"),
        ("service", "create service clusterip m --tcp=80:8080", "service/m created"),
        (
            "deployment", "create deployment m --image=a:1 --replicas=0 --port=8080 -- run --fast",
            "deployment.apps/m created"
        ),
        ("pod", "run m --image=a:1 --env=A=B --labels=app=m", "pod/m created"),
        (
            "hpa", "autoscale deployment demo-app-v1 --name=m --min=2 --max=4 --cpu-percent=70",
            "horizontalpodautoscaler.autoscaling/m autoscaled"
        ),
    ])
    func whatKubectlMakesItself(_ word: String, _ words: String, _ said: String) async throws {
        try await KubectlHand.serving { hand in
            let parts = words.components(separatedBy: " -- ")
            let options = parts[0] + " --dry-run=client -o json"
            let meant = try await hand.tell(
                ([options] + parts.dropFirst()).joined(separator: " -- "))
            #expect(try await hand.tell(words) == said)
            let name = word == "namespace" ? "sea" : "m"
            let stored = try await hand.tell("get \(word) \(name) -o json")
            let wanted = try JSONReader.tree(of: Array(meant.utf8))
            let found = try JSONReader.tree(of: Array(stored.utf8))
            #expect(Self.missing(wanted, in: found, at: word) == [])
        }
    }

    /// The paths at which something that was meant is not there; what was empty may be missing.
    private static func missing(_ wanted: JSONTree, in found: JSONTree?, at path: String)
        -> [String]
    {
        switch wanted {
        case .null: return []
        case .object(let members):
            return members.flatMap { member in
                let isServers = member.key == "status" || member.key == "creationTimestamp"
                if isServers { return [String]() }
                return missing(member.value, in: found?[member.key], at: "\(path).\(member.key)")
            }
        case .array(let items):
            return items.enumerated().flatMap { index, item in
                let there = found?.items ?? []
                return missing(
                    item, in: index < there.count ? there[index] : nil, at: "\(path)[\(index)]")
            }
        default: return wanted == found ? [] : [path]
        }
    }

    @Test func whatTheLabDoesNotReadIsNotDropped() async throws {
        try await KubectlHand.serving { hand in
            #expect(
                try await hand.refusal("create quota q --hard=pods=3")
                    .contains("the server could not find the requested resource"))
            let job = try await hand.refusal("create job j --image=a:1")
            #expect(
                job == "error: failed to create job: the lab reads a Job of batch/v1 as JSON only:"
                    + " write the object into a file, and use kubectl apply -f or kubectl create"
                    + " -f")
        }
    }

    /// The world's own life is what `describe` tells, and the mesh's load what scales.
    @Test func describeTellsWhatHappened() async throws {
        let edit = ("v1: {latency", "v1: {capacityPerPod: 10, latency")
        try await KubectlHand.serving(world: [edit]) { hand in
            let start = try await hand.rows("get hpa demo-app-v1").last ?? []
            #expect(
                start.dropLast() == [
                    "demo-app-v1", "Deployment/demo-app-v1", "cpu: 71%/80%", "3", "10", "7",
                ])
            try await hand.lab.post("/lab/load", ["perSecond": 75])
            let size = "--for=jsonpath={.status.readyReplicas}=10"
            try await hand.tell("wait deployment/demo-app-v1 \(size) --timeout=30s")
            let deployment = try await hand.tell("describe deployment demo-app-v1")
            #expect(deployment.contains("ScalingReplicaSet"))
            #expect(deployment.contains("deployment-controller"))
            #expect(deployment.contains("from 3 to 7"))
            #expect(deployment.contains("from 7 to 10"))
            let scaler = try await hand.tell("describe hpa demo-app-v1")
            #expect(scaler.contains("75% (750m) / 80%"))
            #expect(
                scaler.contains(
                    "New size: 10; reason: cpu resource utilization (percentage of request) above"
                        + " target"))
            let pods = try await hand.tell("describe pods -l version=v1")
            #expect(pods.contains("Successfully assigned demo/demo-app-v1-"))
            #expect(pods.contains("Started container app"))
            #expect(try await hand.tell("get events -o wide").contains("ScalingReplicaSet"))
        }
    }

    @Test func whatIsForbiddenIsRefused() async throws {
        try await KubectlHand.serving { hand in
            let denial: JSONTree = ["deny": [["verb": "patch", "kind": "VirtualService"]]]
            try await hand.lab.post("/lab/api", denial)
            #expect(
                try await hand.refusal("label virtualservice demo-app a=b")
                    == "Error from server (Forbidden): virtualservices.networking.istio.io"
                    + #" "demo-app" is forbidden: User "lab" cannot patch resource"#
                    + #" "virtualservices" in API group "networking.istio.io" in the namespace"#
                    + #" "demo""#)
            let asked = try await hand.run("auth can-i patch virtualservices")
            #expect(asked.output == "no - the lab says so\n")
            #expect(try await hand.tell("auth can-i get virtualservices") == "yes")
        }
    }

    @Test(arguments: [
        (
            "get deployment nothing",
            #"Error from server (NotFound): deployments.apps "nothing" not found"#
        ),
        ("get ships", #"error: the server doesn't have a resource type "ships""#),
        (
            "scale deployment demo-app-v1 --replicas=-1",
            "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal"
                + " to 0"
        ),
        (
            "delete virtualservice nothing",
            #"Error from server (NotFound): virtualservices.networking.istio.io "nothing" not found"#
        ),
        (
            "create -f pod-of-nobody.yaml",
            #"Error from server (NotFound): error when creating "pod-of-nobody.yaml": namespaces"#
                + #" "nowhere" not found"#
        ),
        (
            "create -f odd-selector.yaml",
            #"The Deployment "tea" is invalid: spec.template.metadata.labels: Invalid value: "#
                + #"{"app":"tea"}: `selector` does not match template `labels`"#
        ),
        (
            "create -f no-image.yaml",
            #"The Pod "jug" is invalid: spec.containers[0].image: Required value"#
        ),
        (
            "create -f odd-route.yaml",
            #"Error from server: error when creating "odd-route.yaml": admission webhook"#
                + #" "validation.istio.io" denied the request: configuration is invalid: weight"#
                + " -10 < 0"
        ),
        (
            "create -f service.yaml",
            #"Error from server (AlreadyExists): error when creating "service.yaml": services"#
                + #" "demo-app" already exists"#
        ),
    ])
    func wrongInputIsRefused(_ words: String, _ complaint: String) async throws {
        try await KubectlHand.serving { hand in
            let folder = hand.lab.folder
            let pod = KubectlThing.pod.manifest
            try folder.write(
                pod.replacing("name: jug, labels", with: "namespace: nowhere, name: jug, labels"),
                to: "pod-of-nobody.yaml")
            try folder.write(pod.replacing(#", image: "jug:1""#, with: ""), to: "no-image.yaml")
            try folder.write(
                KubectlThing.deployment.manifest.replacing(
                    "matchLabels: {app: tea}", with: "matchLabels: {app: coffee}"),
                to: "odd-selector.yaml")
            try folder.write(
                KubectlThing.virtualService.manifest.replacing("weight: 10", with: "weight: -10"),
                to: "odd-route.yaml")
            try folder.write(
                KubectlThing.service.manifest.replacing("name: tea", with: "name: demo-app"),
                to: "service.yaml")
            #expect(try await hand.refusal(words) == complaint)
        }
    }
}
