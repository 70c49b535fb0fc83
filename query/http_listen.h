/* http_listen.h - ADDR:PORT to a listening socket. Private to http*.c. */
#ifndef QUERY_HTTP_LISTEN_H
#define QUERY_HTTP_LISTEN_H

#include "query/http.h"

/* A listening, close-on-exec, non-blocking socket and its real address as text. */
MUST_CHECK enum status http_listen(const char *listen, int backlog, int *fd,
                                   char address[HTTP_ADDRESS_TEXT], struct err *err);

#endif
