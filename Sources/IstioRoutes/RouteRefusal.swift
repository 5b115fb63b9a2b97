package import Manifests

/// Why we will not touch the routes to a service: said before anything is written.
package struct RouteRefusal: Error, Hashable, Sendable {
    package enum Code: Hashable, Sendable {
        case noSuchVirtualService(present: [String])
        case noSuchRoute(present: [String])
        case leadsElsewhere(service: String)
        case ambiguous(found: [String])
        case partial(left: [String])
        case noRoute(service: String)
        case answersItself(with: String)
        case sumIsNot100(sum: Int)
        case poolTooSmall(foreign: Int)
        case unreadable(part: String)
        case twoDestinations(service: String)
        case foreignVersion(subset: String, version: String)
        case unknownSubset(subset: String)
        case candidateHasTraffic(weight: Int)
        /// The version that is to go has users, and nobody said that they may be moved.
        case inUse(ways: [String])
        /// So it is, and there is no other version for them.
        case lastInUse(ways: [String])
        case differentSubsets(first: String, second: String)
        case mirrored(service: String)
        case notHTTP(protocol: String)
        /// A port without HTTP that no route of the mesh leads.
        case openPort(protocol: String)
        case noSuchConnection(protocol: String, present: [String])
        case severalMeant(present: [String])
        case sameMatch
        case darkWithoutHTTP
        case sameName
        case claimedTwice(host: String, gateway: String, other: String)
        case coveredByWildcard(host: String)
        case ruledTwice(other: String)
        case ruleShadowed(host: String)
        case hidden
        case subsetTaken(subset: String, labels: String)
        case leftOver(run: String)
        case heldByRun(String)
        case darkConflict(field: String)
        /// Another route before ours takes what the dark match means.
        case darkHidden(by: String)
        case nameTaken
        case sameSubset(subset: String)
        case kept(by: Steward)
        /// The route copies its requests already.
        case mirrorTaken
        /// Users cannot be kept there: something of theirs stands where our cookie goes.
        case stickyConflict(field: String)
        /// Routes lead to the service, and to the Service of one version too.
        case mixedHosts(service: String, host: String)
        /// A Service to which users are led as to one version selects pods of several.
        case sharedHost(host: String)
        case foreignHost(host: String)
        /// One version has more than one Service.
        case severalHosts([String])
        /// One version has none.
        case noHost(version: String)
        case subsetOfHost(host: String, subset: String)
        /// A first release is led to the flow's service, and the route leads past it.
        case firstAtHost(host: String, service: String)
        /// Somebody's route leads to a Service that only the version that goes answers.
        case strandedRoute(host: String, version: String, service: String, mayForce: Bool)
        /// Somebody may call such a Service by its own name.
        case strandedService(version: String, service: String, isExposed: Bool, mayForce: Bool)
        /// The cluster serves no VirtualServices, in no version.
        case noIstio
    }

    package let code: Code
    /// The object and the route, as in: VirtualService shop/reviews, http route primary.
    package let place: String

    package init(_ code: Code, at place: String) {
        self.code = code
        self.place = place
    }
}

extension RouteRefusal: CustomStringConvertible {
    /// Where and what, for those who go on all the same.
    package var sentence: String { "\(place): \(code.text.what)" }

    package var description: String {
        let text = code.text
        return """
            routes: \(text.what) (\(text.name))
              where: \(place)
              do:    \(text.remedy)
            """
    }
}
