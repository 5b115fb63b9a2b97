// Auditor — checks the promises from the outside: the cluster's stored versions and the journal.
//
//   StoredObject   one version of one object, as the cluster kept it
//   Evidence       everything that an audit may look at
//   Cast           who plays which part: stable, candidate, the service
//   AuditedWorld   what the promises speak of, at one moment of the history; RouteTable: its routes
//   LogIndex       the journal, as the promises ask it
//   Audit          one check per promise, a chapter a file; each says what it found, in words
//
// Never sees the engine's state but where the journal stored it, and trusts nobody's word.
