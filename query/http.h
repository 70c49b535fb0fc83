/* http.h - the daemon's socket side: libmicrohttpd between clients and route.h.
 *
 * The only file that includes <microhttpd.h>. Connections are served by a pool of epoll
 * threads; each has its own struct context, made when it first answers. Everything a
 * client controls is bounded: number of connections, memory of one connection (request
 * line and headers), silence (timeout), body (none is taken).
 *
 * Answers that libmicrohttpd makes itself (414, 431, malformed requests) are plain.
 *
 * Threads: http_start, http_stop from one thread.
 * Not: no TLS, no trust in forwarding headers: a proxy in front does both.
 */
#ifndef QUERY_HTTP_H
#define QUERY_HTTP_H

#include "query/server.h"

/* Request line, headers and read buffer of a connection. libmicrohttpd keeps a record per
 * parameter in it, and drops the connection without an answer when they do not fit. */
#define HTTP_CONNECTION_BYTES ((size_t)128 << 10)
#define HTTP_TIMEOUT_S 30 /* of a silent connection */
#define HTTP_BACKLOG 512
#define HTTP_ADDRESS_TEXT 128

struct http;

struct http_options {
    const char *listen; /* "127.0.0.1:8080", "[::1]:0"; port 0 takes a free one */
    unsigned threads;   /* 0 = one a core */
    unsigned connections;
    bool log; /* one JSON line a request on stderr: no address, no query text */
};

/* Is every client of this address on this machine? STATUS_USAGE when it is not
 * ADDR:PORT. */
MUST_CHECK enum status http_is_loopback(const char *listen, bool *out, struct err *err);

/* Listens and serves. `server` is borrowed. STATUS_USAGE (address), STATUS_IO (taken, not
 * allowed), STATUS_NOMEM. All signals that the caller blocked are blocked in the threads.
 */
MUST_CHECK enum status http_start(struct server *server, const struct http_options *o,
                                  struct http **out, struct err *err);
/* "127.0.0.1:8080" with the real port. */
const char *http_address(const struct http *h);
/* Takes no new connections; those that are open are still served. */
void http_quiesce(struct http *h);
/* Closes all connections, ends the threads, frees. */
void http_stop(struct http *h);

#endif
