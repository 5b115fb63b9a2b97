#include "theseus_faults.h"

#include "disk.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct disk disks[DISKS];
static pthread_mutex_t disks_lock = PTHREAD_MUTEX_INITIALIZER;

// True where this call is to go wrong.
static int strikes(struct disk *disk, int call) {
    pthread_mutex_lock(&disk->lock);
    int wrong = disk->dead;
    if (!wrong && (disk->calls & call)) {
        disk->count++;
        wrong = disk->count == disk->nth || (disk->lasts && disk->count > disk->nth);
        if (wrong && !disk->struck) disk->struck = call;
        if (wrong && disk->manner == THESEUS_FAULTS_DEAD) disk->dead = 1;
    }
    pthread_mutex_unlock(&disk->lock);
    if (wrong) errno = disk->manner == THESEUS_FAULTS_FULL ? ENOSPC : EIO;
    return wrong;
}

static int is_full(struct disk *disk) { return disk->manner == THESEUS_FAULTS_FULL; }

static int file_close(sqlite3_file *base) {
    struct file *file = (struct file *)base;
    int code = file->real->pMethods->xClose(file->real);
    free(file->path);
    pthread_mutex_lock(&file->disk->lock);
    file->disk->open_files--;
    pthread_mutex_unlock(&file->disk->lock);
    return code;
}

static int file_read(sqlite3_file *base, void *bytes, int count, sqlite3_int64 offset) {
    struct file *file = (struct file *)base;
    if (strikes(file->disk, THESEUS_FAULTS_READ)) return SQLITE_IOERR_READ;
    return file->real->pMethods->xRead(file->real, bytes, count, offset);
}

static int file_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
    struct file *file = (struct file *)base;
    if (strikes(file->disk, THESEUS_FAULTS_WRITE)) {
        if (is_full(file->disk)) return SQLITE_FULL;
        if (file->disk->manner == THESEUS_FAULTS_TORN && count > 1) {
            remember(file, offset, bytes, count / 2, 0);
            file->real->pMethods->xWrite(file->real, bytes, count / 2, offset);
        }
        return SQLITE_IOERR_WRITE;
    }
    remember(file, offset, bytes, count, 0);
    return file->real->pMethods->xWrite(file->real, bytes, count, offset);
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
    struct file *file = (struct file *)base;
    if (strikes(file->disk, THESEUS_FAULTS_TRUNCATE)) return SQLITE_IOERR_TRUNCATE;
    remember(file, size, NULL, 0, 1);
    return file->real->pMethods->xTruncate(file->real, size);
}

static int file_sync(sqlite3_file *base, int flags) {
    struct file *file = (struct file *)base;
    (void)flags;
    if (strikes(file->disk, THESEUS_FAULTS_SYNC)) return SQLITE_IOERR_FSYNC;
    forget(file->disk, file->path);
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    struct file *file = (struct file *)base;
    return file->real->pMethods->xFileSize(file->real, size);
}

static int file_lock(sqlite3_file *base, int kind) {
    struct file *file = (struct file *)base;
    return file->real->pMethods->xLock(file->real, kind);
}

static int file_unlock(sqlite3_file *base, int kind) {
    struct file *file = (struct file *)base;
    return file->real->pMethods->xUnlock(file->real, kind);
}

static int file_check_lock(sqlite3_file *base, int *held) {
    struct file *file = (struct file *)base;
    return file->real->pMethods->xCheckReservedLock(file->real, held);
}

static int file_control(sqlite3_file *base, int verb, void *argument) {
    struct file *file = (struct file *)base;
    return file->real->pMethods->xFileControl(file->real, verb, argument);
}

static int file_sector(sqlite3_file *base) {
    struct file *file = (struct file *)base;
    return file->real->pMethods->xSectorSize(file->real);
}

static int file_traits(sqlite3_file *base) {
    struct file *file = (struct file *)base;
    return file->real->pMethods->xDeviceCharacteristics(file->real);
}

static int file_map_index(
    sqlite3_file *base, int page, int size, int extend, void volatile **memory) {
    struct file *file = (struct file *)base;
    if (strikes(file->disk, THESEUS_FAULTS_INDEX)) {
        return is_full(file->disk) ? SQLITE_FULL : SQLITE_IOERR_SHMMAP;
    }
    return file->real->pMethods->xShmMap(file->real, page, size, extend, memory);
}

static int file_lock_index(sqlite3_file *base, int offset, int count, int flags) {
    struct file *file = (struct file *)base;
    return file->real->pMethods->xShmLock(file->real, offset, count, flags);
}

static void file_fence_index(sqlite3_file *base) {
    struct file *file = (struct file *)base;
    file->real->pMethods->xShmBarrier(file->real);
}

static int file_unmap_index(sqlite3_file *base, int deletes) {
    struct file *file = (struct file *)base;
    return file->real->pMethods->xShmUnmap(file->real, deletes);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_map_index,
    .xShmLock = file_lock_index,
    .xShmBarrier = file_fence_index,
    .xShmUnmap = file_unmap_index,
};

static int disk_open(
    sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out_flags) {
    struct disk *disk = (struct disk *)vfs;
    struct file *file = (struct file *)base;
    file->base.pMethods = NULL;
    if (strikes(disk, THESEUS_FAULTS_OPEN)) return SQLITE_CANTOPEN;
    file->disk = disk;
    file->real = (sqlite3_file *)&file[1];
    int code = disk->real->xOpen(disk->real, path, file->real, flags, out_flags);
    if (code != SQLITE_OK) return code;
    file->path = strdup(path ? path : "");
    file->base.pMethods = &methods;
    pthread_mutex_lock(&disk->lock);
    disk->open_files++;
    pthread_mutex_unlock(&disk->lock);
    return SQLITE_OK;
}

