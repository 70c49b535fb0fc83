/* peer.c - Chengguo as one of the engines of the comparison harness: the same query file
 * and output lines, through the library, no HTTP.
 *
 *   chengguo-peer query STORE QUERIES full|top|answer THREADS WARM OUT
 *
 * One thread: a line `number class microseconds total checksum ids` per query into OUT.
 * More: only the throughput on stdout. `full` asks for the top 10 with titles, the exact
 * total and all 12 facet counts, `top` for the top 10 (the total comes with it). Every
 * term is quoted: it must stand literally in one value. `answer` is what the public gets
 * for the bare words: expanded, relaxed, with marks, a did-you-mean, total and facets.
 * The store holds what `chengguo-gen --from-tsv` made (tsv.h has the mapping of facet
 * numbers to codes).
 */
#include "core/codes.h"
#include "core/recdoc.h"
#include "core/synonym.h"
#include "core/xindex/xindex.h"
#include "query/plan.h"
#include "query/qlang.h"
#include "query/search.h"
#include "tests/bench/gen/labels.h"
#include "tests/bench/gen/orgs.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <talloc.h>
#include <time.h>

#define FACETS 12
#define VALUES 128
#define MAX_TERMS 8
#define MAX_FILTERS 8

static const char *const facet_names[FACETS] = {
    "category", "year",       "region", "unit_type", "hitech",   "status",
    "level",    "evaluation", "source", "stage",     "industry", "ip"};
/* The value codes of each harness number, filled once by load_codes. */
static char code[FACETS][VALUES][64];
static int ncode[FACETS];
static enum facet facet_of[FACETS];

struct query {
    char *line; /* owned; the slices point into it */
    const char *cls;
    char *text; /* query language; NULL = none */
    char *bare; /* the same without quotes */
    size_t nfilter;
    int facet[MAX_FILTERS], value[MAX_FILTERS];
};

struct bench {
    struct query *query;
    size_t n;
    const char *set_dir;
    bool full, answer;
    atomic_size_t next;
};

static void die(const char *what, const struct err *err) {
    char line[1024];
    fprintf(stderr, "chengguo-peer: %s: %s\n", what,
            err ? err_line(err, line, sizeof line) : "");
    exit(1);
}

static void add_code(int f, enum code_list list, const char *label) {
    struct str c = codes_resolve(list, str_of(label));
    if (c.n == 0) die(label, NULL);
    snprintf(code[f][ncode[f]++], sizeof code[f][0], "%.*s", (int)c.n, c.p);
}

static void add_labels(int f, enum code_list list, const struct label_list *labels) {
    for (int i = 0; i < labels->count; i++) add_code(f, list, labels->labels[i]);
}

static void load_codes(void) {
    static const char *const divisions[20] = {
        "A01", "B06", "C13", "D44", "E47", "F51", "G53", "H61", "I63", "J66",
        "K70", "L71", "M73", "N76", "O80", "P83", "Q84", "R86", "S91", "T97"};
    static const enum unit_type types[5] = {UNIT_INSTITUTE, UNIT_UNIVERSITY,
                                            UNIT_HOSPITAL, UNIT_COMPANY, UNIT_OTHER};
    for (int f = 0; f < FACETS; f++)
        facet_of[f] = (enum facet)facet_by_name(str_of(facet_names[f]));
    add_code(0, CODES_CATEGORY, "A");
    add_code(0, CODES_CATEGORY, "B");
    add_code(0, CODES_CATEGORY, "S");
    for (int y = 0; y < 25; y++) snprintf(code[1][ncode[1]++], 64, "%d", 2001 + y);
    for (int r = 0; r < REGION_COUNTIES; r++)
        snprintf(code[2][ncode[2]++], 64, "%06d", region_counties[r].code);
    for (int t = 0; t < 5; t++) add_code(3, CODES_UNIT_TYPE, unit_type_labels[types[t]]);
    for (int h = 0; h < 12; h++) snprintf(code[4][ncode[4]++], 64, "%d", h + 1);
    add_labels(5, CODES_STATUS, &labels_status);
    add_labels(6, CODES_LEVEL, &labels_level);
    add_labels(7, CODES_EVALUATION, &labels_evaluation);
    add_labels(8, CODES_SOURCE, &labels_source);
    add_labels(9, CODES_STAGE, &labels_stage);
    for (int i = 0; i < 20; i++) snprintf(code[10][ncode[10]++], 64, "%s", divisions[i]);
    add_labels(11, CODES_IP, &labels_ip);
}

static void read_terms(struct query *q, char *terms) {
    if (!*terms) return;
    size_t room = strlen(terms) * 2 + 64;
    q->text = malloc(room);
    q->bare = malloc(room);
    if (!q->text || !q->bare) die("out of memory", NULL);
    q->text[0] = q->bare[0] = 0;
    char *save = NULL;
    for (char *t = strtok_r(terms, "|", &save); t; t = strtok_r(NULL, "|", &save)) {
        size_t n = strlen(q->text);
        snprintf(q->text + n, room - n, "%s\"%s\"", n ? " " : "", t);
        n = strlen(q->bare);
        snprintf(q->bare + n, room - n, "%s%s", n ? " " : "", t);
    }
}

