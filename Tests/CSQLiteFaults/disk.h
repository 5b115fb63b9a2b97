// What the files of this folder know of a disk.
#pragma once

#include <pthread.h>
#include <sqlite3.h>

#define DISKS 64

// One change that no sync has made safe yet.
struct change {
    struct change *older;
    char *path;
    sqlite3_int64 offset;     // of a write; of a truncation, the new size
    sqlite3_int64 size_before;
    unsigned char *before;    // what stood at `offset`
    int before_count;
    unsigned char *after;     // NULL for a truncation
    int after_count;
};

struct disk {
    sqlite3_vfs vfs;  // first: SQLite hands us its address
    sqlite3_vfs *real;
    char name[32];
    pthread_mutex_t lock;
    int in_use;
    int calls, nth, manner, lasts;
    int count, struck, dead;
    int open_files, waited;
    struct change *newest;
};

struct file {
    sqlite3_file base;  // first: SQLite hands us its address
    struct disk *disk;
    char *path;
    sqlite3_file *real;
};

extern struct disk disks[DISKS];

void remember(
    struct file *file, sqlite3_int64 offset, const void *bytes, int count, int truncates);
void forget(struct disk *disk, const char *path);
