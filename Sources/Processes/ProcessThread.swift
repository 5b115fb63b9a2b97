internal import Glibc
internal import Timekeeping

/// Starts the one thread of a spawner.
enum ProcessThread {
    /// The thread ends by itself after the inbox is closed.
    ///
    /// If none can be started, the inbox is closed at once.
    static func start(_ inbox: ProcessInbox, executable: String, time: any Timekeeper) {
        let errand = unsafe Unmanaged.passRetained(
            ProcessErrand(inbox: inbox, executable: executable, time: time))
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        defer { unsafe pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let code = unsafe pthread_create(&thread, &attributes, runErrand, errand.toOpaque())
        if code != 0 {
            unsafe errand.release()
            inbox.close()
        }
    }
}

/// What the new thread is given: a class, since it crosses C as a pointer.
private final class ProcessErrand: Sendable {
    let inbox: ProcessInbox
    let executable: String
    let time: any Timekeeper

    init(inbox: ProcessInbox, executable: String, time: any Timekeeper) {
        self.inbox = inbox
        self.executable = executable
        self.time = time
    }
}

private func runErrand(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    let errand = unsafe Unmanaged<ProcessErrand>.fromOpaque(context).takeRetainedValue()
    // Signals are the main thread's; a write to a broken pipe is an error code here.
    var all = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, nil)
    let loop = ProcessLoop(
        inbox: errand.inbox, executable: errand.executable, time: errand.time)
    if var loop {
        loop.run()
    } else {
        errand.inbox.close()
    }
    return nil
}