static int disk_delete(sqlite3_vfs *vfs, const char *path, int syncs_folder) {
    struct disk *disk = (struct disk *)vfs;
    if (strikes(disk, THESEUS_FAULTS_DELETE)) return SQLITE_IOERR_DELETE;
    int code = disk->real->xDelete(disk->real, path, syncs_folder);
    if (code == SQLITE_OK) forget(disk, path);
    return code;
}

static int disk_access(sqlite3_vfs *vfs, const char *path, int flags, int *answer) {
    struct disk *disk = (struct disk *)vfs;
    return disk->real->xAccess(disk->real, path, flags, answer);
}

static int disk_full_path(sqlite3_vfs *vfs, const char *path, int count, char *answer) {
    struct disk *disk = (struct disk *)vfs;
    return disk->real->xFullPathname(disk->real, path, count, answer);
}

static int disk_randomness(sqlite3_vfs *vfs, int count, char *bytes) {
    struct disk *disk = (struct disk *)vfs;
    return disk->real->xRandomness(disk->real, count, bytes);
}

static int disk_sleep(sqlite3_vfs *vfs, int microseconds) {
    struct disk *disk = (struct disk *)vfs;
    pthread_mutex_lock(&disk->lock);
    disk->waited += microseconds / 1000;
    pthread_mutex_unlock(&disk->lock);
    return microseconds;
}

static int disk_time(sqlite3_vfs *vfs, double *days) {
    struct disk *disk = (struct disk *)vfs;
    return disk->real->xCurrentTime(disk->real, days);
}

static int disk_last_error(sqlite3_vfs *vfs, int count, char *text) {
    struct disk *disk = (struct disk *)vfs;
    return disk->real->xGetLastError ? disk->real->xGetLastError(disk->real, count, text) : 0;
}

int theseus_faults_begin(void) {
    sqlite3_initialize();
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    int found = -1;
    pthread_mutex_lock(&disks_lock);
    for (int number = 0; number < DISKS && found < 0; number++) {
        if (!disks[number].in_use) found = number;
    }
    if (found >= 0) {
        struct disk *disk = &disks[found];
        memset(disk, 0, sizeof *disk);
        disk->in_use = 1;
        disk->real = real;
        pthread_mutex_init(&disk->lock, NULL);
        snprintf(disk->name, sizeof disk->name, "theseus-faults-%d", found);
        disk->vfs.iVersion = 1;
        disk->vfs.szOsFile = (int)sizeof(struct file) + real->szOsFile;
        disk->vfs.mxPathname = real->mxPathname;
        disk->vfs.zName = disk->name;
        disk->vfs.xOpen = disk_open;
        disk->vfs.xDelete = disk_delete;
        disk->vfs.xAccess = disk_access;
        disk->vfs.xFullPathname = disk_full_path;
        disk->vfs.xRandomness = disk_randomness;
        disk->vfs.xSleep = disk_sleep;
        disk->vfs.xCurrentTime = disk_time;
        disk->vfs.xGetLastError = disk_last_error;
        sqlite3_vfs_register(&disk->vfs, 0);
    }
    pthread_mutex_unlock(&disks_lock);
    return found;
}

void theseus_faults_end(int number) {
    struct disk *disk = &disks[number];
    pthread_mutex_lock(&disks_lock);
    sqlite3_vfs_unregister(&disk->vfs);
    forget(disk, NULL);
    pthread_mutex_destroy(&disk->lock);
    disk->in_use = 0;
    pthread_mutex_unlock(&disks_lock);
}

void theseus_faults_arm(int number, int calls, int nth, int manner, int lasts) {
    struct disk *disk = &disks[number];
    pthread_mutex_lock(&disk->lock);
    disk->calls = calls;
    disk->nth = nth;
    disk->manner = manner;
    disk->lasts = lasts;
    disk->count = 0;
    disk->struck = 0;
    pthread_mutex_unlock(&disk->lock);
}

void theseus_faults_mend(int number) {
    struct disk *disk = &disks[number];
    theseus_faults_arm(number, 0, 0, THESEUS_FAULTS_ERROR, 0);
    pthread_mutex_lock(&disk->lock);
    disk->dead = 0;
    pthread_mutex_unlock(&disk->lock);
}

int theseus_faults_struck(int number) {
    struct disk *disk = &disks[number];
    pthread_mutex_lock(&disk->lock);
    int struck = disk->struck;
    pthread_mutex_unlock(&disk->lock);
    return struck;
}

int theseus_faults_count(int number) {
    struct disk *disk = &disks[number];
    pthread_mutex_lock(&disk->lock);
    int count = disk->count;
    pthread_mutex_unlock(&disk->lock);
    return count;
}

int theseus_faults_waited(int number) {
    struct disk *disk = &disks[number];
    pthread_mutex_lock(&disk->lock);
    int waited = disk->waited;
    pthread_mutex_unlock(&disk->lock);
    return waited;
}

int theseus_faults_open_files(int number) {
    struct disk *disk = &disks[number];
    pthread_mutex_lock(&disk->lock);
    int open_files = disk->open_files;
    pthread_mutex_unlock(&disk->lock);
    return open_files;
}
