// CanaryEngine — decides. It never does.
//
// A run is a value (`RunState`) that hears one fact after the other and says which orders are in
// force. Carrying them out is the work of the rooms above: the engine knows none of them.
//
// Read in this order:
//   RunPlan      the steps that somebody asked for
//   Legs         what each step, the way home and the closing consist of
//   Fact         what can have happened; Order: what must now be done; Wish: what people ask
//   RunState     where one run stands
//   RunState+Hearing   the whole table of transitions
//   RunState+Orders    which orders are in force where
//
// Imports nothing but the standard library. Pure and total: no clock, no dice, no I/O, no order
// of a Dictionary, nothing thrown, no trap. Time enters with the facts.
