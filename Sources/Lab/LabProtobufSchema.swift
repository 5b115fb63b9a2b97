/// The messages in which `kubectl create`, `autoscale` and `auth can-i` speak; numbers are for ever.
enum LabProtobufSchema {
    /// nil: no such message is read.
    static func message(_ version: String, _ kind: String) -> LabProtobuf.Message? {
        switch (version, kind) {
        case ("v1", "Namespace"):
            object(kind, [2: .message("spec", named("NamespaceSpec", [1: .texts("finalizers")]))])
        case ("v1", "ConfigMap"):
            object(kind, [2: .texted("data"), 3: .coded("binaryData"), 4: .setFlag("immutable")])
        case ("v1", "Secret"):
            object(
                kind,
                [
                    2: .coded("data"), 3: .text("type"), 4: .texted("stringData"),
                    5: .setFlag("immutable"),
                ])
        case ("v1", "ServiceAccount"): object(kind, [4: .setFlag("automountServiceAccountToken")])
        case ("v1", "Service"): object(kind, [2: .message("spec", service), 3: .nothing])
        case ("v1", "Pod"): object(kind, [2: .message("spec", pod), 3: .nothing])
        case ("apps/v1", "Deployment"):
            object(kind, [2: .message("spec", deployment), 3: .nothing])
        case ("autoscaling/v1", "HorizontalPodAutoscaler"):
            object(
                kind,
                [2: .message("spec", autoscaler(.setWhole("targetCPUUtilizationPercentage")))])
        case ("autoscaling/v2", "HorizontalPodAutoscaler"):
            object(kind, [2: .message("spec", autoscaler(.messages("metrics", metric)))])
        case ("authorization.k8s.io/v1", "SelfSubjectAccessReview"):
            object(kind, [2: .message("spec", review), 3: .nothing])
        default: nil
        }
    }

    private static func named(_ name: String, _ fields: [Int: LabProtobuf.Field])
        -> LabProtobuf.Message
    {
        LabProtobuf.Message(name: name, fields: fields)
    }

    private static func object(_ kind: String, _ fields: [Int: LabProtobuf.Field])
        -> LabProtobuf.Message
    {
        var fields = fields
        fields[1] = .message("metadata", metadata)
        if fields[3] == nil { fields[3] = .nothing }
        return named(kind, fields)
    }

    private static let metadata = named(
        "ObjectMeta",
        [
            1: .text("name"), 2: .text("generateName"), 3: .text("namespace"), 4: .nothing,
            5: .text("uid"), 6: .text("resourceVersion"), 7: .nothing, 8: .nothing,
            11: .texted("labels"), 12: .texted("annotations"), 14: .texts("finalizers"),
        ])

    private static let review = named(
        "SelfSubjectAccessReviewSpec",
        [
            1: .message(
                "resourceAttributes",
                named(
                    "ResourceAttributes",
                    [
                        1: .text("namespace"), 2: .text("verb"), 3: .text("group"),
                        4: .text("version"), 5: .text("resource"), 6: .text("subresource"),
                        7: .text("name"),
                    ])),
            2: .message(
                "nonResourceAttributes",
                named("NonResourceAttributes", [1: .text("path"), 2: .text("verb")])),
        ])

    private static let service = named(
        "ServiceSpec",
        [
            1: .messages(
                "ports",
                named(
                    "ServicePort",
                    [
                        1: .text("name"), 2: .text("protocol"), 3: .whole("port"),
                        4: .either("targetPort"), 5: .whole("nodePort"), 6: .text("appProtocol"),
                    ])),
            2: .texted("selector"), 3: .text("clusterIP"), 4: .text("type"),
            5: .texts("externalIPs"), 7: .text("sessionAffinity"), 10: .text("externalName"),
        ])

    private static let deployment = named(
        "DeploymentSpec",
        [
            1: .setWhole("replicas"), 2: .message("selector", selector),
            3: .message(
                "template",
                named(
                    "PodTemplateSpec",
                    [1: .message("metadata", metadata), 2: .message("spec", pod)])),
            4: .message(
                "strategy",
                named(
                    "DeploymentStrategy",
                    [
                        1: .text("type"),
                        2: .message(
                            "rollingUpdate",
                            named(
                                "RollingUpdateDeployment",
                                [1: .either("maxUnavailable"), 2: .either("maxSurge")])),
                    ])),
            5: .whole("minReadySeconds"), 6: .setWhole("revisionHistoryLimit"),
            7: .flag("paused"), 9: .setWhole("progressDeadlineSeconds"),
        ])

    private static let selector = named(
        "LabelSelector",
        [
            1: .texted("matchLabels"),
            2: .messages(
                "matchExpressions",
                named(
                    "LabelSelectorRequirement",
                    [1: .text("key"), 2: .text("operator"), 3: .texts("values")])),
        ])

    private static let pod = named(
        "PodSpec",
        [
            2: .messages("containers", container), 3: .text("restartPolicy"),
            4: .setWhole("terminationGracePeriodSeconds"), 6: .text("dnsPolicy"),
            7: .texted("nodeSelector"), 8: .text("serviceAccountName"), 10: .text("nodeName"),
            19: .text("schedulerName"), 20: .messages("initContainers", container),
        ])

    private static let container = named(
        "Container",
        [
            1: .text("name"), 2: .text("image"), 3: .texts("command"), 4: .texts("args"),
            5: .text("workingDir"),
            6: .messages(
                "ports",
                named(
                    "ContainerPort",
                    [
                        1: .text("name"), 2: .whole("hostPort"), 3: .whole("containerPort"),
                        4: .text("protocol"), 5: .text("hostIP"),
                    ])),
            7: .messages("env", named("EnvVar", [1: .text("name"), 2: .text("value")])),
            8: .message(
                "resources",
                named("ResourceRequirements", [1: .measured("limits"), 2: .measured("requests")])),
            13: .text("terminationMessagePath"), 14: .text("imagePullPolicy"),
            20: .text("terminationMessagePolicy"),
        ])

    private static func autoscaler(_ fourth: LabProtobuf.Field) -> LabProtobuf.Message {
        named(
            "HorizontalPodAutoscalerSpec",
            [
                1: .message(
                    "scaleTargetRef",
                    named(
                        "CrossVersionObjectReference",
                        [1: .text("kind"), 2: .text("name"), 3: .text("apiVersion")])),
                2: .setWhole("minReplicas"), 3: .whole("maxReplicas"), 4: fourth,
            ])
    }

    private static let metric = named(
        "MetricSpec",
        [
            1: .text("type"),
            4: .message(
                "resource",
                named(
                    "ResourceMetricSource",
                    [
                        1: .text("name"),
                        2: .message(
                            "target",
                            named(
                                "MetricTarget",
                                [1: .text("type"), 4: .setWhole("averageUtilization")])),
                    ])),
        ])
}
