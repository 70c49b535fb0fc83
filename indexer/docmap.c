#include "indexer/docmap.h"

#include "core/recdoc.h"
#include "core/rectext.h"

#include <stdio.h>
#include <stdlib.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>

/* Of one record's normalised text: the tagged fields hold about 1.1 MB (field.c), and
 * U+FDFA becomes eleven times its bytes. No valid record may exceed it. */
#define TEXT_MAX ((size_t)16 << 20)
#define VALUES_MAX 4096 /* facet values of one record */
#define KEY_MAX 1024    /* bytes of a collation key; longer titles tie by uid */

struct docmap {
    struct terms *terms;
    struct buf text, data, norm, scratch, copies;
    UCollator *collator;
    const struct field *tagged[RECTEXT_MAX_TAG + 1]; /* by tag */
    uint8_t key[KEY_MAX];
    struct str value[VALUES_MAX];
    size_t nvalue;
    size_t offset[VALUES_MAX]; /* into copies, until the record is done */
};

/* Chinese titles in pinyin order, as CLDR's zh collation has it. */
static enum status open_collator(UCollator **out, struct err *err) {
    UErrorCode e = U_ZERO_ERROR;
    UCollator *c = ucol_open("zh-u-co-pinyin", &e);
    if (U_FAILURE(e))
        return err_set(err, STATUS_INTERNAL, NULL, "ICU: no collation for zh: %s",
                       u_errorName(e));
    *out = c;
    return STATUS_OK;
}

enum status docmap_new(struct docmap **out, struct err *err) {
    struct docmap *m = calloc(1, sizeof *m);
    if (!m) return err_set(err, STATUS_NOMEM, NULL, "out of memory");
    m->text = m->data = m->norm = m->scratch = m->copies = buf_init(TEXT_MAX);
    enum status s = terms_new(&m->terms, err);
    if (s == STATUS_OK) s = open_collator(&m->collator, err);
    if (s != STATUS_OK) {
        docmap_free(m);
        return s;
    }
    size_t n;
    const struct field *f = field_table(&n);
    for (size_t i = 0; i < n; i++)
        if (f[i].tag) m->tagged[(unsigned char)f[i].tag] = &f[i];
    *out = m;
    return STATUS_OK;
}

void docmap_free(struct docmap *m) {
    if (!m) return;
    terms_free(m->terms);
    if (m->collator) ucol_close(m->collator);
    buf_done(&m->text);
    buf_done(&m->data);
    buf_done(&m->norm);
    buf_done(&m->scratch);
    buf_done(&m->copies);
    free(m);
}

bool docmap_holds(enum audience a, const struct record *r) {
    return audience_row(a)->all_records || record_visibility(r) != VISIBLE_NO;
}

bool docmap_is_common(const struct record *r) {
    return record_visibility(r) == VISIBLE_FULL;
}

struct text_pass {
    struct docmap *m;
    const struct field *field;
    enum status status;
    struct err *err;
};

static bool add_text(void *arg, struct str value) {
    struct text_pass *p = arg;
    struct docmap *m = p->m;
    /* A missing value is a facet value, not a text to be found. */
    if (p->field->facet >= 0 && str_eq_z(value, "none")) return true;
    buf_clear(&m->norm);
    p->status = text_normalise(value, &m->norm, NULL, p->err);
    if (p->status != STATUS_OK || m->norm.n == 0) return p->status == STATUS_OK;
    buf_add_char(&m->text, p->field->tag);
    buf_add_str(&m->text, buf_str(&m->norm));
    const char *prefix = p->field->flags & FIELD_SEARCHED ? "" : "X";
    p->status = terms_add(m->terms, buf_str(&m->norm), prefix, 1, p->err);
    return p->status == STATUS_OK;
}

static bool names(const json_t *units, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++) {
        const char *other =
            json_string_value(json_object_get(json_array_get(units, i), "name"));
        if (other && strcmp(other, name) == 0) return true;
    }
    return false;
}

/* Names by which units count are found too (the match may take a facet value for text,
 * xindex.h): once each, and not where the record writes them itself. */
static void add_counted(struct text_pass *p, const struct record *r) {
    const json_t *stated = json_object_get(r->json, "units");
    for (size_t i = 0; i < json_array_size(r->counted); i++) {
        const char *name =
            json_string_value(json_object_get(json_array_get(r->counted, i), "name"));
        if (name && !names(stated, json_array_size(stated), name) &&
            !names(r->counted, i, name) && !add_text(p, str_of(name)))
            return;
    }
}

static enum status add_exact(struct docmap *m, char prefix, struct str value,
                             struct err *err) {
    if (value.n == 0) return STATUS_OK;
    buf_clear(&m->scratch);
    buf_add_char(&m->scratch, prefix);
    buf_add_str(&m->scratch, value);
    enum status s = buf_check(&m->scratch, "term", err);
    /* An exact term adds nothing to the document length: wdf 0. */
    if (s == STATUS_OK) s = terms_add_one(m->terms, buf_str(&m->scratch), 0, err);
    return s;
}

