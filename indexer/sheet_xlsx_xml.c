#include "indexer/sheet_xlsx_xml.h"

#include <expat.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#define CHUNK_BYTES 65536
#define NAME_SLOTS (XLSX_MAX_NAMES * 2)
#define RECENT 64u

struct xlsx_xml {
    XML_Parser parser;
    const char *part;
    xlsx_read_fn read;
    void *from;
    const struct xlsx_xml_ops *ops;
    void *ctx;
    unsigned depth, skip; /* skip: depth of the element that is passed over, or 0 */
    bool paused, last, malformed;
    int64_t fed;
    struct err err; /* of a module or a guard; status OK: none */
    uint64_t name[NAME_SLOTS];
    size_t nnames;
    const char *attribute[RECENT]; /* looked up lately */
};

const char *xlsx_xml_local(const char *name) {
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

bool xlsx_xml_true(const char *value) {
    return strcmp(value, "1") == 0 || strcmp(value, "true") == 0;
}

void xlsx_xml_fail(struct xlsx_xml *x, enum status s, const char *fmt, ...) {
    char text[sizeof x->err.text];
    va_list args;
    if (x->err.status != STATUS_OK) return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    err_set(&x->err, s, "E_FILE", "%s", text);
    XML_StopParser(x->parser, XML_FALSE);
}

void xlsx_xml_pause(struct xlsx_xml *x) {
    if (x->err.status == STATUS_OK) XML_StopParser(x->parser, XML_TRUE);
}

/* expat keeps every name it meets until the part ends. */
static void remember(struct xlsx_xml *x, const char *name) {
    uint64_t key = XXH3_64bits(name, strlen(name)) | 1; /* 0 is a free slot */
    size_t i = (size_t)(key >> 1) % NAME_SLOTS;
    for (; x->name[i]; i = (i + 1) % NAME_SLOTS)
        if (x->name[i] == key) return;
    if (++x->nnames > XLSX_MAX_NAMES)
        xlsx_xml_fail(x, STATUS_LIMIT, "XML 里的名称超过 %d 种，不予读取",
                      XLSX_MAX_NAMES);
    else
        x->name[i] = key;
}

/* The name of an attribute has one address as long as the part is read. */
static void remember_attributes(struct xlsx_xml *x, const char **att) {
    for (; att[0] && x->err.status == STATUS_OK; att += 2) {
        const char **recent = &x->attribute[(uintptr_t)att[0] / 8 % RECENT];
        if (*recent == att[0]) continue;
        *recent = att[0];
        remember(x, att[0]);
    }
}

static void on_start(void *user, const XML_Char *name, const XML_Char **att) {
    struct xlsx_xml *x = user;
    const char *local = xlsx_xml_local(name);
    if (x->err.status != STATUS_OK) return;
    if (++x->depth > XLSX_MAX_DEPTH) {
        xlsx_xml_fail(x, STATUS_LIMIT, "XML 嵌套超过 %d 层，不予读取", XLSX_MAX_DEPTH);
        return;
    }
    remember_attributes(x, att);
    if (!x->skip && !x->ops->start(x->ctx, local, att)) x->skip = x->depth;
    if (x->skip || local != name) remember(x, name);
}

static void on_end(void *user, const XML_Char *name) {
    struct xlsx_xml *x = user;
    (void)name;
    if (x->err.status != STATUS_OK) return;
    if (!x->skip)
        x->ops->end(x->ctx);
    else if (x->skip == x->depth)
        x->skip = 0;
    x->depth--;
}

static void on_text(void *user, const XML_Char *p, int n) {
    struct xlsx_xml *x = user;
    if (!x->skip && x->err.status == STATUS_OK) x->ops->text(x->ctx, p, (size_t)n);
}

static void on_doctype(void *user, const XML_Char *name, const XML_Char *sysid,
                       const XML_Char *pubid, int internal) {
    (void)name, (void)sysid, (void)pubid, (void)internal;
    xlsx_xml_fail(user, STATUS_INVALID,
                  "XML 里有文档类型声明（DTD），Excel 文件里不会有，不予读取");
}

enum status xlsx_xml_open(const char *part, xlsx_read_fn read, void *from,
                          const struct xlsx_xml_ops *ops, void *ctx,
                          struct xlsx_xml **out, struct err *err) {
    struct xlsx_xml *x = calloc(1, sizeof *x);
    if (x) x->parser = XML_ParserCreate(NULL);
    if (!x || !x->parser) {
        free(x);
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    }
    x->part = part, x->read = read, x->from = from, x->ops = ops, x->ctx = ctx;
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, on_start, on_end);
    XML_SetCharacterDataHandler(x->parser, on_text);
    XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
    *out = x;
    return STATUS_OK;
}

