// FlowFiles — reads the file that a team keeps per service, or says which line is wrong.
//
//   Flow          what a flow says, as a value
//   FlowReader    YAML -> Flow; every fault with file, line, column and a suggestion
//   FlowError     one such fault
//
// Knows no cluster: what stands there is the survey's to find.
