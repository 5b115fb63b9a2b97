// Auditor — checks the promises from the outside: the cluster's stored versions and the journal.
//
//   StoredObject   one version of one object, as the cluster kept it
//   Evidence       everything that an audit may look at
//   Audit          one check per promise; each says what it found, in words
//
// Never sees the engine's state but where the journal stored it, and trusts nobody's word.
