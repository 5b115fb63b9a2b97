import Crossing
import Testing
import YAML

/// Every field that the two tools document stands in one of our resources, and is carried over or
/// named with a reason of its own.
@Suite struct DocumentedFieldTests {
    private static let canary = [
        "stableService", "canaryService", "stableMetadata", "canaryMetadata", "maxSurge",
        "maxUnavailable", "scaleDownDelaySeconds", "scaleDownDelayRevisionLimit",
        "abortScaleDownDelaySeconds", "minPodsPerReplicaSet", "dynamicStableScale", "antiAffinity",
        "pingPong.pingService", "pingPong.pongService", "replicaProgressThreshold",
        "analysis.startingStep", "analysis.templates[].templateName", "analysis.args[].name",
        "analysis.args[].value", "analysis.args[].valueFrom.podTemplateHashValue",
        "analysis.dryRun[].metricName", "analysis.measurementRetention",
        "analysis.analysisRunMetadata", "trafficRouting.managedRoutes[].name",
        "trafficRouting.maxTrafficWeight", "trafficRouting.istio.virtualService.name",
        "trafficRouting.istio.virtualService.routes[]",
        "trafficRouting.istio.virtualService.tlsRoutes[].port",
        "trafficRouting.istio.virtualService.tlsRoutes[].sniHosts[]",
        "trafficRouting.istio.virtualService.tcpRoutes[].port",
        "trafficRouting.istio.virtualServices[].name",
        "trafficRouting.istio.virtualServices[].routes[]",
        "trafficRouting.istio.destinationRule.name",
        "trafficRouting.istio.destinationRule.canarySubsetName",
        "trafficRouting.istio.destinationRule.stableSubsetName", "trafficRouting.nginx",
        "trafficRouting.alb", "trafficRouting.smi", "trafficRouting.ambassador",
        "trafficRouting.appMesh", "trafficRouting.traefik", "trafficRouting.apisix",
        "trafficRouting.plugins", "steps[].setWeight", "steps[].pause", "steps[].pause.duration",
        "steps[].setCanaryScale.replicas", "steps[].setCanaryScale.weight",
        "steps[].setCanaryScale.matchTrafficWeight", "steps[].setHeaderRoute.name",
        "steps[].setHeaderRoute.match[].headerName",
        "steps[].setHeaderRoute.match[].headerValue.exact",
        "steps[].setHeaderRoute.match[].headerValue.regex",
        "steps[].setHeaderRoute.match[].headerValue.prefix", "steps[].setMirrorRoute.name",
        "steps[].setMirrorRoute.percentage", "steps[].setMirrorRoute.match[].method",
        "steps[].setMirrorRoute.match[].path", "steps[].setMirrorRoute.match[].headers",
        "steps[].analysis.templates[].templateName", "steps[].analysis.templates[].clusterScope",
        "steps[].analysis.args[].valueFrom.fieldRef.fieldPath",
        "steps[].analysis.args[].valueFrom.secretKeyRef.name",
        "steps[].analysis.args[].valueFrom.secretKeyRef.key",
        "steps[].analysis.dryRun[].metricName",
        "steps[].analysis.measurementRetention", "steps[].analysis.analysisRunMetadata",
        "steps[].experiment.duration", "steps[].experiment.templates[].specRef",
        "steps[].experiment.templates[].service", "steps[].experiment.templates[].weight",
        "steps[].experiment.analyses[].templateName", "steps[].plugin.name",
        "steps[].plugin.config",
        "steps[].replicaProgressThreshold",
    ].map { "spec.strategy.canary.\($0)" }

    private static let blueGreen = [
        "activeService", "previewService", "previewReplicaCount", "autoPromotionEnabled",
        "autoPromotionSeconds", "maxUnavailable", "scaleDownDelaySeconds",
        "scaleDownDelayRevisionLimit", "abortScaleDownDelaySeconds", "antiAffinity",
        "activeMetadata", "previewMetadata", "prePromotionAnalysis.templates[].templateName",
        "prePromotionAnalysis.args[].value", "postPromotionAnalysis.templates[].templateName",
    ].map { "spec.strategy.blueGreen.\($0)" }