static void read_filters(struct query *q, char *filters) {
    char *save = NULL;
    for (char *p = strtok_r(filters, ",", &save); p; p = strtok_r(NULL, ",", &save)) {
        char *eq = strchr(p, '=');
        if (!eq || q->nfilter == MAX_FILTERS) die("bad filter", NULL);
        *eq = 0;
        for (int f = 0; f < FACETS; f++)
            if (strcmp(p, facet_names[f]) == 0) q->facet[q->nfilter] = f;
        q->value[q->nfilter++] = (int)strtol(eq + 1, NULL, 10);
    }
}

static void read_queries(const char *path, struct bench *b) {
    FILE *f = fopen(path, "r");
    if (!f) die(path, NULL);
    char *line = NULL;
    size_t cap = 0, room = 0;
    for (ssize_t n; (n = getline(&line, &cap, f)) > 0;) {
        if (line[n - 1] == '\n') line[n - 1] = 0;
        if (b->n == room) {
            room = room ? room * 2 : 1024;
            b->query = realloc(b->query, room * sizeof *b->query);
            if (!b->query) die("out of memory", NULL);
        }
        struct query q = {.line = strdup(line)};
        char *terms = q.line ? strchr(q.line, '\t') : NULL;
        if (!terms) die("bad query line", NULL);
        *terms++ = 0;
        q.cls = q.line;
        char *filters = strchr(terms, '\t');
        if (filters) {
            *filters++ = 0;
            read_filters(&q, filters);
        }
        read_terms(&q, terms);
        b->query[b->n++] = q;
    }
    free(line);
    fclose(f);
}

/* As /search.json does with the same words and filters. */
static struct search_result *answer(struct xindex_reader *reader, void *ctx,
                                    const struct query *q) {
    static const char list[] = "category,year,region,unit_type,hitech,status,level,"
                               "evaluation,source,stage,industry,ip";
    struct search_param param[MAX_FILTERS + 3] = {{str_of("size"), str_of("10")},
                                                  {str_of("facets"), str_of(list)}};
    size_t n = 2;
    if (q->bare) param[n++] = (struct search_param){str_of("q"), str_of(q->bare)};
    for (size_t i = 0; i < q->nfilter; i++)
        param[n++] = (struct search_param){str_of(facet_names[q->facet[i]]),
                                           str_of(code[q->facet[i]][q->value[i]])};
    struct err err;
    struct search_request *req;
    struct search_result *res;
    char suggestion[FILTER_SUGGESTION_MAX];
    if (request_parse(ctx, param, n, AUDIENCE_PUBLIC, &req, suggestion, &err) !=
            STATUS_OK ||
        search_run(ctx, reader, req, 0, &res, &err) != STATUS_OK)
        die(q->bare, &err);
    return res;
}

static struct xindex_result *run(struct xindex_reader *reader, void *ctx,
                                 const struct query *q, bool full) {
    struct err err;
    struct qlang_query *parsed;
    struct xindex_node *tree = NULL;
    struct xindex_cond where[MAX_FILTERS];
    struct str value[MAX_FILTERS];
    struct xindex_request req = {
        .limit = 10, .sort = XINDEX_BY_APPROVED, .descending = true};
    memset(where, 0, sizeof where);
    if (q->text) {
        if (qlang_parse(ctx, str_of(q->text), AUDIENCE_PUBLIC, &parsed, &err) !=
                STATUS_OK ||
            plan_build(ctx, parsed->root, &tree, &err) != STATUS_OK)
            die(q->text, &err);
        req.query = tree;
        req.sort = XINDEX_BY_RELEVANCE;
    }
    for (size_t i = 0; i < q->nfilter; i++) {
        value[i] = str_of(code[q->facet[i]][q->value[i]]);
        where[i].facet = (int)facet_of[q->facet[i]];
        where[i].value = &value[i];
        where[i].nvalue = 1;
    }
    req.where = where;
    req.nwhere = q->nfilter;
    for (int f = 0; full && f < FACETS; f++) req.facets |= 1U << facet_of[f];
    struct xindex_result *res;
    if (xindex_search(reader, ctx, &req, &res, &err) != STATUS_OK) die("search", &err);
    /* Titles of the hits, as a page of results needs them. */
    for (size_t i = 0; i < res->nhits; i++) {
        struct str hit, abstract, rest;
        if (recdoc_split(res->hits[i].data, &hit, &abstract, &rest, &err) != STATUS_OK)
            die("document", &err);
        json_t *o = json_loadb(hit.p, hit.n, 0, NULL);
        if (!json_string_value(json_object_get(o, "title"))) die("no title", NULL);
        json_decref(o);
    }
    return res;
}

