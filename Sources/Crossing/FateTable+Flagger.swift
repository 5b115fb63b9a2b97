/// What of Flagger has no counterpart.
extension FateTable {
    private static let ownService =
        "Flagger makes Services of it; Theseus leaves the Service as it is"

    static let canary =
        [
            Fate("spec.ingressRef", "Theseus moves users by Istio's routes alone"),
            Fate("spec.routeRef", "Theseus moves users by Istio's routes alone"),
            Fate("spec.upstreamRef", "Theseus moves users by Istio's routes alone"),
            Fate(
                "spec.autoscalerRef.primaryScalerQueries",
                "there is no second ScaledObject for a primary"),
            Fate(
                "spec.autoscalerRef.primaryScalerReplicas",
                "there is no second autoscaler for a primary",
                do: "write the bounds into the autoscaler in the candidate's manifest"),
            Fate(
                "spec.revertOnDeletion", "nothing is taken over, so there is nothing to give back"),
            Fate(
                "spec.suspend", "a run begins when somebody starts it",
                do: "nothing; `theseus pause` holds a run"),
            Fate(
                "spec.skipAnalysis", "no run skips its gates",
                do: "`theseus promote` ends one bake, as if it had passed"),
        ] + service + analysis + cookie

    private static let service =
        [
            "port", "portName", "targetPort", "portDiscovery", "appProtocol", "headless",
            "trafficDistribution",
        ].map {
            Fate(
                "spec.service.\($0)", ownService,
                do: "keep the Service, and let it select both versions")
        }
        + ["apex", "primary", "canary", "unmanagedMetadata"].map {
            Fate(
                "spec.service.\($0)", "it describes the Services that Flagger makes",
                do: "write labels and annotations into the Service")
        }
        + ["meshName", "backends", "backendTimeout", "gatewayRefs", "rewriteRef"].map {
            Fate("spec.service.\($0)", "it is of another mesh or gateway than Istio's")
        } + [
            Fate(
                "spec.service.mirror", "copies to other places stay in the VirtualService",
                do: "write mirrors: into the route of the VirtualService")
        ]

    /// `spec.canaryAnalysis` is what `spec.analysis` was called once.
    private static let analysis = ["spec.analysis", "spec.canaryAnalysis"].flatMap { place in
        [
            Fate(
                "\(place).stepWeightPromotion",
                "the candidate is what stays: no users are led back to a copy of it"),
            Fate(
                "\(place).primaryReadyThreshold", "there is no copy to be made ready",
                do: "nothing; limits.home is how long the way home waits for stable's pods"),
            Fate(
                "\(place).canaryReadyThreshold",
                "a weight is given when as many pods are ready as it needs"),
            Fate(
                "\(place).alerts", "Theseus alerts nobody by itself",
                do: "write a test with webhook: or command:, and name it under hooks: rolledBack,"
                    + " personNeeded, promoted"),
            Fate("\(place).webhooks[].muteAlert", "there are no alerts to mute"),
            Fate(
                "\(place).webhooks[].disableTLS", "certificates are always checked",
                do: "give the server one that is good for its host"),
        ]
    }

    private static let cookie = ["spec.analysis", "spec.canaryAnalysis"].flatMap { place in
        ["domain", "httpOnly", "partitioned", "path", "sameSite", "secure"].map { key in
            Fate(
                "\(place).sessionAffinity.\(key)",
                "the cookie has Path=/; HttpOnly; SameSite=Lax and no other attribute")
        } + [
            Fate(
                "\(place).sessionAffinity.primaryCookieName",
                "one cookie keeps the users of both versions")
        ]
    }

    static let metricTemplate = [
        Fate(
            "spec.provider.insecureSkipVerify", "certificates are always checked",
            do: "write tls: {ca: FILE} beside the address"),
        Fate(
            "spec.provider.secretRef", "Theseus reads no Secrets of the cluster for its sources",
            do: "say where the secret is: {env: NAME}, {file: PATH} or {command: [PROGRAM]}"),
    ]
}
