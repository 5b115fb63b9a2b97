// Rehearsal — plays whole deliveries in the Lab, with whatever can go wrong, and audits each.
//
// Read in this order:
//   Scenario        a flow, a world, what happens when, and which ends are right
//   Repertoire      the scenarios that every build plays; DemoFlow and DemoVariations for them
//   Mishap          what goes wrong once more: deaths, kills, faulty calls and journals
//   Stage           plays a scenario: production rooms, unchanged, on a turnable clock
//     Theatre       what outlives the processes: world, clock, journal; Prompter: what happens when
//     Troupe        the processes, and who else acts meanwhile
//   Playbill        what came of it: the end, the facts, the cluster's history, the audit
//   Sweep           every scenario, a death at every effect; CallSweep: every outcome of a call
//   BadNight        seeds: faults of all kinds, then healing
//   MustFail        faults put back (Sabotage), which the net must catch
//   SequenceDiagram a delivery as text
//
// Imports nearly everything: it stands on top, beside the roof. Of production only WorstDay imports it,
// to play somebody's own flow (`theseus rehearse`).
