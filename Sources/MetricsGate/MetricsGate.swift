// MetricsGate — asks Prometheus about users' requests, and judges. It fails closed.
//
// Read in this order:
//   GateSpec          what a team asks: a question, bounds, and how many samples it takes
//   GateRule          how it is judged: by bounds, by stable, look after look, by the error budget
//   DistributionRule  several metrics at once, each compared with stable's
//   GateScope         which service, which two versions, how often Prometheus scrapes
//   GateWindow        since when the weight is in effect, and what our own tests sent meanwhile
//   QueryText         every query that this room writes by itself
//   UsersRequests     requests of users: all of them less those of our own tests
//   MetricsJudge      a gate's verdict; Finding and its neighbours make it of the numbers
//   VerdictMemory     so many failures of the last few; how long a source may err
//   OtherSources      what is asked elsewhere than at Prometheus
//   SourceCheck       can the sources be asked at all? asked before a run begins
//   GateOutlook       how long a gate will need, told beforehand; UsersLoad: of how many users
//   ShareObserver     does the mesh show the weight that was written?
//   LeakCheck         does anybody reach a candidate that ought to be dark?
//
// What it cannot do: a free query (`prometheus: {query}`) is judged as it is, own requests
// included, since nothing can be taken out of somebody else's text; only its number of samples is
// cleaned. The built-in question `errorRatio` is cleaned altogether.
//
// The numbers themselves come from MetricsSources. Knows no Kubernetes, no weights and no steps;
// nothing here decides what a verdict leads to.

/// The service that is judged, and the two versions of it.
package struct GateScope: Hashable, Sendable {
    /// One version, as the mesh's metrics name it.
    package struct Version: Hashable, Sendable {
        /// The value of the version label.
        package var label: String
        /// The Deployment's name.
        package var workload: String

        package init(label: String, workload: String) {
            self.label = label
            self.workload = workload
        }
    }

    /// By which label of the metrics the versions are told apart.
    package enum Mark: String, Hashable, Sendable {
        case version = "destination_version"
        /// For flows whose version label is not one that Istio copies into its metrics.
        case workload = "destination_workload"
    }

    package var namespace: String
    package var service: String
    /// The Services of the versions, where each has one: requests come by these, too.
    package var versionServices: [String]
    package var stable: Version
    package var candidate: Version
    package var mark: Mark
    /// How often Prometheus scrapes; what happened later than that may not be counted yet.
    package var scrape: Duration

    package init(
        namespace: String, service: String, versionServices: [String] = [], stable: Version,
        candidate: Version,
        mark: Mark = .version, scrape: Duration = .seconds(15)
    ) {
        self.namespace = namespace
        self.service = service
        self.versionServices = versionServices
        self.stable = stable
        self.candidate = candidate
        self.mark = mark
        self.scrape = scrape
    }

    /// The same question about that version: `${candidate}` stands for it, `${stable}` for the other.
    func asking(about version: Version) -> GateScope {
        guard version == stable else { return self }
        var other = self
        other.candidate = stable
        other.stable = candidate
        return other
    }

    /// What the metrics call that version.
    func name(of version: Version) -> String {
        switch mark {
        case .version: version.label
        case .workload: version.workload
        }
    }
}
