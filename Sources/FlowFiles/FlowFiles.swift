// FlowFiles — reads the file that a team keeps per service, or says which line is wrong.
//
// Read in this order:
//   Flow              what a flow says, as a value
//   FlowReader        the door: a file -> Flow; and the same again from what a run remembers
//   FlowError         what is wrong with one, where, and what to do
//   FlowKeys          every key that a flow may have, and what may stand behind it
//   FlowShape         the kinds of values, in words
//   FlowExplanation   what a key is for, from the table
//   FlowSchema        the table as a JSON Schema
//   FlowDocument      a file with its template and its parameters
//   FlowParameters    what parameters may be, and are
//   AdjustedSteps     the steps of a template, with what the flow changes in them
//   FlowSubstitution  ${name}
//   ShapeCheck        a file against the keys
//   FlowReading       what is there -> Flow; finds what does not go together
//   StepOrder         which steps can follow which
//   ManifestReading   the candidate's objects
//   FlowTemplates     the templates that every theseus has; `flows/` holds the same
//   FlowExamination   every fault of a flow, or what to think over
//   Lint/             what is right in a flow, and unwise
//
// Every fault is found; where a run is to begin, the first in the order of the file is told.
// Knows no cluster: what stands there is the survey's to find.
