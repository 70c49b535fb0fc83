#include "tests/bench/gen/corpus.h"

#include "core/utf8.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Growing list of slices that own nothing; the bytes lie in `pool`. */
struct texts {
    struct str *v;
    size_t n, cap;
};
struct discipline {
    char name[64];
    struct texts sentences, keywords;
};

enum { DISCIPLINES_MAX = 128, SENTENCE_MIN = 12, SENTENCE_MAX = 900 };

struct corpus {
    struct discipline d[DISCIPLINES_MAX];
    int count;
    int usable[DISCIPLINES_MAX], usable_count; /* with enough sentences */
    double *cum;
    struct texts keywords, patents, titles;
    struct texts chars;    /* Han characters as they occur, for coined words */
    struct texts distinct; /* each of them once */
    bool *met;             /* by code point - 0x4E00 */
    struct chunk {
        struct chunk *next;
    } * chunks;
    size_t chunk_used;
    bool failed;
};

enum { CHUNK_BYTES = 1 << 20, HAN_FIRST = 0x4E00, HAN_END = 0xA000 };

static const double COIN_YIELD = 1.6; /* new bigrams of a coined word */

static struct str keep(struct corpus *c, struct str s) {
    if (s.n + sizeof(struct chunk) > CHUNK_BYTES) return str_slice("", 0);
    if (!c->chunks || c->chunk_used + s.n > CHUNK_BYTES) {
        struct chunk *k = malloc(CHUNK_BYTES);
        if (!k) {
            c->failed = true;
            return str_slice("", 0);
        }
        k->next = c->chunks;
        c->chunks = k;
        c->chunk_used = sizeof *k;
    }
    char *p = (char *)c->chunks + c->chunk_used;
    memcpy(p, s.p, s.n);
    c->chunk_used += s.n;
    return str_slice(p, s.n);
}

static void add(struct corpus *c, struct texts *t, struct str kept) {
    if (t->n == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 256;
        struct str *v = realloc(t->v, cap * sizeof *v);
        if (!v) {
            c->failed = true;
            return;
        }
        t->v = v;
        t->cap = cap;
    }
    t->v[t->n++] = kept;
}

/* A sentence ends at these; a half-width full stop only between non-ASCII neighbours. */
static size_t sentence_end(struct str s, size_t i) {
    static const char *const ends[] = {"。", "；", "！", "？"};
    for (size_t k = 0; k < ARRAY_LEN(ends); k++)
        if (s.n - i >= 3 && !memcmp(s.p + i, ends[k], 3)) return i + 3;
    if (s.p[i] == ';') return i + 1;
    if (s.p[i] == '.' && i > 0 && (unsigned char)s.p[i - 1] >= 0x80) return i + 1;
    return 0;
}

static void add_sentences(struct corpus *c, struct discipline *d, struct str s) {
    size_t from = 0;
    for (size_t i = 0; i < s.n;) {
        size_t end = sentence_end(s, i);
        if (!end && i + 1 < s.n) {
            i++;
            continue;
        }
        end = end ? end : s.n;
        if (end - from >= SENTENCE_MIN && end - from <= SENTENCE_MAX)
            add(c, &d->sentences, keep(c, str_slice(s.p + from, end - from)));
        from = i = end;
    }
    for (const char *p = s.p, *end = s.p + s.n; p < end;) {
        uint32_t cp;
        const char *next = utf8_next(p, end, &cp);
        struct str ch = str_slice(p, (size_t)(next - p));
        bool han = cp >= HAN_FIRST && cp < HAN_END;
        /* One in eight suffices for the shape of the distribution. */
        if (han && c->chars.n < 300000 &&
            !(rng_mix((uint64_t)(p - s.p) ^ (uint64_t)s.n << 20) & 7))
            add(c, &c->chars, keep(c, ch));
        if (han && !c->met[cp - HAN_FIRST]) {
            c->met[cp - HAN_FIRST] = true;
            add(c, &c->distinct, keep(c, ch));
        }
        p = next;
    }
}

static struct discipline *find(struct corpus *c, const char *name) {
    for (int i = 0; i < c->count; i++)
        if (!strcmp(c->d[i].name, name)) return &c->d[i];
    if (c->count == DISCIPLINES_MAX) return &c->d[0];
    snprintf(c->d[c->count].name, sizeof c->d[0].name, "%s", name);
    return &c->d[c->count++];
}

/* Title as a title: one line, not too long, plain characters only. */
static void add_title(struct corpus *c, struct texts *t, json_t *v) {
    const char *z = json_string_value(v);
    size_t n = z ? strlen(z) : 0;
    if (n >= 12 && n <= 240 && !strpbrk(z, "\t\r\n")) add(c, t, keep(c, str_slice(z, n)));
}

static void add_keywords(struct corpus *c, struct discipline *d, json_t *list) {
    size_t i;
    json_t *v;
    json_array_foreach(list, i, v) {
        const char *z = json_string_value(v);
        size_t n = z ? strlen(z) : 0;
        if (n < 6 || n > 42 || strpbrk(z, "\t\r\n")) continue;
        struct str s = keep(c, str_slice(z, n));
        add(c, &c->keywords, s);
        if (d) add(c, &d->keywords, s);
    }
}