    static let rollout =
        [
            "apiVersion", "kind", "metadata.name", "metadata.namespace", "metadata.labels",
            "metadata.annotations", "status", "spec.replicas", "spec.selector", "spec.template",
            "spec.minReadySeconds", "spec.revisionHistoryLimit", "spec.paused",
            "spec.progressDeadlineSeconds", "spec.progressDeadlineAbort", "spec.restartAt",
            "spec.rollbackWindow.revisions", "spec.analysis.successfulRunHistoryLimit",
            "spec.analysis.unsuccessfulRunHistoryLimit", "spec.workloadRef.apiVersion",
            "spec.workloadRef.kind", "spec.workloadRef.name", "spec.workloadRef.scaleDown",
        ] + canary + blueGreen

    private static let providers = [
        "prometheus.address", "prometheus.query", "prometheus.timeout", "prometheus.insecure",
        "prometheus.headers[].key", "prometheus.headers[].value",
        "prometheus.authentication.sigv4", "prometheus.authentication.oauth2",
        "prometheus.rangeQuery", "datadog.apiVersion", "datadog.interval", "datadog.query",
        "datadog.queries", "datadog.formula", "datadog.aggregator", "datadog.secretRef",
        "newRelic.profile", "newRelic.query", "newRelic.timeout", "wavefront.address",
        "wavefront.query", "cloudWatch.interval", "cloudWatch.metricDataQueries[].id",
        "cloudWatch.metricDataQueries[].expression", "cloudWatch.metricDataQueries[].metricStat",
        "graphite.address", "graphite.query", "influxdb.profile", "influxdb.query", "web.method",
        "web.url", "web.headers[].key", "web.body", "web.jsonBody", "web.timeoutSeconds",
        "web.jsonPath", "web.insecure", "web.authentication", "job.metadata", "job.spec.template",
        "job.spec.backoffLimit", "kayenta.address", "kayenta.application",
        "kayenta.canaryConfigName", "kayenta.metricsAccountName",
        "kayenta.configurationAccountName", "kayenta.storageAccountName", "kayenta.threshold",
        "kayenta.scopes[].controlScope", "kayenta.scopes[].experimentScope", "skywalking.address",
        "skywalking.query", "skywalking.interval", "plugin",
    ].map { "spec.metrics[].provider.\($0)" }

    static let template =
        [
            "spec.args[].name", "spec.args[].value", "spec.dryRun[].metricName",
            "spec.measurementRetention", "spec.metrics[].name", "spec.metrics[].interval",
            "spec.metrics[].initialDelay", "spec.metrics[].count",
            "spec.metrics[].successCondition", "spec.metrics[].failureCondition",
            "spec.metrics[].failureLimit", "spec.metrics[].inconclusiveLimit",
            "spec.metrics[].consecutiveErrorLimit", "spec.metrics[].consecutiveSuccessLimit",
        ] + providers

    private static let service = [
        "name", "port", "portName", "portDiscovery", "appProtocol", "targetPort", "headless",
        "trafficDistribution", "gateways", "hosts", "delegation", "match", "rewrite", "timeout",
        "retries", "headers", "corsPolicy", "trafficPolicy", "mirror", "apex", "primary", "canary",
        "unmanagedMetadata", "meshName", "backends", "backendTimeout", "gatewayRefs",
    ].map { "spec.service.\($0)" }

