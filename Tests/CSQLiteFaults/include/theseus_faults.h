// A disk that breaks when told to: a SQLite file system in front of the real one.
//
// A disk has a number, and the name "theseus-faults-<number>" among SQLite's file systems. From
// `theseus_faults_arm` on it counts the calls of the given kinds, and the n-th goes wrong. Nothing
// is really synced, for speed; instead every write is remembered until its file is synced, so that
// a power cut can take back what was never safe. Numbers cross this border, not pointers.
#pragma once

enum theseus_faults_call {
    THESEUS_FAULTS_OPEN = 1,
    THESEUS_FAULTS_READ = 2,
    THESEUS_FAULTS_WRITE = 4,
    THESEUS_FAULTS_SYNC = 8,
    THESEUS_FAULTS_TRUNCATE = 16,
    THESEUS_FAULTS_DELETE = 32,
    THESEUS_FAULTS_INDEX = 64,
};

enum theseus_faults_manner {
    // The disk says EIO; nothing was done.
    THESEUS_FAULTS_ERROR = 0,
    // The disk is full; nothing was done. A sync says EIO.
    THESEUS_FAULTS_FULL = 1,
    // Half the bytes are written, then EIO. Other calls: EIO.
    THESEUS_FAULTS_TORN = 2,
    // Nothing works from here on.
    THESEUS_FAULTS_DEAD = 3,
};

// A new disk's number, or -1 where all are in use.
int theseus_faults_begin(void);
// Gives the number back; no file may be open.
void theseus_faults_end(int disk);

// The n-th call (from 1) of the kinds in `calls` goes wrong, and all later ones if it `lasts`.
void theseus_faults_arm(int disk, int calls, int nth, int manner, int lasts);
// No call goes wrong any more, on a disk that is dead neither.
void theseus_faults_mend(int disk);
// The kind of the call that went wrong; 0 while none has.
int theseus_faults_struck(int disk);
// How many of the armed kinds of call there have been since arming.
int theseus_faults_count(int disk);
// How many milliseconds SQLite has waited on this disk; it does not really sleep.
int theseus_faults_waited(int disk);
// How many files are open.
int theseus_faults_open_files(int disk);

// Cuts the power: of the writes that were not synced a part is lost, chosen by `seed`.
// 0 loses all, 1 none, others some, and may tear one. To be called when no file is open.
void theseus_faults_cut_power(int disk, unsigned seed);

// Does to a database what a person with a shell could do; answers SQLite's code.
int theseus_faults_shell(const char *path, const char *sql);
// Another process that takes the write lock and keeps it; answers its number, or -1.
int theseus_faults_hold(const char *path);
void theseus_faults_let_go(int holder);
