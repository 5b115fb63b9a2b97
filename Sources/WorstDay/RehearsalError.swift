/// Why a flow cannot be rehearsed: what, where, what to do.
package struct RehearsalError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case noDeployment
        /// The template has no label but the version's, so no Service could select both versions.
        case noLabels
        /// The deploy itself is refused, before anything is written.
        case refused(String)
        case noTrial(String)
        /// Nobody says which cluster; in words.
        case noCluster(String)
    }

    package let code: Code
    package let place: String

    package init(_ code: Code, place: String) {
        self.code = code
        self.place = place
    }

    private var what: String {
        switch code {
        case .noDeployment: "the manifest has no Deployment to play"
        case .noLabels: "its pods have no label but the version's, so no Service can select both"
        case .refused(let why): "a deploy would be refused before it writes: \(why)"
        case .noTrial(let id): "this flow has no play \(id)"
        case .noCluster(let why): why
        }
    }

    private var remedy: String {
        switch code {
        case .noDeployment: "give a manifest with the candidate's Deployment"
        case .noLabels: "add a label that both versions share, such as app"
        case .refused: "mend what the sentence names; `theseus plan FLOW` says the same"
        case .noTrial: "take one from `theseus rehearse FLOW --output json`"
        case .noCluster:
            "give --kubeconfig FILE, or --without-cluster to play the flow's files alone"
        }
    }

    package var description: String {
        """
        rehearse: \(what)
          where: \(place)
          do:    \(remedy)
        """
    }
}
