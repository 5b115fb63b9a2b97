// Processes — runs other people's commands, and leaves none of their processes behind.
//
// Between us and each command stands a guard: our own binary, started again as `theseus guard`.
// It is the subreaper of everything that the command starts; when the command ends, its time is
// up, somebody calls it off, or we die (by kill -9 as well: the guard sees our end of a channel
// close), it ends whatever is left below it, sessions of their own or not.
//
// Read in this order:
//   ProcessJob         what is to be run, within which limits
//   ProcessEnd         how it ended, and what of its output is kept
//   ProcessSpawner     the door; the Lab stands in for it
//   ProcessFailure     why it did not run to an end
//   GuardedSpawner     the real one: one thread, one guard a job
//   GuardCommand       the guard's own beginning; its work is C, in CProcess
//   ProcessLoop, GuardedProcess    the thread's work
//   SignalWatch        the other way round: who tells us to end
//   ResultFile         what a program wrote beside its output
//   Descriptor, DescriptorPoll, GuardMessage, GuardedProcess, ProcessThread, SignalWatch,
//   ResultFile         the C handles; the only files that say `unsafe`
//
// Must not know why a command is run, or what its output means.