static void add_abstract(struct corpus *c, json_t *o) {
    const char *z = json_string_value(json_object_get(o, "discipline"));
    struct discipline *d = find(c, z && *z ? z : "综合");
    const char *text = json_string_value(json_object_get(o, "abstract"));
    if (text) add_sentences(c, d, str_of(text));
    add_keywords(c, d, json_object_get(o, "keywords"));
    add_title(c, &c->titles, json_object_get(o, "title"));
}
static void add_plain(struct corpus *c, json_t *o) {
    add_title(c, &c->titles, json_object_get(o, "title"));
}
static void add_patent(struct corpus *c, json_t *o) {
    add_title(c, &c->patents, json_object_get(o, "title"));
}
static void add_project(struct corpus *c, json_t *o) {
    add_title(c, &c->titles, json_object_get(o, "title"));
    add_keywords(c, NULL, json_object_get(o, "keywords"));
}

static enum status spawn(const char *path, pid_t *pid, FILE **out, struct err *err) {
    int fd[2];
    if (pipe(fd) != 0) return err_errno(err, "pipe");
    *pid = fork();
    if (*pid < 0) {
        close(fd[0]), close(fd[1]);
        return err_errno(err, "fork");
    }
    if (*pid == 0) {
        dup2(fd[1], STDOUT_FILENO);
        close(fd[0]), close(fd[1]);
        execlp("zstdcat", "zstdcat", path, (char *)NULL);
        _exit(127);
    }
    close(fd[1]);
    *out = fdopen(fd[0], "r");
    return *out ? STATUS_OK : err_errno(err, "fdopen");
}

static enum status read_file(struct corpus *c, const char *dir, const char *name,
                             void (*use)(struct corpus *, json_t *), struct err *err) {
    char path[1024], *line = NULL;
    size_t cap = 0;
    pid_t pid = 0;
    FILE *f = NULL;
    snprintf(path, sizeof path, "%s/%s.jsonl.zst", dir, name);
    if (access(path, R_OK) != 0) return err_errno(err, "cannot read %s", path);
    enum status s = spawn(path, &pid, &f, err);
    if (s != STATUS_OK) return s;
    for (ssize_t n; (n = getline(&line, &cap, f)) > 0;) {
        json_t *o = json_loadb(line, (size_t)n, 0, NULL);
        if (o) use(c, o);
        json_decref(o);
    }
    free(line);
    fclose(f);
    int code = 0;
    if (waitpid(pid, &code, 0) < 0 || !WIFEXITED(code) || WEXITSTATUS(code) != 0)
        return err_set(err, STATUS_INVALID, NULL,
                       "zstdcat failed on %s (is it installed?)", path);
    return STATUS_OK;
}

static enum status finish(struct corpus *c, const char *dir, struct err *err) {
    double sum = 0;
    c->cum = calloc(DISCIPLINES_MAX, sizeof *c->cum);
    if (!c->cum || c->failed)
        return err_set(err, STATUS_NOMEM, NULL, "no memory for the texts of %s", dir);
    for (int i = 0; i < c->count; i++)
        if (c->d[i].sentences.n >= 60 && c->d[i].keywords.n >= 10) {
            sum += (double)c->d[i].sentences.n;
            c->cum[c->usable_count] = sum;
            c->usable[c->usable_count++] = i;
        }
    if (!c->usable_count || !c->keywords.n || !c->patents.n || !c->titles.n ||
        !c->chars.n)
        return err_set(err, STATUS_INVALID, NULL, "%s holds too few texts", dir);
    return STATUS_OK;
}

enum status corpus_open(const char *dir, struct corpus **out, struct err *err) {
    struct corpus *c = calloc(1, sizeof *c);
    if (!c) return err_set(err, STATUS_NOMEM, NULL, "no memory");
    c->met = calloc(HAN_END - HAN_FIRST, sizeof *c->met);
    enum status s = c->met ? read_file(c, dir, "sci_abstracts", add_abstract, err)
                           : err_set(err, STATUS_NOMEM, NULL, "no memory");
    if (s == STATUS_OK) s = read_file(c, dir, "sci_titles", add_plain, err);
    if (s == STATUS_OK) s = read_file(c, dir, "patent_titles", add_patent, err);
    if (s == STATUS_OK) s = read_file(c, dir, "nsfc_projects", add_project, err);
    if (s == STATUS_OK) s = finish(c, dir, err);
    if (s != STATUS_OK)
        corpus_close(c);
    else
        *out = c;
    return s;
}

void corpus_close(struct corpus *c) {
    if (!c) return;
    for (int i = 0; i < c->count; i++) {
        free(c->d[i].sentences.v);
        free(c->d[i].keywords.v);
    }
    free(c->keywords.v);
    free(c->patents.v);
    free(c->titles.v);
    free(c->chars.v);
    free(c->distinct.v);
    free(c->met);
    free(c->cum);
    while (c->chunks) {
        struct chunk *k = c->chunks;
        c->chunks = k->next;
        free(k);
    }
    free(c);
}

