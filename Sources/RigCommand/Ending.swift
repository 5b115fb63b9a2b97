internal import Glibc

/// Ends the program at once; nothing that it holds needs to be put away.
func exitWith(_ code: Int32) -> Never {
    fflush(nil)
    // Not `exit`: that takes OpenSSL from under threads which may still be speaking.
    _exit(code)
}

/// Lines are wanted as they come, also by a pipe.
func say(_ line: String) {
    print(line)
    fflush(nil)
}
