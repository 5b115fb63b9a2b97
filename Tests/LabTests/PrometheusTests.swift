import HTTPMessages
import JSONTree
import Testing

@testable import Lab

struct PrometheusTests {
    private static func scene(_ edit: (inout MeshSettings) -> Void = { _ in }) -> MeshScene {
        var settings = MeshScene.steady(gatewayShare: 0)
        edit(&settings)
        var scene = MeshScene(settings)
        scene.begin()
        return scene
    }

    private static let total = #"sum(istio_requests_total{reporter="source"})"#

    @Test func samplesAreScrapedNowAndThen() {
        var scene = Self.scene()
        #expect(scene.values(Self.total) == [:])
        scene.pass(.milliseconds(4999))
        #expect(scene.values(Self.total) == [:])
        scene.pass(.milliseconds(1))
        #expect(scene.values(Self.total) == ["": 500])
        scene.pass(.milliseconds(4999))
        #expect(scene.values(Self.total) == ["": 500])
        scene.pass(.milliseconds(1))
        #expect(scene.values(Self.total) == ["": 1000])
    }

    /// What Prometheus 3 makes of a series that begins within the span.
    @Test func ratesAreStretchedAsInPrometheus() {
        var scene = Self.scene()
        scene.pods("v2", 1)
        scene.pass(.seconds(20))
        scene.weights([("v1", 90), ("v2", 10)])
        scene.notice()
        scene.pass(.seconds(20))
        // 50, 100, 150, 200 at 25 ... 40 s; 15 s are sampled, 2.5 s are added in front.
        let query = #"rate(istio_requests_total{reporter="source",destination_version="v2"}[30s])"#
        let rate = scene.values(query)[""] ?? 0
        #expect(abs(rate - 150 * (17.5 / 15) / 30) < 1e-9)
        scene.pass(.milliseconds(1500))
        // 1.5 s are added behind; those in front are now 16.5 s away, so half a scrape again.
        let later = scene.values(query)[""] ?? 0
        #expect(abs(later - 150 * (19.0 / 15) / 30) < 1e-9)
    }

