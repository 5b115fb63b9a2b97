import Testing

@testable import IstioRoutes

struct MeshHostTests {
    @Test(arguments: [
        ("reviews", "shop", "reviews.shop.svc.cluster.local"),
        ("reviews", "other", "reviews.other.svc.cluster.local"),
        ("reviews.shop", "other", "reviews.shop.svc.cluster.local"),
        ("reviews.shop.svc", "other", "reviews.shop.svc.cluster.local"),
        ("reviews.shop.svc.cluster.local", "other", "reviews.shop.svc.cluster.local"),
        ("Reviews.Shop.svc.cluster.local.", "other", "reviews.shop.svc.cluster.local"),
        ("shop.example.com", "shop", "shop.example.com"),
        ("*.shop.svc.cluster.local", "x", "*.shop.svc.cluster.local"),
        ("*", "x", "*"),
    ])
    func completes(written: String, namespace: String, name: String) {
        #expect(MeshHost(written, from: namespace).name == name)
    }

    @Test func sameNameInTwoNamespacesIsTwoHosts() {
        #expect(MeshHost("reviews", from: "shop") != MeshHost("reviews", from: "other"))
    }

    @Test func clusterDomainCounts() {
        #expect(
            MeshHost("reviews", from: "shop", domain: "corp.test").name
                == "reviews.shop.svc.corp.test")
    }

    @Test(arguments: [
        ("*", true), ("*.local", true), ("*.shop.svc.cluster.local", true),
        ("*.other.svc.cluster.local", false), ("reviews.shop", true), ("ratings.shop", false),
        ("*reviews.shop.svc.cluster.local", true), ("*.reviews.shop.svc.cluster.local", false),
    ])
    func covers(pattern: String, isCovered: Bool) {
        let host = MeshHost("reviews", from: "shop")
        #expect(MeshHost(pattern, from: "x").covers(host) == isCovered)
    }
}
