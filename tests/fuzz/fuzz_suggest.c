/* fuzz_suggest.c - two ways in. First byte 0: the rest is what somebody types, asked of a
 * small sound file; every answer is one entry of the set with a text, no text twice, and
 * whoever types that text gets it first. Else the rest is laid over a sound file at an
 * offset (two bytes) and what opens is asked. Corpus: tests/fuzz/corpus/suggest/. */
#include "core/suggest_file.h"
#include "core/utf8.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 8192 /* bytes of an input */
#define RECORDS 24

static const char *const title[] = {"煤矿瓦斯抽采关键技术", "重庆长江大桥检测",
                                    "5G通信用镁合金（AZ31）挤压", "绿色施工"};
static const char *const keyword[] = {"瓦斯", "ＣＯ２", "绿色", "none", "女工", "太yuan"};
static const char *const unit[] = {"太原理工大学", "西安银行", "中国石油大学（北京）"};

struct fixture {
    char dir[64];
    struct columns columns;
    struct rectext text;
    struct suggest *s;
    char *image;
    size_t n;
};

static void must(enum status s) {
    if (s != STATUS_OK) abort();
}

static void put_value(struct buf *text, char tag, const char *value) {
    buf_add_char(text, tag);
    must(text_normalise(str_of(value), text, NULL, NULL));
}

static void make(struct fixture *f) {
    struct columns_builder *b;
    struct buf text = buf_init(0);
    uint64_t end = 0;
    char path[PATH_MAX];
    must(columns_builder_new(NULL, &b, NULL));
    snprintf(path, sizeof path, "%s/text-1", f->dir);
    must(rectext_create(path, &end, NULL));
    for (uint32_t d = 1; d <= RECORDS; d++) {
        const char *t = title[d % ARRAY_LEN(title)], *k = keyword[d % ARRAY_LEN(keyword)],
                   *u = unit[d % ARRAY_LEN(unit)];
        struct str values[] = {str_of(k), str_of(u)};
        struct columns_row row = {.docid = d, .text_at = end + text.n, .uid = str_of("")};
        char uid[16];
        size_t start = text.n;
        snprintf(uid, sizeof uid, "U%u", d);
        row.uid = str_of(uid);
        put_value(&text, 1, t);
        if (strcmp(k, "none") != 0) put_value(&text, 2, k);
        put_value(&text, 3, u);
        row.text_len = (uint32_t)(text.n - start);
        row.facet[FACET_KEYWORD].value = &values[0];
        row.facet[FACET_UNIT].value = &values[1];
        row.facet[FACET_KEYWORD].n = row.facet[FACET_UNIT].n = 1;
        must(columns_builder_put(b, &row, NULL));
    }
    must(rectext_append(path, end, buf_str(&text), false, &end, NULL));
    must(rectext_open(path, end, &f->text, NULL));
    unlink(path);
    snprintf(path, sizeof path, "%s/columns-1", f->dir);
    must(columns_builder_write(b, path, 1, "text-1", end, NULL));
    must(columns_open(path, &f->columns, NULL));
    unlink(path);
    columns_builder_free(b);
    buf_done(&text);
}

/* Opens a file of these bytes that lies in memory alone. */
static enum status open_image(const struct fixture *f, const char *p, size_t n,
                              struct suggest **out) {
    char path[64];
    int fd = memfd_create("suggest", MFD_CLOEXEC);
    if (fd < 0 || write(fd, p, n) != (ssize_t)n) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    enum status s = suggest_open(path, &f->columns, &f->text, out, NULL);
    close(fd);
    return s;
}

/* Made once; the folder is gone when it is there. */
static struct fixture *opened(void) {
    static struct fixture *f;
    if (f) return f;
    f = calloc(1, sizeof *f);
    if (!f) abort();
    snprintf(f->dir, sizeof f->dir, "/tmp/fuzz-suggest-XXXXXX");
    if (!mkdtemp(f->dir)) abort();
    make(f);
    if (rmdir(f->dir) != 0) abort();
    must(suggest_build(&f->columns, &f->text, NULL, NULL, 0, &f->image, &f->n, NULL));
    must(open_image(f, f->image, f->n, &f->s));
    return f;
}

static size_t ask(const struct suggest *s, struct str input, struct suggest_entry *e) {
    size_t n = suggest_find(s, input, SUGGEST_MAX, e);
    if (n > SUGGEST_MAX) abort();
    for (size_t i = 0; i < n; i++)
        if (e[i].kind >= SUGGEST_KINDS || suggest_text(s, &e[i]).n == 0) abort();
    return n;
}

static void type(const struct fixture *f, struct str input) {
    struct suggest_entry e[SUGGEST_MAX], again[SUGGEST_MAX];
    if (utf8_bad_at(input) != input.n) return;
    size_t n = ask(f->s, input, e);
    for (size_t i = 0; i < n; i++) {
        struct str text = suggest_text(f->s, &e[i]);
        for (size_t k = 0; k < i; k++)
            if (str_eq(text, suggest_text(f->s, &e[k]))) abort();
        if (ask(f->s, text, again) == 0 || !str_eq(text, suggest_text(f->s, &again[0])))
            abort();
    }
    struct buf norm = buf_init(0);
    if (text_normalise(input, &norm, NULL, NULL) == STATUS_OK)
        suggest_homophones(f->s, buf_str(&norm), SUGGEST_MAX, e);
    buf_done(&norm);
}

static void damage(const struct fixture *f, const uint8_t *data, size_t size) {
    static const char *const input[] = {"太", "taiy", "ty大学", "大学", "w", "5g"};
    struct suggest_entry e[SUGGEST_MAX];
    struct suggest *s;
    struct suggest_head h;
    size_t at = ((size_t)data[0] << 8 | data[1]) % f->n;
    char *p = malloc(f->n);
    if (!p) abort();
    memcpy(p, f->image, f->n);
    for (size_t i = 2; i < size && at + i - 2 < f->n; i++) p[at + i - 2] = (char)data[i];
    memcpy(&h, p, sizeof h);
    h.checksum = XXH3_64bits(&h, offsetof(struct suggest_head, checksum));
    memcpy(p, &h, sizeof h);
    if (open_image(f, p, f->n, &s) == STATUS_OK) {
        for (size_t i = 0; i < ARRAY_LEN(input); i++)
            suggest_find(s, str_of(input[i]), SUGGEST_MAX, e);
        suggest_homophones(s, str_of("挖斯"), SUGGEST_MAX, e);
        suggest_close(s);
    }
    free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fixture *f = opened();
    if (size < 1 || size > MOST) return 0;
    if (data[0] == 0)
        type(f, str_slice((const char *)data + 1, size - 1));
    else if (size >= 3)
        damage(f, data + 1, size - 1);
    return 0;
}
