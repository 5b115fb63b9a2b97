// Lab — a cluster, a mesh, its users and its Prometheus in memory, on a clock that can be turned.
//
// Read in this order:
//   TurnableWorld    runs async code on one thread in virtual time, the same way every time
//   LabClock         that time, as production rooms see it
//   LabWorld         the door: answers HTTP like curl's other end would; LabFront: over sockets
//   LabState         the world as a value: LabCluster and LabMesh; LabKnobs turn it from outside
//   LabCluster       Kubernetes: objects and their history
//     LabCall, LabVerbs, LabSettling   one request, what it does, the last steps of every write
//     LabPatch, LabApply, LabOwnership, LabDefaults, LabAdmission   what a write goes through
//     LabProtobuf, LabProtobufSchema      how some clients send objects
//     LabWatch, LabTable, LabDiscovery, LabSchema                   what readers are given
//     LabControllers, …Control, PodLife   what happens by itself, as chores of LabAgenda
//     LabEvents, LabHappenings            what `kubectl describe` tells of it
//     LabDenial                           what the caller may not do
//     LabMeddling                         what people and GitOps tools do meanwhile
//   LabMesh          Istio, the users, Prometheus
//   Lifeline         a process that dies, or stands still, at a chosen effect; MortalDoors
//   FaultyTransport  an API server that says what it must not
//   LabWorldFile     what is in a world at its beginning; DemoWorld is the usual one
//
// Knows nothing of the engine: whatever it proves, it proves through the same doors as reality.
