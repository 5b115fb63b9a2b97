import JSONTree
import Manifests
import Testing

@testable import RealRig

/// Envoy's access log as Istio's metrics.
@Suite struct MeshCountersTests {
    private static let directory: PodDirectory = {
        let directory = PodDirectory()
        directory.add(
            KubernetesObject([
                "metadata": [
                    "name": "shop-v2-6d4f-x1", "namespace": "a",
                    "labels": ["version": "v2", "pod-template-hash": "6d4f"],
                    "ownerReferences": [["name": "shop-v2-6d4f"]],
                ]
            ]), at: "127.7.0.2", port: 8080)
        return directory
    }()

    private static func entry(_ text: String) throws -> AccessEntry {
        try #require(AccessEntry(Array(text.utf8)[...]))
    }

    private static let answered = """
        {"listener":"gateway","code":500,"flags":"-","ms":7,"host":"127.7.0.2:8080",\
        "cluster":"outbound|80|v2|shop.a.svc.cluster.local","authority":"x.test","source":null}
        """
    private static let nowhere = """
        {"listener":"mesh","code":503,"flags":"UH","ms":"0","host":null,\
        "cluster":"outbound|80|v2|shop.a.svc.cluster.local","authority":"shop.a","source":"web"}
        """

    @Test func anAnswerIsItsPods() throws {
        let labels = try Self.entry(Self.answered).labels(Self.directory).map(\.text)
        #expect(labels.contains(#"destination_workload="shop-v2""#))
        #expect(labels.contains(#"destination_version="v2""#))
        #expect(labels.contains(#"destination_service_name="shop""#))
        #expect(labels.contains(#"destination_service_namespace="a""#))
        #expect(labels.contains(#"response_code="500""#))
        #expect(labels.contains(#"source_workload="istio-ingressgateway""#))
    }

    @Test func aRequestThatWentNowhereHasNoWorkload() throws {
        let labels = try Self.entry(Self.nowhere).labels(Self.directory).map(\.text)
        #expect(labels.contains(#"destination_workload="unknown""#))
        #expect(labels.contains(#"destination_service_name="shop""#))
        #expect(labels.contains(#"response_flags="UH""#))
        #expect(labels.contains(#"source_workload="web""#))
    }

    @Test func countersAddUp() throws {
        var counters = MeshCounters()
        for text in [Self.answered, Self.answered, Self.nowhere] {
            counters.add(try Self.entry(text), Self.directory)
        }
        #expect(counters.requests(["destination_version": "v2"]) == 2)
        #expect(counters.requests(["response_code": "503"]) == 1)
        #expect(counters.requests([:]) == 3)
        let lines = counters.text.split(separator: "\n")
        let bucket = lines.first {
            $0.contains("_bucket{") && $0.contains("v2") && $0.contains(#"le="10.0""#)
        }
        #expect(bucket?.hasSuffix(" 2") == true)
        #expect(lines.contains { $0.hasPrefix("istio_requests_total{") && $0.hasSuffix(" 2") })
    }
}
