// WorstDay — what a flow does when things go wrong, learned by letting them go wrong in the Lab.
//
// Read in this order:
//   FlowRehearsal    the door: a flow and a world -> RehearsalReport
//   Playground       the world to play in: as a cluster stands (Foresight's Likening), or BareWorld
//   Trial            one thing that goes wrong somewhere; TrialList makes all that there are
//   Script           what tests, gates and the mesh say in a trial; ScriptedCrew says it
//   Detour           leads what the flow calls its gateway and its Prometheus into the Lab
//   TrialResult      what came of one trial
//   Matrix           results, like ones folded; FlawSearch names steps at fault
//   Outlook          whom a bad candidate hurts, and what would hurt fewer: by GateTrials' thin runs
//
// Plays whole deliveries by Rehearsal's Stage: the production rooms unchanged, audited.
// Starts no program, and reaches nothing outside of its own Lab.