/* The harness's checksum over every facet count. Values it does not know ("none") are no
 * part of it. */
static uint64_t checksum(const struct xindex_result *res) {
    uint64_t sum = 0;
    for (size_t i = 0; i < res->nfacets; i++) {
        int f = 0;
        while ((int)facet_of[f] != res->facets[i].facet) f++;
        for (size_t k = 0; k < res->facets[i].n; k++)
            for (int v = 0; v < ncode[f]; v++)
                if (str_eq_z(res->facets[i].count[k].value, code[f][v]))
                    sum += (uint64_t)res->facets[i].count[k].n *
                           ((uint64_t)(f + 1) * 1000003 + (uint64_t)(v + 1) * 7919);
    }
    return sum;
}

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct xindex_reader *open_reader(const char *dir) {
    struct err err;
    struct xindex_reader *r;
    if (xindex_reader_open(dir, &r, &err) != STATUS_OK) die(dir, &err);
    return r;
}

static void *thread(void *arg) {
    struct bench *b = arg;
    struct xindex_reader *r = open_reader(b->set_dir);
    for (size_t i; (i = atomic_fetch_add(&b->next, 1)) < b->n;) {
        void *ctx = talloc_new(NULL);
        if (b->answer)
            (void)answer(r, ctx, &b->query[i]);
        else
            (void)run(r, ctx, &b->query[i], b->full);
        talloc_free(ctx);
    }
    xindex_reader_close(r);
    return NULL;
}

static void many(struct bench *b, int threads, int warm) {
    for (int pass = 0; pass <= warm; pass++) {
        pthread_t t[64];
        atomic_store(&b->next, 0);
        double t0 = now_s();
        for (int i = 0; i < threads; i++)
            if (pthread_create(&t[i], NULL, thread, b) != 0) die("thread", NULL);
        for (int i = 0; i < threads; i++) pthread_join(t[i], NULL);
        if (pass == warm)
            printf("threads %d qps %.1f\n", threads, (double)b->n / (now_s() - t0));
    }
}

static void report(FILE *out, size_t number, const struct query *q, double s,
                   const struct xindex_result *res, bool full) {
    fprintf(out, "%zu\t%s\t%ld\t%u\t%llu\t", number, q->cls, (long)(s * 1e6), res->total,
            (unsigned long long)(full ? checksum(res) : 0));
    for (size_t k = 0; k < res->nhits; k++) fprintf(out, "%u,", res->hits[k].docid);
    fputc('\n', out);
}

static void one(struct bench *b, int warm, const char *out_path) {
    double t0 = now_s();
    struct xindex_reader *r = open_reader(b->set_dir);
    double t1 = now_s(), total = 0;
    FILE *out = fopen(out_path, "w");
    if (!out) die(out_path, NULL);
    for (int pass = 0; pass <= warm; pass++)
        for (size_t i = 0; i < b->n; i++) {
            void *ctx = talloc_new(NULL);
            const struct query *q = &b->query[i];
            struct xindex_result *found = NULL;
            struct search_result *page = NULL;
            double a = now_s();
            if (b->answer)
                page = answer(r, ctx, q);
            else
                found = run(r, ctx, q, b->full);
            double s = now_s() - a;
            if (pass == warm) total += s;
            if (pass == warm && page)
                fprintf(out, "%zu\t%s\t%ld\t%u\t%s\n", i, q->cls, (long)(s * 1e6),
                        page->total, page->relaxed.step ? page->relaxed.step : "-");
            else if (pass == warm)
                report(out, i, q, s, found, b->full);
            talloc_free(ctx);
        }
    fclose(out);
    printf("open_s %.3f queries %zu qps %.1f\n", t1 - t0, b->n, (double)b->n / total);
    xindex_reader_close(r);
}

int main(int argc, char **argv) {
    struct err err;
    if (argc != 8 || strcmp(argv[1], "query") != 0) {
        fprintf(stderr, "usage: chengguo-peer query STORE QUERIES full|top|answer "
                        "THREADS WARM OUT\n");
        return 2;
    }
    if (codes_load(&err) != STATUS_OK) die("codes", &err);
    if (synonym_load(NULL, &err) != STATUS_OK) die("synonyms", &err);
    load_codes();
    char set[4096];
    snprintf(set, sizeof set, "%s/public", argv[2]);
    struct bench b = {.set_dir = set,
                      .full = strcmp(argv[4], "full") == 0,
                      .answer = strcmp(argv[4], "answer") == 0};
    read_queries(argv[3], &b);
    int threads = (int)strtol(argv[5], NULL, 10), warm = (int)strtol(argv[6], NULL, 10);
    if (threads < 1 || threads > 64) die("1 to 64 threads", NULL);
    if (threads == 1)
        one(&b, warm, argv[7]);
    else
        many(&b, threads, warm);
    for (size_t i = 0; i < b.n; i++) {
        free(b.query[i].text);
        free(b.query[i].bare);
        free(b.query[i].line);
    }
    free(b.query);
    return 0;
}
