import Testing

/// One object of each kind of which kubectl must be master, and what kubectl says of it.
struct KubectlThing: Sendable, CustomTestStringConvertible {
    /// The kind as people type it.
    var word: String
    /// How kubectl calls it when it did something to it.
    var name: String
    var manifest: String
    /// An edit that people make, and a path and value that show it.
    var edit: (old: String, new: String)
    var edited: (path: String, value: String)
    var header: [String]
    var row: [String]
    /// Lines of `get -o yaml`, without their indentation.
    var yaml: [String]
    /// Lines of `describe`; each blank stands for some.
    var description: [String]

    var testDescription: String { word }

    static let all: [KubectlThing] = [
        deployment, pod, service, autoscaler, virtualService, destinationRule,
    ]

    static let deployment = KubectlThing(
        word: "deployment", name: "deployment.apps/tea",
        manifest: """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: tea, labels: {app: tea}}
            spec:
              replicas: 2
              selector: {matchLabels: {app: tea}}
              template:
                metadata: {labels: {app: tea}}
                spec:
                  containers:
                  - {name: pot, image: "pot:1", env: [{name: HEAT, value: "90"}]}
                  - {name: cup, image: "cup:1"}
            """,
        edit: ("pot:1", "pot:2"),
        edited: ("{.spec.template.spec.containers[*].image}", "pot:2 cup:1"),
        header: ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"],
        row: ["tea", "2/2", "2", "2"],
        yaml: ["kind: Deployment", "replicas: 2", "image: pot:1", "readyReplicas: 2"],
        description: [
            "Name: tea", "Namespace: demo", "Selector: app=tea",
            "Replicas: 2 desired | 2 updated | 2 total | 2 available | 0 unavailable",
            "Image: pot:1", "HEAT: 90", "Available True MinimumReplicasAvailable",
        ])

    static let pod = KubectlThing(
        word: "pod", name: "pod/jug",
        manifest: """
            apiVersion: v1
            kind: Pod
            metadata: {name: jug, labels: {app: jug}}
            spec:
              containers:
              - {name: jug, image: "jug:1"}
            """,
        edit: ("jug:1", "jug:2"), edited: ("{.spec.containers[0].image}", "jug:2"),
        header: ["NAME", "READY", "STATUS", "RESTARTS", "AGE"],
        row: ["jug", "1/1", "Running", "0"],
        yaml: ["kind: Pod", "- image: jug:1", "phase: Running", "nodeName: lab-node"],
        description: [
            "Name: jug", "Namespace: demo", "Status: Running", "Image: jug:1", "Ready: True",
        ])

    static let service = KubectlThing(
        word: "service", name: "service/tea",
        manifest: """
            apiVersion: v1
            kind: Service
            metadata: {name: tea}
            spec:
              selector: {app: tea}
              ports: [{name: http, port: 80, targetPort: 8080}]
            """,
        edit: ("8080", "9090"), edited: ("{.spec.ports[*].targetPort}", "9090"),
        header: ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"],
        row: ["tea", "ClusterIP", "*", "<none>", "80/TCP"],
        yaml: ["kind: Service", "targetPort: 8080", "type: ClusterIP"],
        description: [
            "Name: tea", "Selector: app=tea", "Port: http 80/TCP", "TargetPort: 8080/TCP",
        ])

    static let autoscaler = KubectlThing(
        word: "hpa", name: "horizontalpodautoscaler.autoscaling/tea",
        manifest: """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: tea}
            spec:
              minReplicas: 2
              maxReplicas: 6
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: tea}
            """,
        edit: ("maxReplicas: 6", "maxReplicas: 7"), edited: ("{.spec.maxReplicas}", "7"),
        header: ["NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"],
        row: ["tea", "Deployment/tea", "*", "2", "6", "0"],
        yaml: ["kind: HorizontalPodAutoscaler", "maxReplicas: 6", "averageUtilization: 80"],
        description: [
            "Name: tea", "Reference: Deployment/tea", "Min replicas: 2", "Max replicas: 6",
            "AbleToScale False FailedGetScale the target was not found",
        ])

    static let virtualService = KubectlThing(
        word: "virtualservice", name: "virtualservice.networking.istio.io/tea",
        manifest: """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: tea}
            spec:
              hosts: [tea]
              http:
              - name: primary
                route:
                - {destination: {host: tea, subset: green}, weight: 90}
                - {destination: {host: tea, subset: black}, weight: 10}
            """,
        edit: (
            "weight: 90}\n    - {destination: {host: tea, subset: black}, weight: 10",
            "weight: 50}\n    - {destination: {host: tea, subset: black}, weight: 50"
        ),
        edited: ("{.spec.http[0].route[*].weight}", "50 50"),
        header: ["NAME", "GATEWAYS", "HOSTS", "AGE"], row: ["tea", "[]", #"["tea"]"#],
        yaml: ["kind: VirtualService", "subset: green", "weight: 90", "weight: 10"],
        description: ["Name: tea", "Kind: VirtualService", "Subset: green", "Weight: 90"])

    static let destinationRule = KubectlThing(
        word: "destinationrule", name: "destinationrule.networking.istio.io/tea",
        manifest: """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: tea}
            spec:
              host: tea
              subsets:
              - {name: green, labels: {kind: green}}
              - {name: black, labels: {kind: black}}
            """,
        edit: ("\n  - {name: black, labels: {kind: black}}", ""),
        edited: ("{.spec.subsets[*].name}", "green"),
        header: ["NAME", "HOST", "AGE"], row: ["tea", "tea"],
        yaml: ["kind: DestinationRule", "host: tea", "- labels:", "kind: black"],
        description: ["Name: tea", "Kind: DestinationRule", "Host: tea", "Name: green"])
}
