extension RouteRefusal.Code {
    typealias Text = (name: String, what: String, remedy: String)

    /// The refusal's name, what is wrong, and what to do.
    var text: Text {
        switch self {
        case .noSuchVirtualService, .noSuchRoute, .leadsElsewhere, .ambiguous, .partial, .noRoute:
            namingText
        case .notHTTP, .openPort, .noSuchConnection, .severalMeant, .sameMatch,
            .darkWithoutHTTP:
            connectionText
        case .answersItself, .sumIsNot100, .poolTooSmall, .unreadable, .twoDestinations,
            .foreignVersion, .unknownSubset, .candidateHasTraffic, .differentSubsets,
            .inUse, .lastInUse:
            destinationText
        case .mirrored, .sameName, .claimedTwice, .coveredByWildcard,
            .leftOver, .heldByRun, .darkConflict, .darkHidden, .nameTaken, .kept, .noIstio,
            .mirrorTaken, .stickyConflict:
            routeText
        case .ruledTwice, .ruleShadowed, .hidden, .subsetTaken, .sameSubset:
            ruleText
        case .mixedHosts, .sharedHost, .foreignHost, .severalHosts, .noHost, .firstAtHost,
            .subsetOfHost:
            hostText
        case .strandedRoute, .strandedService:
            strandedText
        }
    }

    private var namingText: Text {
        switch self {
        case .noSuchVirtualService(let present):
            (
                "no-such-virtual-service", "there is no VirtualService of that name",
                "name one of: \(listed(present))"
            )
        case .noSuchRoute(let present):
            (
                "no-such-route", "there is no http route of that name",
                "name one of: \(listed(present))"
            )
        case .leadsElsewhere(let service):
            (
                "leads-elsewhere", "the named route does not lead to \(service)",
                "name a route that has \(service) among its destinations"
            )
        case .ambiguous(let found):
            (
                "ambiguous", "several routes lead to the service and none was named",
                "name them all under 'routes': \(listed(found))"
            )
        case .partial(let left):
            (
                "partial", "routes to the service were left out of 'routes'",
                "name these too, or the candidate is not dark on them: \(listed(left))"
            )
        case .noRoute(let service):
            (
                "no-route", "the host is claimed, but no route leads to \(service)",
                "add an http route with the destination \(service)"
            )
        default: unnamed
        }
    }

    private var destinationText: Text {
        switch self {
        case .answersItself(let field):
            (
                "answers-itself", "the route answers by itself (\(field)) and leads to no version",
                "name a route that has destinations"
            )
        case .sumIsNot100(let sum):
            (
                "sum-is-not-100", "the weights sum to \(sum)",
                "give the destinations weights that sum to 100"
            )
        case .poolTooSmall(let foreign):
            (
                "pool-too-small", "other destinations have \(foreign) of 100",
                "leave at least 2 to the service, one for each version"
            )
        case .unreadable(let part):
            (
                "unreadable", "\(part) is not of a form that theseus understands",
                "check it with 'istioctl analyze', or leave this service out"
            )
        case .twoDestinations(let service):
            (
                "two-destinations", "\(service) stands more than once among the destinations",
                "leave one destination for \(service); theseus divides its weight"
            )
        case .foreignVersion(let subset, let version):
            (
                "foreign-version", "subset \(subset) leads to a third version (\(version))",
                "take that destination away, or finish the release it belongs to"
            )
        case .unknownSubset(let subset):
            (
                "unknown-subset", "no DestinationRule has the subset \(subset)",
                "add the subset, or take its name off the route"
            )
        case .candidateHasTraffic(let weight):
            (
                "candidate-has-traffic", "the candidate's version already has weight \(weight)",
                "set its weight to 0, or finish the release that gave it traffic"
            )
        case .inUse(let ways):
            (
                "in-use", "users are led to this version: \(listed(ways))",
                "take its weight away first, or say --force: the version that stays gets them"
            )
        case .lastInUse(let ways):
            (
                "last-in-use",
                "it is the last version that has traffic, and nobody else would answer:"
                    + " \(listed(ways))",
                "deploy another version first, or say --force: then users get errors"
            )
        case .differentSubsets(let first, let second):
            (
                "different-subsets", "one version is called \(first) here and \(second) there",
                "use one subset for stable on all routes"
            )
        default: unnamed
        }
    }

    private var connectionText: Text {
        switch self {
        case .notHTTP(let name):
            (
                "not-http", "the service is reached by \(name), which no mesh divides",
                "release this service by other means"
            )
        case .openPort(let name):
            (
                "open-port", "connections to this \(name) port meet every version",
                "lead the port by a \(["TLS", "HTTPS"].contains(name) ? "tls" : "tcp") route of a"
                    + " VirtualService on the mesh, for every client"
            )
        case .noSuchConnection(let list, let present):
            (
                "no-such-connection", "there is no \(list) route that matches this",
                "name one of: \(listed(present))"
            )
        case .severalMeant(let present):
            (
                "several-meant", "several routes match this",
                "name port and SNI hosts of one of: \(listed(present))"
            )
        case .sameMatch:
            (
                "same-match", "two routes to the service match the same ports and SNI hosts",
                "merge the two"
            )
        case .darkWithoutHTTP:
            (
                "dark-without-http", "a dark match can stand on no TLS or TCP route",
                "name the TLS and TCP routes under 'routes', and leave 'dark' and the step 'route'"
                    + " out: the first weight is the first look"
            )
        default: unnamed
        }
    }

