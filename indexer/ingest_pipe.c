#include "indexer/ingest_pipe.h"

#include <pthread.h>
#include <stdlib.h>

#define CHUNK_ROWS 64
#define CHUNK_BYTES ((size_t)512 << 10) /* a chunk is full once its text reaches this */
#define CHUNKS 3

/* Rows and a copy of their bytes. */
struct chunk {
    struct prepared_row row[CHUNK_ROWS];
    size_t offset[CHUNK_ROWS]; /* of the text, while the buffer may still move */
    size_t n, at;              /* filled; handed out */
    struct buf text;
    bool last; /* nothing follows: status says why */
    enum status status;
    struct err err;
};

struct ingest_pipe {
    struct source *src;
    const struct validate_options *valid;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    struct chunk chunk[CHUNKS];
    size_t full, taken; /* chunks ever filled and given back, under the lock */
    bool stop;
};

static void clear(struct chunk *c) {
    for (size_t i = 0; i < c->n; i++) prepared_row_done(&c->row[i]);
    c->n = c->at = 0;
    c->last = false;
    c->status = STATUS_OK;
    buf_clear(&c->text);
}

static enum status read_rows(struct ingest_pipe *p, struct chunk *c, struct err *err) {
    size_t n = 0;
    bool more = true;
    while (n < CHUNK_ROWS && c->text.n < CHUNK_BYTES) {
        struct prepared_row *row = &c->row[n];
        enum status s = source_next(p->src, &row->src, &more, err);
        if (s != STATUS_OK) return s;
        if (!more) break;
        c->offset[n++] = c->text.n;
        row->at = source_at(p->src);
        buf_add_str(&c->text, row->src.text);
        if ((s = buf_check(&c->text, "行", err)) != STATUS_OK) return s;
        /* An unfinished row must be harmless to clear(). */
        row->doc = NULL;
        row->fine = false;
        c->n = n;
    }
    c->last = !more;
    return STATUS_OK;
}

static void fill(struct ingest_pipe *p, struct chunk *c) {
    clear(c);
    c->status = read_rows(p, c, &c->err);
    for (size_t i = 0; i < c->n; i++) {
        c->row[i].src.text.p = buf_z(&c->text) + c->offset[i];
        struct err err;
        enum status s = prepare_row(&c->row[i], p->valid, &err);
        if (s != STATUS_OK) {
            c->n = i;
            c->status = s;
            c->err = err;
        }
    }
    c->last = c->last || c->status != STATUS_OK;
}

static void *work(void *arg) {
    struct ingest_pipe *p = arg;
    for (bool last = false; !last;) {
        pthread_mutex_lock(&p->lock);
        while (!p->stop && p->full - p->taken == CHUNKS)
            pthread_cond_wait(&p->moved, &p->lock);
        struct chunk *c = &p->chunk[p->full % CHUNKS];
        bool stop = p->stop;
        pthread_mutex_unlock(&p->lock);
        if (stop) break;
        fill(p, c);
        last = c->last;
        pthread_mutex_lock(&p->lock);
        p->full++;
        pthread_cond_signal(&p->moved);
        pthread_mutex_unlock(&p->lock);
    }
    return NULL;
}

enum status ingest_pipe_open(struct source *src, const struct validate_options *valid,
                             struct ingest_pipe **out, struct err *err) {
    struct ingest_pipe *p = calloc(1, sizeof *p);
    if (!p) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    p->src = src;
    p->valid = valid;
    for (size_t i = 0; i < CHUNKS; i++) p->chunk[i].text = buf_init(0);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->moved, NULL);
    int rc = pthread_create(&p->thread, NULL, work, p);
    if (rc != 0) {
        pthread_cond_destroy(&p->moved);
        pthread_mutex_destroy(&p->lock);
        free(p);
        return err_set(err, STATUS_IO, NULL, "不能启动线程：%s", strerror(rc));
    }
    *out = p;
    return STATUS_OK;
}

enum status ingest_pipe_next(struct ingest_pipe *p, struct prepared_row **row,
                             struct err *err) {
    for (;;) {
        pthread_mutex_lock(&p->lock);
        while (p->full == p->taken) pthread_cond_wait(&p->moved, &p->lock);
        struct chunk *c = &p->chunk[p->taken % CHUNKS];
        pthread_mutex_unlock(&p->lock);
        if (c->at > 0) prepared_row_done(&c->row[c->at - 1]);
        if (c->at < c->n) {
            *row = &c->row[c->at++];
            return STATUS_OK;
        }
        if (c->last) {
            *row = NULL;
            if (c->status != STATUS_OK && err) *err = c->err;
            return c->status;
        }
        pthread_mutex_lock(&p->lock);
        p->taken++;
        pthread_cond_signal(&p->moved);
        pthread_mutex_unlock(&p->lock);
    }
}

void ingest_pipe_close(struct ingest_pipe *p) {
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_signal(&p->moved);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    for (size_t i = 0; i < CHUNKS; i++) {
        clear(&p->chunk[i]);
        buf_done(&p->chunk[i].text);
    }
    pthread_cond_destroy(&p->moved);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
