import CanaryEngine
import JSONTree
import Manifests
import YAML

@testable import IstioRoutes

/// Objects written as YAML, as one would see them in a cluster.
struct RouteScene {
    var virtualServices: [KubernetesObject] = []
    var rules: [KubernetesObject] = []
    var service: KubernetesObject?

    /// Documents of any kind; the namespace is `shop` where none is written.
    init(_ yaml: String) throws {
        for document in try YAMLReader.documents(of: yaml) {
            var object = KubernetesObject(document.tree)
            if object.namespace.isEmpty {
                object.tree.set("shop", at: "metadata", "namespace")
            }
            switch object.kind {
            case "VirtualService": virtualServices.append(object)
            case "DestinationRule": rules.append(object)
            default: service = object
            }
        }
    }

    var world: RouteWorld {
        RouteWorld(virtualServices: virtualServices, rules: rules, service: service)
    }

    func survey(_ scope: RouteScope = .reviews) throws(RouteRefusal) -> RouteSurvey {
        try RouteSurvey(of: world, for: scope)
    }

    /// The one VirtualService, pinned for the run, and the edit that its record asks for.
    func pinned(_ scope: RouteScope = .reviews) throws -> (KubernetesObject, RouteEdit) {
        let survey = try survey(scope)
        guard let object = virtualServices.first, let reference = survey.virtualServices.first
        else { throw RouteRefusal(.noRoute(service: scope.service), at: "the scene") }
        let edit = RouteEdit(survey.record(of: reference, run: scope.run))
        return (edit.pinned(object), edit)
    }
}

extension RouteScope {
    static let reviews = RouteScope(
        namespace: "shop", service: "reviews", stableVersion: "v1", candidateVersion: "v2",
        dark: [["headers": ["cookie": ["exact": "user=jason"]]]], run: "r1")

    func naming(_ routes: RouteName...) -> RouteScope {
        var scope = self
        scope.routes = routes
        return scope
    }

    func withoutDark() -> RouteScope {
        var scope = self
        scope.dark = []
        return scope
    }

    /// Each version has a Service.
    func byHosts() -> RouteScope {
        var scope = self
        scope.versionHosts = VersionHosts(stable: "reviews-v1", candidate: "reviews-v2")
        return scope
    }

    func firstRelease() -> RouteScope {
        var scope = self
        scope.stableVersion = nil
        return scope
    }
}

func tree(_ yaml: String) throws -> JSONTree {
    guard let document = try YAMLReader.documents(of: yaml).first else { return .null }
    return document.tree
}

/// A percentage that a test knows to be one.
func percent(_ percent: Int) -> TrafficWeight { TrafficWeight(percent: percent) ?? .none }
