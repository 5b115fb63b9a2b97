// HTTPServer — answers HTTP on this machine's own address, by libmicrohttpd.
//
// One server has one thread of its own, which alone touches libmicrohttpd and the sockets. Each
// request becomes a child task of whoever calls `serve`; while it thinks, its connection is set
// aside, so that thousands may wait (Kubernetes watches) and none blocks another.
//
// Read in this order:
//   HTTPServerRequest    what a handler is given
//   LoopbackServer       the door: start, serve, stop
//   ServerError          why it could not start
//   ServerExchange       one request between its task and the thread
//   ServerStream         a body that is sent as it is made
//   ServerLoop           the thread: sockets, orders, callbacks' meaning
//   ServerTurn           one request as libmicrohttpd's callbacks see it
//   MicroDaemon, MicroConnection, MicroCallbacks, ListeningSocket, SocketWatch, ServerThread
//                        the C handles; the only files that say `unsafe`
//
// Must not know what is asked: no Kubernetes, no routes.
