#include "query/context.h"

#include <stdio.h>
#include <talloc.h>

/* Speed before size: a body is compressed while its client waits. */
#define GZIP_LEVEL 1
#define GZIP_WINDOW (15 + 16) /* 16: a gzip header */
#define GZIP_MEMORY 8

enum status context_open(struct server *server, struct context *out, struct err *err) {
    memset(out, 0, sizeof *out);
    out->server = server;
    out->arena = talloc_pool(NULL, CONTEXT_ARENA_BYTES);
    if (!out->arena) return err_set(err, STATUS_NOMEM, NULL, "内存不足：工作线程");
    return STATUS_OK;
}

static void close_data(struct context *c) {
    if (c->data.h) db_close(&c->data);
    memset(&c->data, 0, sizeof c->data);
}

void context_close(struct context *c) {
    if (c->reader) xindex_reader_close(c->reader);
    close_data(c);
    if (c->deflate_ready) deflateEnd(&c->deflate);
    talloc_free(c->arena);
    memset(c, 0, sizeof *c);
}

static enum status not_ready(enum status s, struct err *err) {
    return s == STATUS_NOT_FOUND
               ? err_set(err, s, "not_ready", "还没有可查询的数据，请稍后再试")
               : s;
}

enum status context_reader(struct context *c, bool fresh, struct xindex_reader **out,
                           struct err *err) {
    enum status s = STATUS_OK;
    if (!c->reader) {
        struct xindex_reader *r;
        s = xindex_reader_open(c->server->set_dir, &r, err);
        if (s != STATUS_OK) return not_ready(s, err);
        metrics_add(&c->server->metrics.opens);
        c->reader = r;
    } else if (fresh) {
        s = xindex_reader_refresh(c->reader, err);
    }
    if (s == STATUS_OK) *out = c->reader;
    return not_ready(s, err);
}

enum status context_data(struct context *c, struct db **out, struct err *err) {
    char path[PATH_MAX];
    struct stat st;
    int n = snprintf(path, sizeof path, "%s/%s", c->server->set_dir, PUBDATA_FILE);
    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(err, STATUS_LIMIT, NULL, "路径太长：%s", c->server->set_dir);
    if (stat(path, &st) != 0) {
        close_data(c);
        return not_ready(STATUS_NOT_FOUND, err);
    }
    if (c->data.h && (st.st_dev != c->data_dev || st.st_ino != c->data_ino))
        close_data(c);
    if (!c->data.h) {
        enum status s = pubdata_open(c->server->set_dir, &c->data, err);
        if (s != STATUS_OK) {
            memset(&c->data, 0, sizeof c->data);
            return not_ready(s, err);
        }
        c->data_dev = st.st_dev;
        c->data_ino = st.st_ino;
    }
    *out = &c->data;
    return STATUS_OK;
}

bool context_gzip(struct context *c, struct str in, struct buf *out) {
    if (!c->deflate_ready) {
        if (deflateInit2(&c->deflate, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
                         Z_DEFAULT_STRATEGY) != Z_OK)
            return false;
        c->deflate_ready = true;
    } else if (deflateReset(&c->deflate) != Z_OK) {
        return false;
    }
    uLong room = deflateBound(&c->deflate, (uLong)in.n);
    if (in.n > UINT32_MAX || room > UINT32_MAX || !buf_reserve(out, room)) return false;
    z_stream *z = &c->deflate;
    /* zlib's interface has no const, but does not write its input. */
    memcpy(&z->next_in, &in.p, sizeof z->next_in);
    z->avail_in = (uInt)in.n;
    z->next_out = (Bytef *)out->p + out->n;
    z->avail_out = (uInt)room;
    if (deflate(z, Z_FINISH) != Z_STREAM_END) return false;
    out->n += room - z->avail_out;
    out->p[out->n] = 0;
    return true;
}
