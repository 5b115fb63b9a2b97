// HTTPClient — carries HTTPMessages over real sockets, by libcurl.
//
// One transport has one thread of its own, on which libcurl's multi interface keeps thousands of
// requests in flight. Tasks hand requests to it through an inbox and wait on a continuation;
// nothing that libcurl does (a hanging name look-up above all) holds up an answer that is due.
//
// Read in this order:
//   CurlOptions      what is true of every request of one transport
//   CurlIdentity     who we are, for servers that ask
//   CurlDestination  the way to a server whose certificate bears another name
//   CurlTransport    the door: send, close
//   CurlExchange     one answer between the task that waits and the thread that works
//   CurlStream       one body that is read as it arrives
//   CurlLoop         the thread: orders in, libcurl's turn, deadlines
//   CurlHearing      what shows that a connection lives
//   CurlTransfer     one request as libcurl's callbacks see it
//   CurlTalker       talks over bare connections, each on a thread of its own
//   CurlMulti, CurlEasy, CurlCallbacks    the C handles; the only files that say `unsafe`,
//                                         with CurlThread, CurlTalkThread and CurlEasy+Talk
//
// Must not know who asks or why: no Kubernetes, no retries but the one that HTTP allows.
