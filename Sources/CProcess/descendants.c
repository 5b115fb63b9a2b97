// Finds every process below one, by reading /proc: children of children, in sessions of their
// own or not. An orphan belongs to the nearest subreaper above it, so none falls out.
#define _GNU_SOURCE
#include "CProcess.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct kin {
    pid_t pid;
    pid_t parent;
};

// The parent of a process; 0 if there is no such process (any more), or it has ended.
static pid_t parent_of(const char *pid) {
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return 0;
    text[count] = 0;
    // The name stands in brackets and may hold brackets itself.
    char *rest = strrchr(text, ')');
    char state;
    int parent;
    if (!rest || sscanf(rest + 1, " %c %d", &state, &parent) != 2) return 0;
    return parent;
}

int theseus_descendants(pid_t root, pid_t *found, int room) {
    DIR *folder = opendir("/proc");
    if (!folder) return -1;
    struct kin *all = NULL;
    int count = 0, space = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (!isdigit((unsigned char)entry->d_name[0])) continue;
        if (count == space) {
            struct kin *more = realloc(all, (size_t)(space = space * 2 + 256) * sizeof *all);
            if (!more) break;
            all = more;
        }
        pid_t parent = parent_of(entry->d_name);
        if (parent > 0) all[count++] = (struct kin){atoi(entry->d_name), parent};
    }
    closedir(folder);

    // One generation after the other: found[next...] are those whose children are not looked for.
    int known = 0;
    for (int next = -1; next < known; next++) {
        pid_t parent = next < 0 ? root : found[next];
        for (int i = 0; i < count && known < room; i++) {
            if (all[i].parent == parent && all[i].pid != root) found[known++] = all[i].pid;
        }
    }
    free(all);
    return known;
}

int theseus_usage(pid_t pid, int64_t *memory, int64_t *processor_time) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (!file) return -1;
    size_t count = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[count] = 0;
    // The name may hold anything; what follows its last bracket does not.
    char *rest = strrchr(text, ')');
    unsigned long long own, system;
    long long gone, goneSystem, pages;
    if (!rest || sscanf(
                     rest + 1,
                     " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld"
                     " %*d %*d %*d %*d %*u %*u %lld",
                     &own, &system, &gone, &goneSystem, &pages) != 5)
        return -1;
    long ticks = sysconf(_SC_CLK_TCK), page = sysconf(_SC_PAGESIZE);
    *processor_time = (int64_t)(own + system + gone + goneSystem) * 1000 / ticks;
    *memory = pages * page;
    return 0;
}