    /// A counter that was 1 a moment ago was not there half a scrape earlier.
    @Test func ratesAreNotStretchedToBeforeZero() {
        var scene = Self.scene()
        scene.pods("v2", 1)
        scene.pass(.milliseconds(24_900))
        scene.weights([("v1", 90), ("v2", 10)])
        scene.notice()
        scene.pass(.milliseconds(15_100))
        // 1, 51, 101, 151: 15 s are sampled, 0.1 s are added in front.
        let rate = scene.values(
            #"rate(istio_requests_total{reporter="source",destination_version="v2"}[30s])"#)
        #expect(abs((rate[""] ?? 0) - 150 * (15.1 / 15) / 30) < 1e-9)
    }

    @Test func oneSampleIsNoRate() {
        var scene = Self.scene()
        scene.pass(.seconds(7))
        #expect(scene.values("sum(rate(istio_requests_total[30s]))") == [:])
        scene.pass(.seconds(3))
        #expect(scene.values(#"sum(rate(istio_requests_total{reporter="source"}[30s]))"#) != [:])
    }

    @Test func thePastCanBeAskedForButNotTheFuture() {
        var scene = Self.scene()
        scene.pass(.seconds(100))
        let epoch = 1_767_614_400
        let past = scene.ask(Self.total, parameters: "&time=\(epoch + 40).5")
        #expect(
            past.at("data", "result")?.items?.first?["value"]
                == [.number(Double(epoch) + 40.5), "4000"])
        let future = scene.ask(Self.total, parameters: "&time=\(epoch + 200)")
        #expect(
            future.at("data", "result")?.items?.first?["value"]
                == [.integer(epoch + 200), "10000"])
        #expect(
            scene.ask(Self.total, parameters: "&time=\(epoch + 400)").at("data", "result") == [])
        #expect(scene.ask("a", parameters: "&time=noon")["errorType"]?.text == "bad_data")
    }

    @Test func answersLookLikePrometheus() {
        var scene = Self.scene()
        scene.pass(.seconds(10))
        let answer = scene.ask("sum by (destination_version) (istio_requests_total)")
        #expect(
            String(decoding: JSONWriter.bytes(of: answer), as: UTF8.self)
                == #"{"status":"success","data":{"resultType":"vector","result":["#
                + #"{"metric":{"destination_version":"v1"},"value":[1767614410,"2000"]}]}}"#)
        let series = scene.ask(#"istio_requests_total{reporter="destination"}"#)
        #expect(
            series.at("data", "result")?.items?.first?["metric"] == [
                "__name__": "istio_requests_total", "destination_canonical_revision": "v1",
                "destination_canonical_service": "shop",
                "destination_service": .string(MeshScene.host),
                "destination_service_name": "shop", "destination_service_namespace": "demo",
                "destination_version": "v1", "destination_workload": "shop-v1",
                "destination_workload_namespace": "demo", "reporter": "destination",
                "request_protocol": "http", "response_code": "200", "response_flags": "-",
                "source_workload": "load-generator", "source_workload_namespace": "demo",
            ])
        let refused = scene.ask("sum(")
        #expect(
            refused == [
                "status": "error", "errorType": "bad_data",
                "error":
                    "invalid parameter \"query\": 1:5: parse error: unexpected end of input",
            ])
    }

    @Test func lostRequestsAreToldByTheirCallers() {
        var scene = Self.scene()
        scene.weights([("v1", 60), ("v2", 40)])
        scene.notice()
        scene.pass(.seconds(10))
        let lost = scene.values(
            #"sum by (response_flags) (istio_requests_total{response_code="503"})"#,
            by: "response_flags")
        #expect(lost == ["UH": 400])
        #expect(
            scene.values(#"sum(istio_requests_total{destination_workload="unknown"})"#)
                == ["": 400])
        #expect(
            scene.values(#"sum(istio_requests_total{reporter="destination"})"#) == ["": 600])
    }

    @Test func quantilesFollowTheLatency() {
        for (median, spread) in [(12.0, 0.5), (80, 0.3), (700, 0.8)] {
            var scene = Self.scene {
                $0.versions["v1"] = VersionBehavior(
                    latency: LatencyProfile(median: median, spread: spread))
            }
            scene.pass(.seconds(120))
            let half = scene.values(
                "histogram_quantile(0.5, sum by (le) ("
                    + #"rate(istio_request_duration_milliseconds_bucket[1m])))"#)[""]
            let bounds = LatencyProfile.bounds
            let bucket = bounds.firstIndex { $0 >= median } ?? 0
            #expect(half.map { $0 > bounds[bucket - 1] && $0 <= bounds[bucket] } == true)
            let mean = scene.values(
                "sum(rate(istio_request_duration_milliseconds_sum[1m]))"
                    + " / sum(rate(istio_request_duration_milliseconds_count[1m]))")[""]
            let wanted = LatencyProfile(median: median, spread: spread).mean
            #expect(mean.map { abs($0 / wanted - 1) < 0.001 } == true)
        }
    }

    /// 100 answers in (10, 25], 200 up to 50: interpolated as in Prometheus.
    @Test func quantilesAreInterpolated() {
        let bucket = { (bound: String, count: Double) in
            PromQLSample(labels: SeriesLabels().adding("le", bound), value: count)
        }
        let buckets = [
            bucket("10", 0), bucket("25", 100), bucket("50", 200), bucket("+Inf", 200),
        ]
        let quantile = { PromQLHistogram.quantiles($0, of: buckets).first?.value ?? .nan }
        #expect(quantile(0.25) == 17.5)
        #expect(quantile(0.75) == 37.5)
        #expect(quantile(1) == 50)
        #expect(quantile(-1) == -.infinity)
        #expect(quantile(2) == .infinity)
        #expect(PromQLHistogram.quantiles(0.5, of: [bucket("10", 1)]).first?.value.isNaN == true)
        let beyond = [bucket("10", 1), bucket("+Inf", 9)]
        #expect(PromQLHistogram.quantiles(0.9, of: beyond).first?.value == 10)
    }

    @Test func aBadVersionShowsAboveItsThreshold() {
        var scene = Self.scene {
            $0.versions["v2"] = VersionBehavior(
                strained: .init(
                    above: 20, errorRate: 0.5, latency: LatencyProfile(median: 2000)))
        }
        scene.pods("v2", 2)
        var ratios: [Double] = []
        for weight in [10, 20, 50] {
            scene.weights([("v1", 100 - weight), ("v2", weight)])
            scene.notice()
            scene.pass(.seconds(60))
            let share = #"{reporter="source",destination_version="v2""#
            let ratio = scene.values(
                "(sum(rate(istio_requests_total\(share),response_code=~\"5..\"}[30s]))"
                    + " or vector(0)) / sum(rate(istio_requests_total\(share)}[30s]))")
            ratios.append(ratio[""] ?? .nan)
        }
        #expect(ratios[0] == 0 && ratios[1] == 0)
        #expect(abs(ratios[2] - 0.5) < 1e-9)
        #expect(scene.mesh.errors(of: "v2") == 60 * 25)
    }

    @Test func tooFewPodsFail() {
        var scene = Self.scene { $0.versions["v1"] = VersionBehavior(capacityPerPod: 40) }
        scene.pass(.seconds(10))
        #expect(abs(scene.mesh.errors(of: "v1") - 200) < 1e-6)
        #expect(scene.mesh.perPod(of: "v1") == 50)
        scene.pods("v1", 3)
        scene.notice()
        scene.pass(.seconds(10))
        #expect(abs(scene.mesh.errors(of: "v1") - 200) < 1e-6)
    }

    @Test func loadFollowsItsSchedule() {
        var scene = Self.scene {
            $0.loads[0].schedule = [
                .init(at: .seconds(20), perSecond: 300), .init(at: .seconds(10), perSecond: 0),
            ]
        }
        #expect(scene.rate(of: "v1") == 100)
        #expect(scene.rate(of: "v1") == 0)
        #expect(scene.rate(of: "v1") == 300)
        _ = scene.mesh.turn("load", ["perSecond": 10])
        #expect(scene.rate(of: "v1") == 10)
    }

    /// A ripple moves the rate, but never turns it round, and evens out.
    @Test func ripplesEvenOut() {
        var scene = Self.scene {
            $0.ripple = 0.5
            $0.ripplePeriod = .seconds(10)
        }
        var rates: [Double] = []
        for _ in 0..<20 {
            let start = scene.now
            scene.pass(.seconds(1))
            rates.append(scene.mesh.requests(to: "v1", from: start))
        }
        #expect(rates.allSatisfy { $0 > 45 && $0 < 155 })
        #expect((rates.max() ?? 0) - (rates.min() ?? 0) > 50)
        #expect(abs(scene.mesh.requests(to: "v1") - 2000) < 1e-6)
    }
}
