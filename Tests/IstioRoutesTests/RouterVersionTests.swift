import HTTPMessages
import JSONTree
import KubernetesAPI
import Lab
import Manifests
import Synchronization
import Testing

@testable import IstioRoutes

/// Clusters that serve Istio's objects in older versions.
struct RouterVersionTests {
    /// A cluster that knows some versions of Istio's API only, and remembers which were written.
    final class OldIstio: HTTPTransport {
        private let cluster: any HTTPTransport
        private let served: [String]
        private let asked = Mutex<[String]>([])

        init(_ cluster: any HTTPTransport, serving served: [String]) {
            self.cluster = cluster
            self.served = served
        }

        /// Versions in paths of writes, and in bodies that were sent.
        var written: Set<String> { Set(asked.withLock { $0 }) }

        func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
            if let version = Self.version(in: request.url) {
                guard served.contains(version) else {
                    return HTTPResponse(status: 404, body: .text("404 page not found"))
                }
                if request.method != "GET" {
                    let isObject = request.method != "DELETE"
                    let body = isObject ? (try? request.body.tree())?["apiVersion"]?.text : nil
                    asked.withLock {
                        $0 +=
                            [version]
                            + [body].compactMap { $0?.split(separator: "/").last.map(String.init) }
                    }
                }
            }
            return try await cluster.send(request)
        }

        private static func version(in url: String) -> String? {
            let parts = url.split(separator: "/")
            guard let place = parts.firstIndex(of: "networking.istio.io"),
                parts.indices.contains(place + 1)
            else { return nil }
            return String(parts[place + 1])
        }
    }

    static func router(_ waters: RouterWaters, _ istio: OldIstio, _ scope: RouteScope)
        async throws -> IstioRouter
    {
        let client = KubernetesClient(
            server: LabWorld.server, transport: istio, time: waters.clock)
        var scope = scope
        scope.version = try await IstioRouter.servedVersion(client)
        let seal = WriteSeal(run: scope.run, epoch: 1, head: "1:abc")
        return IstioRouter(
            scope: scope,
            writer: SealedWriter(client: client, time: waters.clock, seal: { seal }))
    }

    /// Read and written in the newest version that is served, on the way there and back.
    @Test(
        arguments: [
            (["v1", "v1beta1", "v1alpha3"], "v1"), (["v1beta1", "v1alpha3"], "v1beta1"),
            (["v1alpha3"], "v1alpha3"),
        ], RouterStoryTests.scenes)
    func speaksWhatIsServed(_ served: ([String], String), _ scene: RouterStoryTests.Scene) throws {
        let waters = try RouterWaters(scene.objects)
        let istio = OldIstio(waters.lab, serving: served.0)
        let before = RouterStoryTests.specs(waters)
        let differences = try waters.play {
            let router = try await Self.router(waters, istio, scene.scope)
            let backup = try await router.backUp()
            for leg in RouterLeg.forward + RouterLeg.back {
                try await leg.sail(router, backup: backup)
            }
            return try await router.verifyHome(backup: backup)
        }
        #expect(differences == [])
        #expect(RouterStoryTests.specs(waters) == before)
        #expect(istio.written == [served.1])
        waters.audit(scene.scope)
    }

    @Test func comesHomeInAnEmergency() throws {
        let waters = try RouterWaters(RouterStoryTests.scenes[1].objects)
        let istio = OldIstio(waters.lab, serving: ["v1beta1"])
        let said = try waters.play {
            let router = try await Self.router(waters, istio, .reviews)
            for leg in RouterLeg.forward { try await leg.sail(router, backup: []) }
            return try await IstioRouter.emergencyHome(
                client: router.client, namespace: "shop", service: "reviews")
        }
        #expect(said == ["VirtualService shop/reviews: brought home"])
        #expect(istio.written == ["v1beta1"])
    }

    @Test func refusesWithoutIstio() throws {
        let waters = try RouterWaters("{}")
        let refusal = try waters.play {
            await #expect(throws: RouteRefusal.self) {
                _ = try await Self.router(
                    waters, OldIstio(waters.lab, serving: []), .reviews)
            }
        }
        #expect(refusal == RouteRefusal(.noIstio, at: LabWorld.server))
    }
}
