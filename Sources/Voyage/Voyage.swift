// Voyage — takes one run from its flow to its end.
//
// Read in this order:
//   RunCharter    what a run stands on: the flow, the candidate's objects, what the survey found
//   Departure     flow + cluster -> charter, or a refusal before anything is written
//   RunDriver     remember, believe, act
//   Crew          the door behind which orders are carried out
//   ShipCrew      the crew that knows routes, workloads, tests and gates
//   Expedition    beginning or taking a run: the lease, the epoch, the seals
//   LookMemory    what a process has found well, and in which version
//   TargetLease   at most one process drives a run on a target; Pulse, whether one does
//   RunGuard      the CronJob that ends a run whose holders are all lost
//   UnrememberedHome  the way home for who cannot read the journal
//   UnrememberedEnd   and the rest of that way: marks, subsets and dark routes, but no pods
//   Retention     which runs a journal of limited room keeps
//
// Decides nothing: CanaryEngine does.