    private static let checks = [
        "interval", "threshold", "maxWeight", "stepWeight", "stepWeights", "stepWeightPromotion",
        "iterations", "mirror", "mirrorWeight", "primaryReadyThreshold", "canaryReadyThreshold",
        "match[].headers", "match[].queryParams", "match[].sourceLabels", "metrics[].name",
        "metrics[].interval", "metrics[].threshold", "metrics[].thresholdRange.min",
        "metrics[].thresholdRange.max", "metrics[].query", "metrics[].templateRef.name",
        "metrics[].templateRef.namespace", "metrics[].templateVariables", "alerts[].name",
        "alerts[].severity", "alerts[].providerRef", "webhooks[].name", "webhooks[].type",
        "webhooks[].url", "webhooks[].timeout", "webhooks[].retries", "webhooks[].muteAlert",
        "webhooks[].disableTLS", "webhooks[].metadata", "sessionAffinity.cookieName",
        "sessionAffinity.primaryCookieName", "sessionAffinity.maxAge", "sessionAffinity.domain",
        "sessionAffinity.httpOnly", "sessionAffinity.partitioned", "sessionAffinity.path",
        "sessionAffinity.sameSite", "sessionAffinity.secure",
    ].map { "spec.analysis.\($0)" }

    static let canaryResource =
        [
            "metadata.labels", "metadata.annotations", "status", "spec.provider",
            "spec.metricsServer", "spec.progressDeadlineSeconds", "spec.targetRef.apiVersion",
            "spec.targetRef.kind", "spec.targetRef.name", "spec.autoscalerRef.apiVersion",
            "spec.autoscalerRef.kind", "spec.autoscalerRef.name",
            "spec.autoscalerRef.primaryScalerQueries", "spec.autoscalerRef.primaryScalerReplicas",
            "spec.ingressRef", "spec.routeRef", "spec.upstreamRef", "spec.skipAnalysis",
            "spec.revertOnDeletion", "spec.suspend", "spec.canaryAnalysis.stepWeight",
        ] + service + checks

    static let metricTemplate = [
        "spec.query", "spec.provider.type", "spec.provider.address", "spec.provider.headers",
        "spec.provider.secretRef", "spec.provider.region", "spec.provider.insecureSkipVerify",
    ]

    private struct Seen: Sendable {
        var kind: String
        var field: Field
        var translation: FlowTranslation
    }

    private static let seen: Result<[Seen], any Error> = Result {
        try (Release.argo + Release.flagger).flatMap { release in
            let translation = try release.translation
            return try release.objects.flatMap { object in
                Field.all(in: object).map { field in
                    Seen(
                        kind: object["kind"]?.scalar?.text ?? "", field: field,
                        translation: translation)
                }
            }
        }
    }

    @Test(arguments: [
        (["Rollout"], rollout), (["AnalysisTemplate", "ClusterAnalysisTemplate"], template),
        (["Canary"], canaryResource), (["MetricTemplate"], metricTemplate),
    ])
    func isCarriedOverOrNamed(_ kinds: [String], _ patterns: [String]) throws {
        let all = try Self.seen.get()
        for pattern in patterns {
            let found = all.filter { kinds.contains($0.kind) && $0.field.pattern == pattern }
            #expect(!found.isEmpty, "no resource of ours has \(kinds[0]) \(pattern)")
            for one in found {
                let field = one.field
                let isAnswered = field.isAnswered(in: one.translation)
                let isOpened = !field.isLeaf  // Its parts are looked at one by one, elsewhere.
                #expect(isAnswered || isOpened, "\(field.object): \(field.path)")
                #expect(field.isKnown(in: one.translation), "\(field.object): \(field.path)")
            }
        }
    }

    /// Whatever a webhook says it is, something becomes of it.
    @Test(arguments: [
        "confirm-rollout", "pre-rollout", "rollout", "confirm-traffic-increase",
        "confirm-promotion", "post-rollout", "rollback", "event",
    ])
    func everyKindOfWebhookIsThere(_ kind: String) throws {
        let translation = try Release("flagger-webhooks").translation
        let hooks = try Release("flagger-webhooks").objects[0].at("spec", "analysis", "webhooks")
        let index = try #require(
            hooks?.items?.firstIndex { $0["type"]?.scalar?.text == kind }, "no webhook \(kind)")
        let path = "spec.analysis.webhooks[\(index)]"
        let isNamed = translation.notes.contains { $0.path == path && $0.kind == .left }
        let isCarried = translation.carried.contains("Canary payments: \(path).type")
        #expect(isNamed == (kind == "rollback"))
        #expect(isCarried)
    }
}
