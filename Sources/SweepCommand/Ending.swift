internal import Glibc

/// Ends the program at once; nothing that it holds needs to be put away.
func exitWith(_ code: Int32) -> Never { exit(code) }
