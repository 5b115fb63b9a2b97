#ifndef THESEUS_CPROCESS_H
#define THESEUS_CPROCESS_H

#include <stddef.h>
#include <stdint.h>

// The parent's side.

// Two connected sockets, or two ends of a pipe (read end first); all close on exec. 0 or errno.
int theseus_socket_pair(int ends[2]);
int theseus_pipe(int ends[2]);
int theseus_set_nonblocking(int descriptor);

// Starts `path` with the two arguments `theseus guard`, an empty environment, and nothing open
// but 0 (input), 1 (output), 2 (errors) and 3 (channel). 0 or errno.
int theseus_spawn_guard(
    const char *path, int input, int output, int errors, int channel, int32_t *pid);

// A descriptor that can be read when the process has ended; -1 with errno.
int theseus_process_descriptor(int32_t pid);

// Takes an ended child away.
void theseus_reap(int32_t pid);

// A counter that wakes a poll; -1 with errno.
int theseus_bell(void);

// What the guard says over the channel.
enum {
    THESEUS_GUARD_STARTED = 1,
    THESEUS_GUARD_NO_FOLDER = 2,  // value: errno
    THESEUS_GUARD_NO_COMMAND = 3, // value: errno
    THESEUS_GUARD_NO_PROCESS = 4, // value: errno
    THESEUS_GUARD_EXITED = 5,     // value: the exit code
    THESEUS_GUARD_SIGNALLED = 6,  // value: the signal
};

enum {
    THESEUS_LIMIT_TIME = 1,
    THESEUS_LIMIT_MEMORY = 2,
    THESEUS_LIMIT_PROCESSOR = 3,
};

struct theseus_guard_report {
    int32_t kind;
    int32_t value;
    int32_t limit; // what ended it: THESEUS_LIMIT_…, or 0
    int32_t left;        // processes that would not die
};

// What the guard is told over the channel first: this, then `bytes` bytes that hold
// `1 + arguments + variables` texts, each with its NUL: the folder ("": where we are), the
// arguments, and the environment as NAME=value.
struct theseus_guard_job {
    uint32_t bytes;
    uint32_t arguments;
    uint32_t variables;
    uint32_t padding;
    int64_t time_limit; // milliseconds
    int64_t grace;      // milliseconds
    int64_t memory;         // bytes, of all processes together; 0: no limit
    int64_t processor_time; // milliseconds, of all processes together; 0: no limit
};

// The guard's side: does the job that comes over `channel`; returns its own exit code.
int theseus_guard(int channel);

// Every process below `root`, children of children included; at most `room`. The count, or -1.
int theseus_descendants(int32_t root, int32_t *found, int room);

// What a process has in memory (bytes), and its time on processors with that of the children that it
// has taken away (milliseconds). 0, or -1 if it is gone.
int theseus_usage(int32_t pid, int64_t *memory, int64_t *processor_time);

// 1: an ordinary file.
int theseus_is_file(int descriptor);

#endif
