#include <errno.h>
#include <microhttpd.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

// MHD_start_daemon is variadic, which Swift does not import: the one way in which we start it.
// Driven by our own thread (no thread of its own), so that callbacks never race with us.
typedef void *(*theseus_mhd_begin)(
    void *context, const char *uri, struct MHD_Connection *connection);

static inline struct MHD_Daemon *theseus_mhd_start(
    int listener, unsigned int connections, size_t memory, void *context,
    theseus_mhd_begin begin, MHD_AccessHandlerCallback access,
    MHD_RequestCompletedCallback completed, MHD_NotifyConnectionCallback connected) {
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, access, context,
        MHD_OPTION_LISTEN_SOCKET, listener,
        MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory,
        MHD_OPTION_URI_LOG_CALLBACK, begin, context,
        MHD_OPTION_NOTIFY_COMPLETED, completed, context,
        MHD_OPTION_NOTIFY_CONNECTION, connected, context,
        MHD_OPTION_END);
}

static inline int theseus_mhd_epoll(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *found = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return found ? found->epoll_fd : -1;
}
static inline int theseus_mhd_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *found =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return found ? found->connect_fd : -1;
}
static inline void *theseus_mhd_socket_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *found =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return found ? found->socket_context : NULL;
}

// epoll: `key` comes back from the wait.
static inline int theseus_watch(int epoll, int socket, unsigned int events, uint64_t key) {
    struct epoll_event event = {.events = events, .data = {.u64 = key}};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
}
static inline int theseus_unwatch(int epoll, int socket) {
    struct epoll_event event = {0};
    return epoll_ctl(epoll, EPOLL_CTL_DEL, socket, &event);
}
static inline int theseus_watch_wait(int epoll, uint64_t *keys, int room, int milliseconds) {
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, room < 64 ? room : 64, milliseconds);
    for (int i = 0; i < count; i++) keys[i] = events[i].data.u64;
    return count;
}

// Macros that Swift does not see.
static const ssize_t theseus_mhd_end = MHD_CONTENT_READER_END_OF_STREAM;
static const ssize_t theseus_mhd_break = MHD_CONTENT_READER_END_WITH_ERROR;
static const unsigned int theseus_watch_hangup = EPOLLRDHUP;
static const unsigned int theseus_watch_input = EPOLLIN;