void xlsx_xml_close(struct xlsx_xml *x) {
    if (!x) return;
    XML_ParserFree(x->parser);
    free(x);
}

static enum status malformed(struct xlsx_xml *x, struct err *err) {
    enum XML_Error e = XML_GetErrorCode(x->parser);
    if (e == XML_ERROR_NO_MEMORY) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    x->malformed = true;
    const char *what =
        e == XML_ERROR_NO_ELEMENTS || e == XML_ERROR_UNCLOSED_TOKEN ? "没有写完"
        : e == XML_ERROR_TAG_MISMATCH     ? "的首尾标签不配对"
        : e == XML_ERROR_INVALID_TOKEN    ? "有不合法的字符"
        : e == XML_ERROR_UNDEFINED_ENTITY ? "引用了没有定义的实体"
        : e == XML_ERROR_UNKNOWN_ENCODING || e == XML_ERROR_INCORRECT_ENCODING
            ? "的编码不对（只认 UTF-8 和 UTF-16）"
            : "不合语法";
    return err_set(err, STATUS_CORRUPT, "E_FILE",
                   "第 %lu 行第 %lu 个字符处的 XML %s：文件已经损坏，请用 Excel 或 WPS "
                   "打开后另存为 xlsx",
                   XML_GetCurrentLineNumber(x->parser),
                   XML_GetCurrentColumnNumber(x->parser) + 1, what);
}

static enum status step(struct xlsx_xml *x, struct err *err) {
    enum XML_Status done;
    if (x->paused) {
        x->paused = false;
        done = XML_ResumeParser(x->parser);
    } else {
        size_t got;
        void *to = XML_GetBuffer(x->parser, CHUNK_BYTES);
        if (!to) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
        enum status s = x->read(x->from, to, CHUNK_BYTES, &got, err);
        if (s != STATUS_OK) return s;
        x->fed += (int64_t)got;
        x->last = got == 0;
        done = XML_ParseBuffer(x->parser, (int)got, x->last);
    }
    if (x->err.status != STATUS_OK) {
        if (err) *err = x->err;
        return x->err.status;
    }
    x->paused = done == XML_STATUS_SUSPENDED;
    if (done == XML_STATUS_ERROR) return malformed(x, err);
    if (!x->paused && x->fed - XML_GetCurrentByteIndex(x->parser) > XLSX_MAX_TAG)
        return err_set(err, STATUS_LIMIT, "E_FILE", "XML 里一个标签超过 %d KB，不予读取",
                       (int)(XLSX_MAX_TAG >> 10));
    return STATUS_OK;
}

enum status xlsx_xml_run(struct xlsx_xml *x, bool *more, struct err *err) {
    do {
        enum status s = step(x, err);
        if (s != STATUS_OK) {
            err_place(err, NULL, 0, x->part);
            return s;
        }
    } while (!x->paused && !x->last);
    *more = x->paused;
    return STATUS_OK;
}

bool xlsx_xml_malformed(const struct xlsx_xml *x) {
    return x->malformed;
}

static enum status read_part(void *from, void *to, size_t n, size_t *got,
                             struct err *err) {
    return xlsx_part_read(from, to, n, got, err);
}

enum status xlsx_xml_all(struct xlsx_zip *z, int64_t entry, const char *name,
                         const struct xlsx_xml_ops *ops, void *ctx,
                         struct xlsx_xml **handle, struct err *err) {
    struct xlsx_part *p;
    bool more = true;
    *handle = NULL;
    enum status s = xlsx_part_open(z, entry, name, &p, err);
    if (s != STATUS_OK) return s;
    s = xlsx_xml_open(name, read_part, p, ops, ctx, handle, err);
    while (s == STATUS_OK && *handle && more) s = xlsx_xml_run(*handle, &more, err);
    xlsx_xml_close(*handle);
    *handle = NULL;
    xlsx_part_close(p);
    return s;
}
