import HTTPMessages
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Testing
import Timekeeping

/// Which versions of a kind a server has.
@Suite struct DiscoveryTests {
    private static let group: HTTPResponse = .tree([
        "kind": "APIGroup",
        "versions": [["version": "v1alpha3"], ["version": "v1beta1"], ["version": "v1"]],
        "preferredVersion": ["version": "v1beta1"],
    ])

    private static func resources(_ names: JSONTree...) -> HTTPResponse {
        .tree(["kind": "APIResourceList", "resources": .array(names.map { ["name": $0] })])
    }

    private func client(_ server: CannedServer) -> KubernetesClient {
        KubernetesClient(server: "http://api", transport: server, time: RealTime())
    }

    @Test func thePreferredVersionIsFirstAndAskedForOnce() async throws {
        let server = CannedServer(Self.group)
        let client = client(server)
        for _ in 0..<3 {
            let versions = try await client.patient(for: .seconds(1))
                .served(group: "networking.istio.io")
            #expect(versions == ["v1beta1", "v1alpha3", "v1"])
        }
        #expect(server.requests.map(\.url) == ["http://api/apis/networking.istio.io"])
    }

    /// A version of the group in which the kind is not does not count.
    @Test func aKindIsLookedForInItsVersions() async throws {
        let server = CannedServer(
            Self.group, Self.resources("gateways"), Self.resources("virtualservices"))
        let found = try await client(server).served(.virtualService, as: ["v1", "v2", "v1beta1"])
        #expect(found?.apiVersion == "networking.istio.io/v1beta1")
        #expect(found?.plural == "virtualservices")
        #expect(server.requests.count == 3)
    }

    @Test func whatIsNotThereIsAskedForAgain() async throws {
        let server = CannedServer(.status(404, "nothing"), Self.group)
        let client = client(server)
        #expect(try await client.served(group: "networking.istio.io") == [])
        #expect(try await client.served(group: "networking.istio.io").count == 3)
    }

    @Test func whatIsWrongIsSaid() async throws {
        let server = CannedServer(.status(403, "no"), .tree(["kind": "Status"]))
        let client = client(server)
        let denied = await #expect(throws: KubernetesError.self) {
            try await client.served(group: "")
        }
        #expect(denied?.code == .forbidden)
        #expect(denied?.place == "GET /api")
        let odd = await #expect(throws: KubernetesError.self) {
            try await client.served(group: "apps")
        }
        #expect(odd?.code == .undecodable)
    }

    @Test func theLabSaysItToo() async throws {
        let world = LabWorld(
            try DemoWorld.file.begin(date: 0), time: RealTime(), gateway: "gateway")
        let client = KubernetesClient(
            server: LabWorld.server, transport: world, time: RealTime())
        #expect(try await client.served(group: "") == ["v1"])
        #expect(try await client.served(group: "networking.istio.io").contains("v1"))
        #expect(try await client.serves(.virtualService))
        #expect(try await client.serves(.pod))
        let old = try await client.served(.autoscaler, as: ["v2", "v2beta2", "v1"])
        #expect(old?.version == "v2")
        #expect(try await client.served(group: "no.such.group") == [])
    }
}
