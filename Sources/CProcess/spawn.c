// The parent's side: descriptors that close on exec, and the start of a guard.
#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int theseus_socket_pair(int ends[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0 ? 0 : errno;
}

int theseus_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno; }

int theseus_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 ? 0 : errno;
}

int theseus_process_descriptor(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int theseus_bell(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int theseus_is_file(int descriptor) {
    struct stat found;
    return fstat(descriptor, &found) == 0 && S_ISREG(found.st_mode);
}

void theseus_reap(pid_t pid) {
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
}

// Above everything that is about to be given a fixed number.
static int lift(int descriptor) { return fcntl(descriptor, F_DUPFD_CLOEXEC, 10); }

int theseus_spawn_guard(
    const char *path, int input, int output, int errors, int channel, pid_t *pid) {
    char *arguments[] = {"theseus", "guard", NULL};
    char *environment[] = {NULL};
    int from[4] = {lift(input), lift(output), lift(errors), lift(channel)};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);

    // Where we have no error output ourselves, theirs goes nowhere.
    if (from[2] < 0) {
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        from[2] = lift(nowhere);
        if (nowhere >= 0) close(nowhere);
    }
    int code = from[0] < 0 || from[1] < 0 || from[2] < 0 || from[3] < 0 ? EMFILE : 0;
    if (code == 0 && (code = posix_spawn_file_actions_init(&actions)) == 0) {
        posix_spawn_file_actions_adddup2(&actions, from[0], 0);
        posix_spawn_file_actions_adddup2(&actions, from[1], 1);
        posix_spawn_file_actions_adddup2(&actions, from[2], 2);
        posix_spawn_file_actions_adddup2(&actions, from[3], 3);
        posix_spawn_file_actions_addclosefrom_np(&actions, 4);
        if ((code = posix_spawnattr_init(&attributes)) == 0) {
            posix_spawnattr_setsigmask(&attributes, &none);
            posix_spawnattr_setsigdefault(&attributes, &all);
            posix_spawnattr_setflags(
                &attributes,
                POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
            code = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
            posix_spawnattr_destroy(&attributes);
        }
        posix_spawn_file_actions_destroy(&actions);
    }
    for (int i = 0; i < 4; i++) {
        if (from[i] >= 0) close(from[i]);
    }
    return code;
}
