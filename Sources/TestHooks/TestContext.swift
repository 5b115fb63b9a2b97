package import CanaryEngine
internal import HTTPMessages
internal import JSONTree

/// What a test is told about the run that it is a part of.
///
/// Holds no secrets.
package struct TestContext: Hashable, Sendable {
    package var run: String
    /// The same for every try of one order, so that the other side can tell a repetition.
    package var idempotencyKey: String
    package var namespace: String
    package var service: String
    /// The version labels.
    package var stable: String
    package var candidate: String
    /// The candidate's share of users' requests right now.
    package var weight: TrafficWeight
    /// Which step asks, for people: `test smoke`.
    package var phase: String
    package var gateway: GatewayAddress?
    package var dark: DarkExample?
    /// The numbers of the recorded execution; nil: none was recorded.
    package var baseline: [Measure]?
    /// Of a hook, the moment at which it is called: `rolledBack`.
    package var moment: String?
    /// Why the run turned round, or needs a person.
    package var reason: String?

    package init(
        run: String, idempotencyKey: String, namespace: String, service: String, stable: String,
        candidate: String, weight: TrafficWeight, phase: String, gateway: GatewayAddress? = nil,
        dark: DarkExample? = nil, baseline: [Measure]? = nil
    ) {
        self.run = run
        self.idempotencyKey = idempotencyKey
        self.namespace = namespace
        self.service = service
        self.stable = stable
        self.candidate = candidate
        self.weight = weight
        self.phase = phase
        self.gateway = gateway
        self.dark = dark
        self.baseline = baseline
    }
}

extension TestContext {
    /// What a command reads on its standard input.
    var tree: JSONTree {
        var tree: JSONTree = [
            "apiVersion": "theseus.dev/v1", "kind": "TestContext",
            "run": .string(run), "idempotencyKey": .string(idempotencyKey),
            "namespace": .string(namespace), "service": .string(service),
            "stable": .string(stable), "candidate": .string(candidate),
            "weight": .integer(weight.percent), "phase": .string(phase),
        ]
        if let gateway {
            tree["gateway"] = ["url": .string(gateway.url)]
            tree.set(gateway.host.map(JSONTree.string), at: "gateway", "host")
        }
        if let dark {
            let headers = dark.headers.lines.map { ($0.name, JSONTree.string($0.value)) }
            tree["dark"] = ["headers": .object(JSONObject(headers))]
        }
        tree.set(moment.map(JSONTree.string), at: "moment")
        tree.set(reason.map(JSONTree.string), at: "reason")
        if let baseline {
            let numbers = baseline.map { ($0.name, JSONTree.number($0.value)) }
            tree["baseline"] = .object(JSONObject(numbers))
        }
        return tree
    }

    /// What a command finds in its environment, in this order.
    var variables: [(name: String, value: String)] {
        var variables = [
            (name: "THESEUS_RUN", value: run),
            (name: "THESEUS_IDEMPOTENCY_KEY", value: idempotencyKey),
            (name: "THESEUS_NAMESPACE", value: namespace),
            (name: "THESEUS_SERVICE", value: service),
            (name: "THESEUS_STABLE", value: stable),
            (name: "THESEUS_CANDIDATE", value: candidate),
            (name: "THESEUS_WEIGHT", value: "\(weight.percent)"),
            (name: "THESEUS_PHASE", value: phase),
        ]
        if let moment { variables.append((name: "THESEUS_MOMENT", value: moment)) }
        if let reason { variables.append((name: "THESEUS_REASON", value: reason)) }
        if let gateway {
            variables.append((name: "GATEWAY_URL", value: gateway.url))
            if let host = gateway.host {
                variables.append((name: "THESEUS_GATEWAY_HOST", value: host))
            }
        }
        if let dark {
            // As `curl -H @-` reads them.
            let lines = dark.headers.lines.map { "\($0.name): \($0.value)" }
            let text = lines.joined(separator: "\n")
            variables.append((name: "THESEUS_DARK_HEADERS", value: text))
        }
        return variables
    }
}
