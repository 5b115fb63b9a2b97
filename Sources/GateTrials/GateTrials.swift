// GateTrials — how often gates are wrong, and what that costs, by simulation.
//
// Read in this order:
//   TrialTraffic    users' requests at both versions, look by look
//   TrialRule       who judges them: our sequential gate, and the rules of others
//   TrialScenario   which versions, how many requests, for how long
//   TrialOutcome    what came of many runs of one rule
//   Frontier        all settings of the others, where none may err more often than ours
//   ThinPlan        the shares, bakes and gates of a plan; ThinRun: one delivery of it, by its numbers
//   BlastRadius     many of them: whom a bad candidate hurts before it is noticed
//   EvidencePage    docs/EVIDENCE.md, which `theseus-sweep --evidence` prints
//
// The sequential gate is the one of MetricsGate itself. The rules of others are written after what
// they are documented to do, in few lines; what they can be set to, the page says. Everything comes
// from seeds: the page is the same on every machine.
