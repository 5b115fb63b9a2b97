import Auditor
import JSONTree
import Manifests
import Testing

@testable import RealRig

/// What the rig cannot read it must not pass over in silence.
@Suite struct RigReadingTests {
    private static func line(_ verb: String, _ answer: String) -> String {
        """
        {"stage":"ResponseComplete","verb":"\(verb)","user":{"username":"ada"},\
        "objectRef":{"resource":"deployments","namespace":"a","name":"shop-v1"},\
        "responseStatus":{"code":200}\(answer)}

        """
    }

    private static let whole = line(
        "update", #","responseObject":{"metadata":{"resourceVersion":"7"}}"#)

    @Test func aLineInTwoPiecesIsOne() async {
        let trail = AuditTrail(path: "/nowhere")
        let bytes = Array(Self.whole.utf8)
        await trail.take(Array(bytes.prefix(40)))
        #expect(await trail.reading() == LogReading())
        await trail.take(Array(bytes.dropFirst(40)))
        #expect(await trail.reading() == LogReading(lines: 1, unread: []))
        #expect(await trail.entries(of: "ada").map(\.resourceVersion) == ["7"])
    }

    @Test(arguments: [
        "no JSON at all\n", "{}\n",
        #"{"stage":"Panic","verb":"get","user":{"username":"ada"}}"# + "\n",
        // A version that is stored, and not named.
        line("update", ""),
    ])
    func whatSaysNothingIsCounted(text: String) async {
        let trail = AuditTrail(path: "/nowhere")
        await trail.take(Array((text + Self.whole).utf8))
        let reading = await trail.reading()
        #expect(reading.lines == 2)
        #expect(reading.unread.count == 1)
        #expect(await trail.entries(of: "ada").count == 1)
    }

    /// A custom resource's removal is answered with a word about it, others with the object.
    @Test(arguments: [
        #","responseObject":{"kind":"Status","details":{"uid":"one"}}"#,
        #","responseObject":{"metadata":{"uid":"one","resourceVersion":"7"}}"#,
    ])
    func whatWasRemovedHasAUID(answer: String) async {
        let trail = AuditTrail(path: "/nowhere")
        await trail.take(Array(Self.line("delete", answer).utf8))
        #expect(await trail.entries(of: "ada").map(\.uid) == ["one"])
    }

    @Test func aWatchThatHasBegunIsNoTrouble() async {
        let trail = AuditTrail(path: "/nowhere")
        let begun = #"{"stage":"ResponseStarted","verb":"watch","user":{"username":"ada"}}"# + "\n"
        await trail.take(Array((begun + Self.line("delete", "") + Self.line("get", "")).utf8))
        #expect(await trail.reading() == LogReading(lines: 3, unread: []))
    }

    @Test(arguments: ["", "{", #"{"listener":"mesh","code":"x","ms":1}"#, #"{"code":200,"ms":1}"#])
    func aLineOfEnvoysThatDoesNotSayWhatItMustIsNone(text: String) {
        #expect(AccessEntry(Array(text.utf8)[...]) == nil)
    }

    /// A version in the server's log that no watch has told of is one that nobody audits.
    @Test func whatNoWatchToldIsKnown() {
        func entry(_ verb: String, _ version: String?) -> AuditTrail.Entry {
            AuditTrail.Entry(
                user: "ada", verb: verb, group: "apps", resource: "deployments", namespace: "a",
                name: "shop-v1", code: 200, resourceVersion: version)
        }
        func stored(_ revision: Int, isGone: Bool = false) -> StoredObject {
            StoredObject(
                revision: revision, date: 0,
                reference: ObjectReference(.deployment, namespace: "a", name: "shop-v1"),
                object: isGone ? nil : KubernetesObject([:]), manager: "")
        }
        let entries = [entry("update", "7"), entry("update", "8"), entry("delete", nil)]
        #expect(Provenance.untold(entries, by: [stored(7)]) == Array(entries.dropFirst()))
        #expect(Provenance.untold(entries, by: [stored(7), stored(8)]) == [entries[2]])
        let all = [stored(7), stored(8), stored(9, isGone: true)]
        #expect(Provenance.untold(entries, by: all).isEmpty)
    }
}

/// Routes that are led to by others, as the stand-in for istiod reads them.
@Suite struct DelegateTests {
    private static let led: JSONTree = [
        "name": "primary", "match": [["headers": ["x-canary": ["exact": "1"]]]],
    ]

    @Test func bothMatchesMustHold() {
        let leading: JSONTree = [
            "match": [
                ["uri": ["prefix": "/"], "headers": ["host": ["exact": "x"]]],
                ["uri": ["prefix": "/b"]],
            ]
        ]
        let joined = RouteMatch.joined(leading, Self.led)
        let headers: JSONTree = ["x-canary": ["exact": "1"]]
        let both: JSONTree = ["host": ["exact": "x"], "x-canary": ["exact": "1"]]
        #expect(joined["name"] == "primary")
        #expect(
            joined["match"]
                == [
                    ["uri": ["prefix": "/"], "headers": both],
                    ["uri": ["prefix": "/b"], "headers": headers],
                ])
    }

    @Test func oneThatAsksForNothingChangesNothing() {
        #expect(RouteMatch.joined(["delegate": ["name": "shop"]], Self.led) == Self.led)
    }

    @Test func aStageWithRoutesElsewhereNamesThem() {
        let objects = StageObjects(namespace: "a", wiring: .spread)
        #expect(objects.routes.map(\.namespace) == ["a", "a-edge", "a-edge"])
        let text = StageFlow().text(objects, gateway: "g", prometheus: "p")
        let line =
            "  routes: [{virtualService: shop, http: [primary]}, "
            + "{virtualService: inside, namespace: a-edge, http: [inside]}]"
        #expect(text.split(separator: "\n").contains { $0 == line })
        let bare = StageObjects(namespace: "a", wiring: .bare)
        #expect(bare.routes.isEmpty)
        let lines = StageFlow().text(bare, gateway: "g", prometheus: "p").split(separator: "\n")
        #expect(!lines.contains { $0.contains("routes:") })
        #expect(lines.contains { $0 == "  gateway: {url: \"g\", host: shop.a.svc.cluster.local}" })
    }
}

/// Where TCP connections are led.
@Suite struct MeshStreamsTests {
    private static func shares(_ spec: JSONTree?) -> [JSONTree]? {
        var view = MeshView()
        view.services = [
            KubernetesObject([
                "metadata": ["name": "shop", "namespace": "a"],
                "spec": [
                    "clusterIP": "10.96.3.4",
                    "ports": [
                        ["name": "tcp", "port": 3306], ["name": "http", "port": 80],
                    ],
                ],
            ])
        ]
        if let spec {
            view.virtualServices = [
                KubernetesObject(["metadata": ["name": "shop", "namespace": "a"], "spec": spec])
            ]
        }
        let listeners = MeshStreams(view).listeners()
        guard listeners.count == 1,
            listeners[0].at("address", "socket_address", "address")?.text == "127.96.3.4"
        else { return nil }
        let filter = listeners[0]["filter_chains"]?.items?.first?["filters"]?.items?.first
        return filter?.at("typed_config", "weighted_clusters", "clusters")?.items
    }

    private static func share(_ subset: String, _ weight: Int) -> JSONTree {
        [
            "name": .string("outbound|3306|\(subset)|shop.a.svc.cluster.local"),
            "weight": .integer(weight),
        ]
    }

    @Test func withoutARouteAllPodsAreMeant() {
        #expect(Self.shares(nil) == [Self.share("", 100)])
    }

    @Test func weightsAreThoseOfTheRouteForThatPort() {
        func entry(_ subset: String, _ weight: Int) -> JSONTree {
            [
                "destination": ["host": "shop", "subset": .string(subset)],
                "weight": .integer(weight),
            ]
        }
        let spec: JSONTree = [
            "hosts": ["shop"],
            "tcp": [
                ["match": [["port": 1]], "route": [entry("v9", 100)]],
                [
                    "match": [["port": 3306]],
                    "route": [entry("v1", 70), entry("v2", 30), entry("v3", 0)],
                ],
            ],
        ]
        #expect(Self.shares(spec) == [Self.share("v1", 70), Self.share("v2", 30)])
    }
}
