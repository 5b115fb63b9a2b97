import HTTPMessages
import JSONTree
import Lab
import Testing

/// What kubectl needs beside objects.
struct ClusterKubectlTests {
    private static let table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

    private static func rows(_ hand: ClusterHand, _ path: String) async throws -> (String, [String])
    {
        var request = HTTPRequest("GET", LabWorld.server + path)
        request.headers["Accept"] = table
        let tree = try await hand.world.send(request).body.tree() ?? .null
        let columns = (tree["columnDefinitions"]?.items ?? [])
            .filter { $0["priority"] == 0 }.compactMap { $0["name"]?.text }
        let rows = (tree["rows"]?.items ?? []).map { row in
            (row["cells"]?.items ?? []).prefix(columns.count)
                .map { $0.text ?? $0.whole.map(String.init) ?? "?" }.joined(separator: " ")
        }
        return (columns.joined(separator: " "), rows)
    }

    @Test(arguments: [
        (ClusterHand.deployments, "Name Ready Up-to-date Available Age", "demo-app-v1 3/3 3 3 10m"),
        (
            ClusterHand.services, "Name Type Cluster-IP External-IP Port(s) Age",
            "demo-app ClusterIP 10.96.0.7 <none> 80/TCP 10m"
        ),
        (
            ClusterHand.routes, "Name Gateways Hosts Age",
            #"demo-app ["demo-gateway","mesh"] ["demo-app","demo.example.test"] 10m"#
        ),
        (
            ClusterHand.scalers, "Name Reference Targets MinPods MaxPods Replicas Age",
            "demo-app-v1 Deployment/demo-app-v1 cpu: <unknown>/80% 3 10 3 10m"
        ),
        ("/api/v1/namespaces/demo", "Name Status Age", "demo Active 10m"),
    ])
    func tables(_ path: String, _ columns: String, _ row: String) throws {
        try ClusterHand().run { hand in
            let table = try await Self.rows(hand, path)
            #expect(table.0 == columns)
            #expect(table.1 == [row])
        }
    }

    @Test func podsAreShownAsTheyAre() throws {
        try ClusterHand().run { hand in
            hand.world.reach {
                $0.cluster.setBehaviour(.crash, namespace: "demo", deployment: "demo-app-v1")
            }
            let table = try await Self.rows(hand, ClusterHand.pods)
            #expect(table.0 == "Name Ready Status Restarts Age")
            #expect(table.1.count == 3)
            #expect(table.1.allSatisfy { $0.hasSuffix(" 0/1 CrashLoopBackOff 1 10m") })
        }
    }

    @Test func discoveryNamesEveryKindOnce() throws {
        try ClusterHand().run { hand in
            let groups = try await hand.ask("GET", "/apis").at("groups")?.items ?? []
            var kinds = try await hand.ask("GET", "/api/v1").at("resources")?.items ?? []
            for group in groups {
                for version in group["versions"]?.items ?? [] {
                    let place = version["groupVersion"]?.text ?? ""
                    let list = try await hand.ask("GET", "/apis/\(place)")
                    #expect(list.at("groupVersion")?.text == place)
                    kinds += list.at("resources")?.items ?? []
                }
            }
            let names = kinds.compactMap { $0["name"]?.text }
            for wanted in ["pods", "deployments/scale", "virtualservices/status", "leases"] {
                #expect(names.contains(wanted))
            }
            let scale = kinds.first { $0["name"] == "deployments/scale" }
            #expect(scale?["kind"] == "Scale")
        }
    }

    @Test func openAPISaysThatTheServerChecksFields() throws {
        try ClusterHand().run { hand in
            let index = try await hand.ask("GET", "/openapi/v3")
            let link = index.at("paths", "apis/apps/v1", "serverRelativeURL")?.text ?? ""
            let document = try await hand.ask("GET", link)
            let patch = document.at(
                "paths", "/apis/apps/v1/namespaces/{namespace}/deployments/{name}", "patch")
            let names = (patch?["parameters"]?.items ?? []).map { $0["name"] }
            #expect(names == ["dryRun", "fieldValidation"])
            #expect(patch?.at("x-kubernetes-group-version-kind", "kind") == "Deployment")
        }
    }

    @Test func whoAsksWhetherHeMayMay() throws {
        try ClusterHand().run { hand in
            let answer = try await hand.ask(
                "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                ["spec": ["resourceAttributes": ["verb": "list", "resource": "pods"]]])
            #expect(answer.status == 201)
            #expect(answer.at("status", "allowed") == true)
        }
    }

    @Test func aFrontSpeaksBytesAndLines() throws {
        try ClusterHand().run { hand in
            let front = LabFront(hand.world)
            let listed = await front.answer(
                "GET", "/version", headers: [:], body: [], at: .cluster)
            guard case .bytes(let bytes) = listed.body else {
                Issue.record("no bytes")
                return
            }
            #expect(try JSONReader.tree(of: bytes)["major"] == "1")
            let made = await front.answer(
                "POST", ClusterHand.maps, headers: [:],
                body: JSONWriter.bytes(of: ClusterHand.map("m")), at: .cluster)
            #expect(made.status == 201)
            let watched = await front.answer(
                "GET", ClusterHand.maps + "?watch=true", headers: [:], body: [], at: .cluster)
            guard case .chunks(let chunks) = watched.body,
                case .bytes(let line)? = try await chunks.next()
            else {
                Issue.record("no line")
                return
            }
            #expect(line.last == 0x0A)
            #expect(try JSONReader.tree(of: line)["type"] == "ADDED")
            let user = await front.answer(
                "GET", "/", headers: ["Host": "demo.example.test"], body: [], at: .gateway)
            #expect(user.headers["x-lab-version"] == "v1")
        }
    }
}
