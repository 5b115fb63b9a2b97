/// What of Argo Rollouts has no counterpart.
extension FateTable {
    private static let canaryStrategy = "spec.strategy.canary"
    private static let greenStrategy = "spec.strategy.blueGreen"

    static let rollout =
        [
            Fate(
                "spec.analysis",
                "the journal keeps every measurement, of the last 10 runs of a target"),
            Fate(
                "spec.restartAt", "Theseus restarts no pods between releases",
                do: "kubectl rollout restart the Deployment"),
            Fate(
                "spec.rollbackWindow",
                "every release takes its steps; an earlier version is no exception",
                do: "`theseus undo SERVICE` brings the last version back by the same flow"),
            Fate("spec.minReadySeconds", "the candidate's Deployment says it"),
            Fate("spec.revisionHistoryLimit", "the candidate's Deployment says it"),
        ] + routing + canaryFields + steps + green + analyses

    private static let routing = [
        "nginx", "alb", "smi", "ambassador", "appMesh", "traefik", "apisix", "plugins",
    ].map { router in
        Fate(
            "\(canaryStrategy).trafficRouting.\(router)",
            "Theseus moves users by Istio's routes alone",
            do: "lead the Service by a VirtualService")
    }

    private static let canaryFields = [
        Fate(
            "\(canaryStrategy).maxSurge",
            "the two versions are two Deployments: the candidate grows to each weight's share beside stable"
        ),
        Fate(
            "\(canaryStrategy).maxUnavailable",
            "stable keeps all its pods until the step shrink or retire"),
        Fate(
            "\(canaryStrategy).dynamicStableScale",
            "stable keeps its pods, so that everybody can go home at once",
            do: "add - shrink: {minimum: 1} behind weight: 100 to give them up earlier"),
        Fate(
            "\(canaryStrategy).minPodsPerReplicaSet",
            "the candidate's Deployment says how many pods it has",
            do: "write spec.replicas, or an autoscaler's minimum, into the manifest"),
        Fate(
            "\(canaryStrategy).abortScaleDownDelaySeconds",
            "on the way home the candidate's pods go as soon as their requests have ended",
            do: "limits.drain says how long those may take"),
        Fate(
            "\(canaryStrategy).scaleDownDelayRevisionLimit",
            "there is one old version, and retire ends it"),
        Fate(
            "\(canaryStrategy).replicaProgressThreshold",
            "a weight is given when as many pods are ready as it needs"),
        Fate(
            "\(canaryStrategy).canaryMetadata", "Theseus changes no pods while they run",
            do: "write what always holds into the Deployment's template"),
        Fate(
            "\(canaryStrategy).stableMetadata", "Theseus changes no pods while they run",
            do: "write what always holds into the Deployment's template"),
        Fate(
            "\(canaryStrategy).antiAffinity", "nothing is put into the candidate's pods",
            do: "write affinity into the Deployment's template"),
    ]

    private static let steps = [
        Fate(
            "\(canaryStrategy).steps[].experiment",
            "there are two versions, and no third one beside them",
            do: "compare candidate and stable: compare, sequential or distributions of a gate"),
        Fate(
            "\(canaryStrategy).steps[].plugin", "Theseus starts no controller's plugins",
            do: "write a test with command:, webhook: or job: that does it, and - test: NAME"),
        Fate(
            "\(canaryStrategy).steps[].replicaProgressThreshold",
            "a weight is given when as many pods are ready as it needs"),
    ]

