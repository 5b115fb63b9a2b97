/// Why there is no plan, or why one is not carried out: what, where, what to do.
package struct ForesightError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// An object of the cluster that the Lab cannot stand in for.
        case unlike(String)
        /// Even where all goes well the flow does not promote.
        case badDay(String)
        /// The day led to ever more objects of the cluster.
        case endless
        /// A file that is no plan.
        case noPlan(String)
        /// What a plan stands on is not what it was.
        case changed([String])
        case otherVersion(made: String, here: String)
        case otherCluster(String)
    }

    package let code: Code
    package let place: String

    package init(_ code: Code, place: String) {
        self.code = code
        self.place = place
    }

    private var what: String {
        switch code {
        case .unlike(let why): "this object cannot be played in the lab: \(why)"
        case .badDay(let why): "even on a good day this flow is not promoted: \(why)"
        case .endless: "the plan asks for ever more of the cluster"
        case .noPlan(let why): "this is no plan: \(why)"
        case .changed(let things):
            "what it stands on has changed: \(things.joined(separator: ", "))"
        case .otherVersion(let made, let here):
            "it was made by theseus \(made), and this is \(here)"
        case .otherCluster(let made): "it was made for \(made)"
        }
    }

    private var remedy: String {
        switch code {
        case .unlike: "deploy without a plan, and tell us of the object"
        case .badDay: "mend the flow, or what the sentence names"
        case .endless: "deploy without a plan, and tell us of the flow"
        case .noPlan: "give the file that `theseus plan FLOW --out FILE` wrote"
        case .changed, .otherVersion: "look at what `theseus plan` says now, and keep it with --out"
        case .otherCluster: "give --cluster or --kubeconfig the one that it was made for"
        }
    }

    package var description: String {
        """
        plan: \(what)
          where: \(place)
          do:    \(remedy)
        """
    }
}
