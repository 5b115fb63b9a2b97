// Lab — a cluster, a mesh, its users and its Prometheus in memory, on a clock that can be turned.
//
// Read in this order:
//   TurnableWorld   runs async code on one thread in virtual time, the same way every time
//   LabClock        that time, as production rooms see it
//   LabWorld        the door: answers HTTP like curl's other end would
//   LabState        the world as a value: LabCluster and LabMesh
//   LabCluster      Kubernetes: objects, their history, verbs; controllers as timed chores
//   LabMesh         Istio, the users, Prometheus
//   Lifeline        a process that dies at a chosen effect
//   FaultyTransport an API server that says what it must not
//   LabWorldFile    what is in a world at its beginning
//
// Knows nothing of the engine: whatever it proves, it proves through the same doors as reality.
