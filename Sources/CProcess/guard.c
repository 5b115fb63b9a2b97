// The guard: one small process between us and one command. It is the subreaper of everything
// that the command starts, holds one end of a channel to us, and ends only when nothing is left
// below it: after the command's end, at its time limit, when told to, or when we are gone.
//
// Written in C since it forks: between fork and exec only what may be called there is called.
#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST = 65536,        // descendants looked at in one round
    KILL_ROUND = 20,     // milliseconds between two rounds of killing
    LOOK_ROUND = 100,    // milliseconds between two looks at what is used
    PATIENCE = 2000,     // after so long the report goes out, though something will not die
    LARGEST_JOB = 1 << 22,
};

struct guard {
    int channel; // -1: the other side is gone, or was told everything
    int signals;
    pid_t command;
    int has_ended;
    struct theseus_guard_report report;
    int64_t deadline;
    int64_t grace;
    int64_t memory;
    int64_t processor_time;
};

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

// Never overflows: a limit may be as long as anybody likes.
static int64_t later(int64_t milliseconds) {
    int64_t sum;
    return __builtin_add_overflow(now(), milliseconds, &sum) ? INT64_MAX : sum;
}

static int read_all(int file, void *space, size_t count) {
    for (char *next = space; count > 0;) {
        ssize_t got = read(file, next, count);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return -1;
        next += got;
        count -= (size_t)got;
    }
    return 0;
}

static void say(struct guard *guard, int32_t kind, int32_t value) {
    if (guard->channel < 0) return;
    struct theseus_guard_report report = guard->report;
    report.kind = kind;
    report.value = value;
    if (send(guard->channel, &report, sizeof report, MSG_NOSIGNAL) != sizeof report) {
        close(guard->channel);
        guard->channel = -1;
    }
}

// Splits the texts; gives NULL if there are fewer than said.
static char **texts(char **next, char *end, uint32_t count) {
    char **list = calloc(count + 1, sizeof *list);
    for (uint32_t i = 0; list && i < count; i++) {
        char *nul = memchr(*next, 0, (size_t)(end - *next));
        if (!nul) return NULL;
        list[i] = *next;
        *next = nul + 1;
    }
    return list;
}

struct start_failure {
    int32_t kind;
    int32_t number;
};

// Becomes the command, found by the PATH that it is given; or says why not. Unlike execvp it
// never asks a shell what to make of a file that is no program.
static int execute(char **arguments, char **variables) {
    const char *name = arguments[0], *path = "/usr/bin:/bin";
    if (strchr(name, '/')) {
        execve(name, arguments, variables);
        return errno;
    }
    for (char **one = variables; *one; one++) {
        if (strncmp(*one, "PATH=", 5) == 0) path = *one + 5;
    }
    int number = ENOENT;
    for (const char *end; *path; path = *end ? end + 1 : end) {
        static char file[4096];
        end = strchrnul(path, ':');
        size_t folder = (size_t)(end - path);
        if (folder == 0 || folder + strlen(name) + 2 > sizeof file) continue;
        memcpy(file, path, folder);
        file[folder] = '/';
        strcpy(file + folder + 1, name);
        execve(file, arguments, variables);
        if (errno != ENOENT && errno != ENOTDIR) number = errno;
    }
    return number;
}

// In the child: becomes the command, or says over `answer` why not.
static void become(
    const char *folder, char **arguments, char **variables, int answer, pid_t guard) {
    struct start_failure failure = {THESEUS_GUARD_NO_FOLDER, 0};
    struct rlimit none = {0, 0};
    sigset_t empty;
    sigemptyset(&empty);
    sigprocmask(SIG_SETMASK, &empty, NULL);
    setsid();
    setrlimit(RLIMIT_CORE, &none);
    // Where the machine runs out of memory, tests go first.
    int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score >= 0) {
        if (write(score, "1000", 4) < 0) {}
        close(score);
    }
    // Should the guard itself be killed, at least the command goes with it.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != guard) _exit(127);
    if (folder[0] == 0 || chdir(folder) == 0) {
        failure.kind = THESEUS_GUARD_NO_COMMAND;
        failure.number = execute(arguments, variables);
    } else {
        failure.number = errno;
    }
    while (write(answer, &failure, sizeof failure) < 0 && errno == EINTR) {}
    _exit(127);
}

