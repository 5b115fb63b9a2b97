// Somebody else at the same database.
#include "theseus_faults.h"

#include <pthread.h>
#include <sqlite3.h>

int theseus_faults_shell(const char *path, const char *sql) {
    sqlite3 *database = NULL;
    int code = sqlite3_open_v2(
        path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (code == SQLITE_OK) code = sqlite3_exec(database, sql, NULL, NULL, NULL);
    sqlite3_close_v2(database);
    return code;
}

#define HOLDERS 64

static sqlite3 *holders[HOLDERS];
static pthread_mutex_t holders_lock = PTHREAD_MUTEX_INITIALIZER;

int theseus_faults_hold(const char *path) {
    sqlite3 *database = NULL;
    int code = sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK) code = sqlite3_exec(database, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        sqlite3_close_v2(database);
        return -1;
    }
    int found = -1;
    pthread_mutex_lock(&holders_lock);
    for (int number = 0; number < HOLDERS && found < 0; number++) {
        if (!holders[number]) found = number;
    }
    if (found >= 0) holders[found] = database;
    pthread_mutex_unlock(&holders_lock);
    return found;
}

void theseus_faults_let_go(int holder) {
    pthread_mutex_lock(&holders_lock);
    sqlite3 *database = holders[holder];
    holders[holder] = NULL;
    pthread_mutex_unlock(&holders_lock);
    sqlite3_close_v2(database);
}
