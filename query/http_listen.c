#include "query/http_listen.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static enum status bad_address(const char *text, struct err *err) {
    return err_set(err, STATUS_USAGE, NULL,
                   "--listen 要写成 地址:端口，例如 127.0.0.1:8080 或 [::1]:8080，"
                   "不是 “%.80s”",
                   text);
}

/* Numbers only, and "localhost": a name server has no say in where we listen. */
static enum status resolve(const char *text, struct addrinfo **out, struct err *err) {
    char host[HTTP_ADDRESS_TEXT];
    const char *colon = strrchr(text, ':');
    if (!colon || colon == text || !colon[1] || strspn(colon + 1, "0123456789") > 5 ||
        colon[1 + strspn(colon + 1, "0123456789")])
        return bad_address(text, err);
    size_t n = (size_t)(colon - text);
    const char *from = text;
    if (text[0] == '[' && text[n - 1] == ']' && n > 2) {
        from++;
        n -= 2;
    }
    if (n >= sizeof host) return bad_address(text, err);
    memcpy(host, from, n);
    host[n] = 0;
    if (strcmp(host, "localhost") == 0) snprintf(host, sizeof host, "127.0.0.1");
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    if (getaddrinfo(host, colon + 1, &hints, out) != 0) return bad_address(text, err);
    return STATUS_OK;
}

enum status http_is_loopback(const char *listen, bool *out, struct err *err) {
    struct addrinfo *a = NULL;
    enum status s = resolve(listen, &a, err);
    if (s != STATUS_OK || !a) return s;
    if (a->ai_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, a->ai_addr, sizeof in);
        *out = ntohl(in.sin_addr.s_addr) >> 24 == 127;
    } else {
        struct sockaddr_in6 in6;
        memcpy(&in6, a->ai_addr, sizeof in6);
        *out = IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
    }
    freeaddrinfo(a);
    return STATUS_OK;
}

static enum status name_of(int fd, char out[HTTP_ADDRESS_TEXT], struct err *err) {
    struct sockaddr_storage at = {0};
    socklen_t n = sizeof at;
    char host[INET6_ADDRSTRLEN], port[8];
    if (getsockname(fd, (struct sockaddr *)&at, &n) != 0)
        return err_errno(err, "不能读取监听地址");
    if (getnameinfo((struct sockaddr *)&at, n, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return err_set(err, STATUS_IO, NULL, "不能读取监听地址");
    bool six = at.ss_family == AF_INET6;
    snprintf(out, HTTP_ADDRESS_TEXT, "%s%s%s:%s", six ? "[" : "", host, six ? "]" : "",
             port);
    return STATUS_OK;
}

enum status http_listen(const char *listen_on, int backlog, int *fd,
                        char address[HTTP_ADDRESS_TEXT], struct err *err) {
    struct addrinfo *a = NULL;
    int yes = 1;
    enum status s = resolve(listen_on, &a, err);
    if (s != STATUS_OK || !a) return s;
    int sock = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (sock < 0 || setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(sock, a->ai_addr, a->ai_addrlen) != 0 || listen(sock, backlog) != 0)
        s = err_errno(err, "不能监听 %s", listen_on);
    freeaddrinfo(a);
    if (s == STATUS_OK) s = name_of(sock, address, err);
    if (s != STATUS_OK) {
        if (sock >= 0) close(sock);
        return s;
    }
    *fd = sock;
    return STATUS_OK;
}
