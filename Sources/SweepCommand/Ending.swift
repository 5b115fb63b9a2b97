internal import Glibc

/// Ends the program at once; nothing that it holds needs to be put away.
func exitWith(_ code: Int32) -> Never { exit(code) }

/// Seconds that all threads of this process have run for; unlike time, the same on a busy machine.
func processorSeconds() -> Double { Double(clock()) / 1e6 }
