// Retelling — a run told again from what the journal kept: as JUnit's XML, and as one page.
//
// Read in this order:
//   RunAccount    what became of a run and of each of its steps, as values
//     Retracing   facts in, account out; nothing that was printed is asked
//     RunAccount+Words   its end in one sentence, and what to do next
//   JUnitText     the account as a CI server reads it
//   RunPage       the account as one file for a browser
//   FactLines     facts in words, one line each
//   Markup        what XML and HTML may hold; PageFrame: what every page of ours looks like
//
// Reads no journal and writes no file: that is the roof's.