static enum status make_text(struct docmap *m, const struct record *r, enum tier tier,
                             struct err *err) {
    buf_clear(&m->text);
    terms_clear(m->terms);
    struct text_pass pass = {m, NULL, STATUS_OK, err};
    for (size_t tag = 1; tag <= RECTEXT_MAX_TAG && pass.status == STATUS_OK; tag++) {
        pass.field = m->tagged[tag];
        if (!pass.field || pass.field->tier > tier) continue;
        record_values_stated(r, pass.field, add_text, &pass);
        if (pass.field->facet == FACET_UNIT && pass.status == STATUS_OK)
            add_counted(&pass, r);
    }
    enum status s = pass.status;
    if (s == STATUS_OK) s = add_exact(m, 'Q', r->uid, err);
    if (s == STATUS_OK) s = add_exact(m, 'R', r->regno, err);
    if (s == STATUS_OK) s = buf_check(&m->text, "record text", err);
    return s;
}

/* Values may live in record_values' own scratch, so they are copied; slices are made when
 * the copies no longer move. */
static bool add_value(void *arg, struct str value) {
    struct docmap *m = arg;
    if (m->nvalue == VALUES_MAX) return false;
    m->offset[m->nvalue] = m->copies.n;
    m->value[m->nvalue++].n = value.n;
    buf_add_str(&m->copies, value);
    return true;
}

static enum status make_facets(struct docmap *m, const struct record *r, enum tier tier,
                               struct columns_row *row, struct err *err) {
    size_t first[FACET_COUNT + 1];
    m->nvalue = 0;
    buf_clear(&m->copies);
    for (int f = 0; f < FACET_COUNT; f++) {
        const struct field *field = field_of_facet((enum facet)f);
        first[f] = m->nvalue;
        /* Approved but not registered: apart, so that state=approved lists what counts.
         */
        if (f == FACET_STATE && r->paper_pending && str_eq_z(r->state, "approved"))
            add_value(m, str_of("paper_pending"));
        else if (field && (field->tier <= tier || facet_is_internal((enum facet)f)))
            record_values(r, field, add_value, m);
        if (!facet_is_multi((enum facet)f) && m->nvalue > first[f] + 1)
            m->nvalue = first[f] + 1;
    }
    first[FACET_COUNT] = m->nvalue;
    for (size_t i = 0; i < m->nvalue; i++)
        m->value[i].p = buf_z(&m->copies) + m->offset[i];
    for (int f = 0; f < FACET_COUNT; f++) {
        row->facet[f].value = &m->value[first[f]];
        row->facet[f].n = (uint32_t)(first[f + 1] - first[f]);
    }
    return buf_check(&m->copies, "facet values", err);
}

/* A date that may not be read may not be filtered or sorted by either. */
static void make_dates(const struct record *r, enum tier tier, struct columns_row *row) {
    row->date[DATE_APPROVED] = r->approved_on;
    row->date[DATE_ACHIEVED] = r->achieved_on;
    for (int d = 0; d < DATE_COLUMN_COUNT; d++)
        if (field_of_date((enum date_column)d)->tier > tier) row->date[d] = 0;
}

static enum status make_key(struct docmap *m, struct str title, struct str *out,
                            struct err *err) {
    UErrorCode e = U_ZERO_ERROR;
    UChar wide[KEY_MAX];
    int32_t n = 0;
    int32_t bytes = (int32_t)(title.n < KEY_MAX ? title.n : KEY_MAX);
    u_strFromUTF8WithSub(wide, KEY_MAX, &n, title.p, bytes, 0xFFFD, NULL, &e);
    if (U_FAILURE(e) && e != U_STRING_NOT_TERMINATED_WARNING)
        return err_set(err, STATUS_INTERNAL, NULL, "ICU: %s", u_errorName(e));
    int32_t size = ucol_getSortKey(m->collator, wide, n, m->key, KEY_MAX);
    if (size > KEY_MAX) size = KEY_MAX;
    *out = str_slice((const char *)m->key, size > 0 ? (size_t)size - 1 : 0);
    return STATUS_OK;
}

enum status docmap_make(struct docmap *m, enum audience a, const struct record *r,
                        struct docmap_doc *out, struct err *err) {
    /* Text and data never hold more than TIER_P1: see the head of docmap.h. */
    enum tier tier = TIER_P1;
    if (!audience_row(a)->all_records && record_visibility(r) == VISIBLE_P0)
        tier = TIER_P0;
    struct docmap_doc doc;
    memset(&doc, 0, sizeof doc);
    enum status s = make_text(m, r, tier, err);
    if (s == STATUS_OK) s = terms_sorted(m->terms, &doc.terms, &doc.nterms, err);
    if (s == STATUS_OK) {
        buf_clear(&m->data);
        s = recdoc_build(r, tier, &m->data, err);
    }
    if (s == STATUS_OK) s = buf_check(&m->data, "document data", err);
    if (s == STATUS_OK) s = make_facets(m, r, tier, &doc.row, err);
    if (s == STATUS_OK) s = make_key(m, r->title, &doc.row.title_key, err);
    if (s != STATUS_OK) {
        err_prefix(err, "%.*s", (int)(r->uid.n < 64 ? r->uid.n : 64), r->uid.p);
        return s;
    }
    doc.text = buf_str(&m->text);
    doc.data = buf_str(&m->data);
    doc.row.doclen = terms_length(m->terms);
    terms_chars(m->terms, &doc.row.han, &doc.row.nhan);
    doc.row.text_len = (uint32_t)doc.text.n;
    make_dates(r, tier, &doc.row);
    doc.row.uid = r->uid;
    if (!audience_row(a)->all_records) docmap_public_row(&doc.row);
    *out = doc;
    return STATUS_OK;
}

void docmap_public_row(struct columns_row *row) {
    for (int f = 0; f < FACET_COUNT; f++)
        if (facet_is_internal((enum facet)f)) row->facet[f].n = 0;
}