static int start(struct guard *guard, const char *folder, char **arguments, char **variables) {
    int answer[2];
    pid_t self = getpid();
    if (pipe2(answer, O_CLOEXEC) != 0) return say(guard, THESEUS_GUARD_NO_PROCESS, errno), -1;
    pid_t child = fork();
    if (child == 0) become(folder, arguments, variables, answer[1], self);
    int number = errno;
    close(answer[1]);
    if (child < 0) return say(guard, THESEUS_GUARD_NO_PROCESS, number), -1;
    struct start_failure failure;
    if (read_all(answer[0], &failure, sizeof failure) == 0) {
        theseus_reap(child);
        return say(guard, failure.kind, failure.number), -1;
    }
    close(answer[0]);
    guard->command = child;
    say(guard, THESEUS_GUARD_STARTED, child);
    return 0;
}

// Takes away all children that have ended. 0: there is none left, ended or not.
static int reap(struct guard *guard) {
    for (;;) {
        int status;
        pid_t child = waitpid(-1, &status, WNOHANG);
        if (child < 0 && errno == EINTR) continue;
        if (child < 0) return 0;
        if (child == 0) return 1;
        if (child != guard->command) continue;
        guard->has_ended = 1;
        int by_signal = WIFSIGNALED(status);
        guard->report.kind = by_signal ? THESEUS_GUARD_SIGNALLED : THESEUS_GUARD_EXITED;
        guard->report.value = by_signal ? WTERMSIG(status) : WEXITSTATUS(status);
    }
}

// Sends to everything below us. Only we and its parents can take an ended process away, and
// `pidfd` pins the one that we looked at: a number that was given anew is not hit.
static int send_all(int signal) {
    static pid_t found[MOST], again[MOST];
    static int pins[MOST];
    int count = theseus_descendants(getpid(), found, MOST);
    for (int i = 0; i < count; i++) pins[i] = theseus_process_descriptor(found[i]);
    int still = theseus_descendants(getpid(), again, MOST);
    for (int i = 0; i < count; i++) {
        int is_ours = 0;
        for (int j = 0; j < still && !is_ours; j++) is_ours = again[j] == found[i];
        if (pins[i] < 0) {
            // Too many for our descriptors: by number, then.
            if (is_ours && errno != ESRCH) kill(found[i], signal);
            continue;
        }
        if (is_ours) syscall(SYS_pidfd_send_signal, pins[i], signal, NULL, 0);
        close(pins[i]);
    }
    return count;
}

// Waits until something happened or `until`; 0: the time has come.
// `asked` becomes 1 if we are told to end, or our parent is gone.
static int wait_until(struct guard *guard, int64_t until, int *asked) {
    struct pollfd ready[2] = {
        {.fd = guard->signals, .events = POLLIN}, {.fd = guard->channel, .events = POLLIN}};
    int64_t left = until - now();
    if (left <= 0) return 0;
    int limit = left > 60000 ? 60000 : (int)left;
    if (poll(ready, 2, limit) < 0) return 1;
    if (ready[0].revents) {
        struct signalfd_siginfo heard;
        while (read(guard->signals, &heard, sizeof heard) == sizeof heard) {
            if (heard.ssi_signo != SIGCHLD) *asked = 1;
        }
    }
    if (guard->channel >= 0 && ready[1].revents) {
        char byte;
        ssize_t got = recv(guard->channel, &byte, 1, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            close(guard->channel);
            guard->channel = -1;
        }
        if (got >= 0 || guard->channel < 0) *asked = 1;
    }
    return 1;
}

