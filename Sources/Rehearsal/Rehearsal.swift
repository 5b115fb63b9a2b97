// Rehearsal — plays whole deliveries in the Lab, with whatever can go wrong, and audits each.
//
// Read in this order:
//   Scenario      a flow, a world, what happens when, and which end is right
//   Mishap        what goes wrong once more: a death, faulty calls
//   Stage         plays a scenario: production rooms, unchanged, on a turnable clock
//   Playbill      what came of it: the end, the facts, the cluster's history, the audit
//   Repertoire    the scenarios that every build plays
//   Sweep         every scenario, a death at every effect
//   BadNight      seeds: faults of all kinds, then healing
//
// Imports nearly everything: it stands on top, beside the roof. Nothing in production imports it.