    private var routeText: Text {
        switch self {
        case .mirrored(let service):
            (
                "mirrored", "requests are mirrored to \(service)",
                "take the mirror away for the time of the release"
            )
        case .sameName:
            (
                "same-name", "two http routes have this name",
                "give each route a name of its own"
            )
        case .claimedTwice(let host, let gateway, let other):
            (
                "claimed-twice", "\(host) on \(gateway) is claimed by \(other) too",
                "merge the two, or give them different hosts or gateways"
            )
        case .coveredByWildcard(let host):
            (
                "covered-by-wildcard", "the service has its routes from the wildcard \(host)",
                "give the service a VirtualService of its own"
            )
        case .leftOver(let run):
            (
                "left-over", "a dark route of another run (\(run)) is still there",
                "end that run, or delete the route"
            )
        case .heldByRun(let run):
            (
                "held-by-run", "run \(run) moves these routes",
                "wait for it, or 'theseus abort \(run)'"
            )
        case .darkConflict(let field):
            (
                "dark-conflict", "the dark match and the route's own match differ in '\(field)'",
                "leave '\(field)' out of the dark match"
            )
        case .darkHidden(let other):
            (
                "dark-hidden", "http route \(other) before it takes the requests of the dark match",
                "choose another dark match, or put that route behind this one"
            )
        case .nameTaken:
            (
                "name-taken", "theseus must create this object, but the name is taken",
                "rename the object, or let it claim the service's host"
            )
        case .mirrorTaken:
            (
                "mirror-taken", "the route copies its requests to somebody already",
                "leave the step 'mirror' out, or write the route's copies as 'mirrors'"
            )
        case .stickyConflict(let field):
            (
                "sticky-conflict", "users cannot be kept here: '\(field)' is in the way",
                "leave the step 'sticky' out, or take '\(field)' off the route"
            )
        case .noIstio:
            (
                "no-istio", "the cluster serves no VirtualServices",
                "install Istio there, or choose the cluster that has it"
            )
        case .kept(let steward):
            (
                "kept", "\(steward) keeps this object as its source has it",
                "say 'gitops: keep' in the flow, and let that tool ignore the weights"
            )
        default: unnamed
        }
    }

    private var ruleText: Text {
        switch self {
        case .ruledTwice(let other):
            (
                "ruled-twice", "\(other) rules the same host",
                "merge the two DestinationRules"
            )
        case .ruleShadowed(let host):
            (
                "rule-shadowed",
                "clients of this namespace do not see the service's subsets (\(host))",
                "move the rule into the service's namespace, or narrow its host"
            )
        case .hidden:
            (
                "hidden", "the object is not in effect for all clients",
                "export it to all namespaces, and take its workloadSelector away"
            )
        case .subsetTaken(let subset, let labels):
            (
                "subset-taken", "subset \(subset) exists with other labels (\(labels))",
                "rename that subset, or correct its labels"
            )
        case .sameSubset(let subset):
            (
                "same-subset", "both versions would have the subset name \(subset)",
                "give the candidate a version label that differs in letters or digits"
            )
        default: unnamed
        }
    }

    private var hostText: Text {
        switch self {
        case .mixedHosts(let service, let host):
            (
                "mixed-hosts",
                "users are led to \(service) here, and elsewhere to \(host), the Service of one"
                    + " version",
                "lead all routes to \(service), or all to the Services of the versions"
            )
        case .sharedHost(let host):
            (
                "shared-host",
                "users are led to the Service \(host), which selects pods of several versions",
                "let its selector name one version's pods alone, or lead the route to the flow's"
                    + " service"
            )
        case .foreignHost(let host):
            (
                "foreign-host", "the Service \(host) leads to a third version",
                "take that destination away, or finish the release it belongs to"
            )
        case .severalHosts(let hosts):
            (
                "several-hosts", "one version has several Services: \(listed(hosts))",
                "lead all routes to one Service for each version"
            )
        case .noHost(let version):
            (
                "no-host",
                "the routes lead to a Service of one version, and none selects the pods of"
                    + " \(version) alone",
                "add a Service whose selector names that version; the candidate's may stand in the"
                    + " manifest"
            )
        case .firstAtHost(let host, let service):
            (
                "first-at-host",
                "the route leads to \(host), the Service of the first version, past \(service): nobody"
                    + " could be kept from it while it is dark",
                "lead the route to \(service) for the first release; lead it to \(host) afterwards,"
                    + " and let the next version bring a Service of its own"
            )
        case .subsetOfHost(let host, let subset):
            (
                "subset-of-host", "the route leads to a subset (\(subset)) of \(host)",
                "take the subset's name off: the Service has one version's pods alone"
            )
        default: unnamed
        }
    }

    private var strandedText: Text {
        switch self {
        case .strandedRoute(let host, let version, let service, let mayForce):
            (
                "stranded-route",
                "the route leads to the Service \(host), which only pods of \(version) answer: its"
                    + " users lose it when that version goes",
                "lead it to \(service), and name it under 'routes'\(mayForce ? Self.force : "")"
            )
        case .strandedService(let version, let service, let isExposed, let mayForce):
            (
                "stranded-service",
                "only pods of \(version) answer this Service: whoever calls it loses it when that"
                    + " version goes",
                (isExposed
                    ? "let those outside come to \(service) by a gateway, and take its type"
                        + " \"ClusterIP\""
                    : "lead its host to \(service) by a VirtualService of the mesh")
                    + "; where nobody calls it, delete it or annotate it"
                    + " service.theseus.dev/goes-with-version=true\(mayForce ? Self.force : "")"
            )
        default: unnamed
        }
    }

    private static let force = "; or say --force: then they get errors"

    /// Never shown: every code is in exactly one of the groups above, and a test walks them all.
    private var unnamed: Text { ("unnamed", "", "") }

    private func listed(_ names: [String]) -> String {
        names.isEmpty ? "(none)" : names.joined(separator: ", ")
    }
}