    private static let green = [
        Fate(
            "\(greenStrategy).previewReplicaCount",
            "before all users come, the candidate grows to as many pods as stable has"),
        Fate("\(greenStrategy).maxUnavailable", "stable keeps all its pods until retire"),
        Fate(
            "\(greenStrategy).scaleDownDelayRevisionLimit",
            "there is one old version, and retire ends it"),
        Fate(
            "\(greenStrategy).abortScaleDownDelaySeconds",
            "on the way home the candidate's pods go as soon as their requests have ended",
            do: "limits.drain says how long those may take"),
        Fate(
            "\(greenStrategy).antiAffinity", "nothing is put into the candidate's pods",
            do: "write affinity into the Deployment's template"),
        Fate(
            "\(greenStrategy).activeMetadata", "Theseus changes no pods while they run",
            do: "write what always holds into the Deployment's template"),
        Fate(
            "\(greenStrategy).previewMetadata", "Theseus changes no pods while they run",
            do: "write what always holds into the Deployment's template"),
    ]

    /// Beside an analysis, wherever it stands.
    private static let analyses = [
        "\(canaryStrategy).analysis", "\(canaryStrategy).steps[].analysis",
        "\(greenStrategy).prePromotionAnalysis", "\(greenStrategy).postPromotionAnalysis",
    ].flatMap { place in
        [
            Fate(
                "\(place).measurementRetention", "the journal keeps every measurement",
                do: "`theseus show RUN --measurements` has them"),
            Fate(
                "\(place).analysisRunMetadata", "no object is made for an analysis",
                do: "the run's name is in the journal and in THESEUS_RUN"),
        ]
    }

    static let analysisTemplate =
        [
            Fate(
                "spec.measurementRetention", "the journal keeps every measurement",
                do: "`theseus show RUN --measurements` has them"),
            Fate(
                metric("consecutiveErrorLimit"),
                "a source that errs blames nobody; after limits.metrics"
                    + " without an answer the run goes home", do: "set limits.metrics (10m)"),
            Fate(
                metric("consecutiveSuccessLimit"), "a bake lasts its whole time",
                do: "make the bake as short as so many good answers take"),
            Fate(
                metric("provider.wavefront"), "there is no such source here",
                do: "ask by a web source, or export the metric to Prometheus"),
            Fate(
                metric("provider.skywalking"), "there is no such source here",
                do: "ask by a web source, or export the metric to Prometheus"),
            Fate(
                metric("provider.plugin"), "Theseus starts no controller's plugins",
                do:
                    "ask by a web source, or write a test with command: that fails when the metric does"
            ),
            Fate(
                metric("provider.kayenta"), "Theseus compares the two versions itself",
                do: "write a gate with distributions: it judges as Kayenta does (docs/GATES.md)"),
        ] + access

    private static func metric(_ key: String) -> String { "spec.metrics[].\(key)" }

    private static let access =
        ["prometheus", "web"].flatMap { kind in
            [
                Fate(
                    metric("provider.\(kind).authentication"), "a flow has no such sign-in",
                    do: "write auth: {bearer: …} or {basic: …}; a command may fetch the token"),
                Fate(
                    metric("provider.\(kind).insecure"), "certificates are always checked",
                    do: "write tls: {ca: FILE} beside the address"),
            ]
        } + [
            Fate(
                metric("provider.web.timeoutSeconds"), "questions to sources have one time limit",
                do: "nothing, or make an http test of it, which has patience:"),
            Fate(
                metric("provider.prometheus.timeout"), "questions to sources have one time limit"),
            Fate(
                metric("provider.newRelic.timeout"), "questions to sources have one time limit"),
            Fate(
                metric("provider.prometheus.rangeQuery"),
                "a gate asks for one number at one moment",
                do: "put the stretch into the query, as max_over_time(…[${window}:])"),
            Fate(
                metric("provider.datadog.interval"),
                "the stretch that is asked for begins when the weight took effect",
                do: "nothing, or set reduce: of the gate"),
            Fate(
                metric("provider.cloudWatch.interval"),
                "the stretch that is asked for begins when the weight took effect"),
            Fate(
                metric("provider.skywalking.interval"), "there is no such source here"),
            Fate(
                metric("provider.datadog.secretRef"),
                "Theseus reads no Secrets of the cluster for its sources",
                do: "set DD_API_KEY and DD_APP_KEY, or write where they are"),
        ]
}
