// RealRig — the parts that the Lab plays, in earnest: etcd, kube-apiserver, Envoy, Prometheus.
//
// Everything listens on loopback and dies with us. What a whole cluster has besides is played by
// small actors of ours over the same API that everybody uses: a node, an autoscaler, an istiod,
// users. The stories are told with the real binary.
//
//   RigFolder          the folder of one rig; RigProcess: a program that runs beside us
//   RigParts, RigPorts which programs, and where they listen
//   ControlPlane       etcd, API server and controllers; RigCluster: calls that only a node makes
//   ClusterMirror      every version of every object, as the watches tell it
//   NodeAgent          gives pods a place and a real server (PodServer, PodBehaviour, PodReport)
//   ScalingActor       plays the autoscaler
//   MeshTables         routes, streams and endpoints as Envoy has them; MeshWriter hands them to it
//   AccessLog          what Envoy did, as Istio's metrics; MetricsExporter serves them
//   UserLoad           people who count what they lose
//   FaultProxy         stands between the binary and the API server, and errs by a seed
//   StickyUsers        people who keep their cookies
//   StoryStage         one namespace with a service in it; StageMachine, StageJournal: from where
//                      and into what somebody delivers there
//   Story, Stories     what must hold; Machines, Wirings and Meddlers hold the more particular ones
//   Rig                brings all of it up, around a piece of work
//
// Must not know the rooms that it tries: only the binary, the journal's format and the auditor.

/// Why the rig cannot stand, or a story cannot be told.
package struct RigError: Error, Hashable, Sendable, CustomStringConvertible {
    package let what: String
    package let place: String
    package let remedy: String

    package init(_ what: String, place: String, remedy: String) {
        self.what = what
        self.place = place
        self.remedy = remedy
    }

    package var description: String {
        """
        rig: \(what)
          where: \(place)
          do:    \(remedy)
        """
    }
}