static struct str any(struct rng *r, const struct texts *t) {
    return t->v[rng_below(r, (uint32_t)t->n)];
}

/* A word of two to four characters that no dictionary knows, as names of places, people,
 * strains and products are. */
static void coin(const struct corpus *c, struct rng *r, struct buf *b) {
    for (int n = rng_range(r, 2, 4); n > 0; n--)
        buf_add_str(b, any(r, rng_chance(r, 0.5) ? &c->chars : &c->distinct));
}

/* How many coined words stand behind each comma of record `index`. Bigrams that are new
 * at T characters, by Heaps: dV/dT = 10 T^-0.33. Spliced sentences give about the share
 * 1 / (1 + T / 1.5 million) of them (measured on texts of this size); the rest must come
 * from coined words, of which each gives about two. */
static double coin_rate(uint32_t index) {
    enum { CHARACTERS = 490, COMMAS = 11 };
    double t = (index + 1.0) * CHARACTERS;
    double need = 10 * pow(t, -0.33) * CHARACTERS, from_text = 1 / (1 + t / 1.5e6);
    return need * (1 - from_text) / COIN_YIELD / COMMAS;
}

/* Adds the sentence, with coined words put behind its commas. */
static void add_sentence(const struct corpus *c, struct rng *r, struct str s, double rate,
                         struct buf *b) {
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        bool comma = s.p[i] == ',' || (i + 3 <= s.n && !memcmp(s.p + i, "，", 3));
        int words = comma ? (int)(rate + rng_unit(r)) : 0;
        if (!words) continue;
        size_t w = s.p[i] == ',' ? 1 : 3;
        buf_add(b, s.p + from, i + w - from);
        for (int k = 0; k < words; k++) {
            if (k) buf_add_z(b, "、");
            coin(c, r, b);
        }
        from = i + w;
        i += w - 1;
    }
    buf_add(b, s.p + from, s.n - from);
}

static void make_title(const struct corpus *c, struct rng *r, const struct discipline *d,
                       struct gen_text *t) {
    static const char *const ends[] = {
        "关键技术研究与应用", "技术开发及产业化", "集成与示范推广",
        "新品种选育与推广",   "关键技术及装备",   "综合利用技术",
        "对策研究",           "机理研究",         "装置",
        "控制系统",           "制备方法",         "中的应用研究"};
    static const char *const starts[] = {"",     "",           "",     "基于",
                                         "面向", "复杂条件下", "新型", "高效"};
    static const char *const links[] = {"", "的", "与", "及", "用", "智能"};
    double x = rng_unit(r);
    if (x < 0.12) { /* a real title, with something that makes it another */
        buf_add_str(&t->title, any(r, rng_chance(r, 0.5) ? &c->patents : &c->titles));
        buf_add_z(&t->title, "及");
        buf_add_str(&t->title, any(r, &d->keywords));
        buf_add_z(&t->title, ends[rng_below(r, ARRAY_LEN(ends))]);
        return;
    }
    buf_add_z(&t->title, starts[rng_below(r, ARRAY_LEN(starts))]);
    buf_add_z(&t->title, t->keywords[0]);
    buf_add_z(&t->title, links[rng_below(r, ARRAY_LEN(links))]);
    buf_add_z(&t->title, t->keywords[1]);
    if (x < 0.4) buf_add_str(&t->title, any(r, &c->keywords));
    buf_add_z(&t->title, ends[rng_below(r, ARRAY_LEN(ends))]);
}

void corpus_make(const struct corpus *c, struct rng *r, uint32_t index, int field,
                 struct gen_text *out) {
    (void)field;
    const struct discipline *d =
        &c->d[c->usable[rng_cumulative(r, c->cum, c->usable_count)]];
    gen_text_clear(out);
    int want = rng_range(r, 3, 5);
    for (int tries = 0; out->keyword_count < want && tries < 40; tries++)
        gen_text_keyword(out, any(r, rng_chance(r, 0.65) ? &d->keywords : &c->keywords));
    while (out->keyword_count < 2) { /* a discipline with very few keywords */
        struct buf b = buf_init(256);
        coin(c, r, &b);
        gen_text_keyword(out, buf_str(&b));
        buf_done(&b);
    }
    make_title(c, r, d, out);
    double rate = coin_rate(index);
    int64_t bytes = (int64_t)rng_lognormal(r, 1000, 0.55);
    bytes = bytes < 240 ? 240 : bytes > 9000 ? 9000 : bytes;
    while ((int64_t)out->abstract.n < bytes && !out->abstract.failed) {
        add_sentence(c, r, any(r, &d->sentences), rate, &out->abstract);
        if (rng_chance(r, 0.1)) {
            buf_add_z(&out->abstract, "采用");
            buf_add_z(&out->abstract,
                      out->keywords[rng_below(r, (uint32_t)out->keyword_count)]);
            buf_add_f(&out->abstract, "，提高%.1f%%。", 1 + 60 * rng_unit(r));
        }
    }
    buf_add_z(&out->project, out->keywords[0]);
    buf_add_z(&out->project, "关键技术");
}
