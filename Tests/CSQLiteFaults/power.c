// What a power cut takes: the writes that no sync has made safe.
#include "theseus_faults.h"

#include "disk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void free_change(struct change *change) {
    free(change->path);
    free(change->before);
    free(change->after);
    free(change);
}

// Remembers what a write or truncation is about to change. Locks are SQLite's: one writer a file.
void remember(
    struct file *file, sqlite3_int64 offset, const void *bytes, int count, int truncates) {
    struct change *change = calloc(1, sizeof *change);
    sqlite3_int64 size = 0;
    file->real->pMethods->xFileSize(file->real, &size);
    sqlite3_int64 end = truncates ? size : offset + count;
    if (end > size) end = size;
    change->path = strdup(file->path);
    change->offset = offset;
    change->size_before = size;
    if (end > offset) {
        change->before_count = (int)(end - offset);
        change->before = malloc(change->before_count);
        file->real->pMethods->xRead(file->real, change->before, change->before_count, offset);
    }
    if (!truncates) {
        change->after_count = count;
        change->after = malloc(count ? count : 1);
        memcpy(change->after, bytes, count);
    }
    pthread_mutex_lock(&file->disk->lock);
    change->older = file->disk->newest;
    file->disk->newest = change;
    pthread_mutex_unlock(&file->disk->lock);
}

// A sync makes the changes of one file safe.
void forget(struct disk *disk, const char *path) {
    pthread_mutex_lock(&disk->lock);
    struct change **link = &disk->newest;
    while (*link) {
        struct change *change = *link;
        if (path == NULL || strcmp(change->path, path) == 0) {
            *link = change->older;
            free_change(change);
        } else {
            link = &change->older;
        }
    }
    pthread_mutex_unlock(&disk->lock);
}

static void write_back(const char *path, const void *bytes, int count, sqlite3_int64 offset) {
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    if (pwrite(descriptor, bytes, count, offset) != count) perror("theseus_faults");
    close(descriptor);
}

static void set_size(const char *path, sqlite3_int64 size) {
    if (truncate(path, size) != 0) perror("theseus_faults");
}

void theseus_faults_cut_power(int number, unsigned seed) {
    struct disk *disk = &disks[number];
    struct change *oldest_first = NULL;
    // Back to what was synced, the newest change first; the list turns round on the way.
    while (disk->newest) {
        struct change *change = disk->newest;
        disk->newest = change->older;
        struct stat status;
        if (stat(change->path, &status) == 0) {
            if (change->before_count) {
                write_back(
                    change->path, change->before, change->before_count, change->offset);
            }
            set_size(change->path, change->size_before);
        }
        change->older = oldest_first;
        oldest_first = change;
    }
    // Then what the disk had got to of its own accord, in the order of the writes.
    unsigned dice = seed;
    while (oldest_first) {
        struct change *change = oldest_first;
        oldest_first = change->older;
        struct stat status;
        dice = dice * 1664525u + 1013904223u;
        unsigned face = seed == 0 ? 0 : seed == 1 ? 1 : (dice >> 24) % 5;
        if (face != 0 && face != 3 && stat(change->path, &status) == 0) {
            int count = face == 2 ? change->after_count / 2 : change->after_count;
            if (change->after) {
                write_back(change->path, change->after, count, change->offset);
            } else {
                set_size(change->path, change->offset);
            }
        }
        free_change(change);
    }
}