// Which limit everything below us is over, together; 0: none.
static int over(struct guard *guard) {
    static pid_t found[MOST];
    int64_t memory = 0, time = 0, one, other;
    // Of those whom we took away ourselves the time is in our own account.
    if (theseus_usage(getpid(), &one, &other) == 0) time = other;
    int count = theseus_descendants(getpid(), found, MOST);
    for (int i = 0; i < count; i++) {
        if (theseus_usage(found[i], &one, &other) != 0) continue;
        memory += one;
        time += other;
    }
    if (guard->memory > 0 && memory > guard->memory) return THESEUS_LIMIT_MEMORY;
    if (guard->processor_time > 0 && time > guard->processor_time) return THESEUS_LIMIT_PROCESSOR;
    return 0;
}

// Waits until the command ends, we are told to end it, or it is over a limit.
static void attend(struct guard *guard) {
    int looks = guard->memory > 0 || guard->processor_time > 0;
    // Who was gone before we could say that the command runs will tell us nothing more.
    int asked = guard->channel < 0;
    int64_t look = looks ? later(LOOK_ROUND) : INT64_MAX;
    while (!asked && !guard->has_ended) {
        wait_until(guard, look < guard->deadline ? look : guard->deadline, &asked);
        reap(guard);
        if (guard->has_ended) break;
        if (now() >= guard->deadline) {
            guard->report.limit = THESEUS_LIMIT_TIME;
        } else if (now() >= look) {
            guard->report.limit = over(guard);
            look = later(LOOK_ROUND);
        }
        if (guard->report.limit) asked = 1;
    }
}

static void report(struct guard *guard, int left) {
    guard->report.left = left;
    if (!guard->has_ended) {
        guard->report.kind = THESEUS_GUARD_SIGNALLED;
        guard->report.value = SIGKILL;
    }
    say(guard, guard->report.kind, guard->report.value);
    if (guard->channel >= 0) close(guard->channel);
    guard->channel = -1;
}

static void end_all(struct guard *guard) {
    int ignored = 0;
    send_all(SIGTERM);
    int64_t patience = later(guard->grace);
    while (reap(guard) && wait_until(guard, patience, &ignored)) {}
    int64_t report_at = later(PATIENCE);
    while (reap(guard)) {
        // Stopped first, so that nobody starts new ones while we go through the list.
        for (int before = -1, round = 0; round < 20; round++) {
            int count = send_all(SIGSTOP);
            if (count == before) break;
            before = count;
        }
        int left = send_all(SIGKILL);
        if (now() >= report_at) report(guard, left);
        wait_until(guard, later(KILL_ROUND), &ignored);
    }
    report(guard, 0);
}

int theseus_guard(int channel) {
    static struct guard guard;
    struct theseus_guard_job job;
    struct rlimit none = {0, 0};
    guard.channel = channel;
    fcntl(channel, F_SETFD, FD_CLOEXEC);
    setrlimit(RLIMIT_CORE, &none);
    setsid(); // fails if we lead one already
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return 2;

    sigset_t heard;
    sigemptyset(&heard);
    sigaddset(&heard, SIGCHLD);
    sigaddset(&heard, SIGTERM);
    sigaddset(&heard, SIGINT);
    sigaddset(&heard, SIGHUP);
    sigprocmask(SIG_BLOCK, &heard, NULL);
    guard.signals = signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK);

    if (guard.signals < 0 || read_all(channel, &job, sizeof job) != 0) return 2;
    char *body = job.bytes <= LARGEST_JOB ? malloc(job.bytes + 1) : NULL;
    if (!body || read_all(channel, body, job.bytes) != 0) return 2;
    char *next = body, *end = body + job.bytes;
    char **folder = texts(&next, end, 1);
    char **arguments = folder ? texts(&next, end, job.arguments) : NULL;
    char **variables = arguments ? texts(&next, end, job.variables) : NULL;
    if (!variables || job.arguments == 0) return 2;

    guard.grace = job.grace;
    guard.memory = job.memory;
    guard.processor_time = job.processor_time;
    guard.deadline = later(job.time_limit);
    if (start(&guard, folder[0], arguments, variables) != 0) return 1;
    // The command's, not ours: its readers must see the end when the command's processes end.
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int i = 0; i < 3; i++) dup2(nothing, i);

    attend(&guard);
    end_all(&guard);
    return 0;
}
