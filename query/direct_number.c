/* direct_number.c - numbers: of registrations, public and lost, of patents, standards and
 * units. */
#include "core/date.h"
#include "core/recdoc.h"
#include "core/uscc.h"
#include "query/direct_form.h"
#include "query/direct_part.h"
#include "query/record_doc.h"
#include "web/html.h"

#include <strings.h>
#include <talloc.h>

#define ANY_NUMBER UINT32_MAX /* of records that a term of a number may be in */

static enum status out_of_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "内存不足：直接答案");
}

static const char *record_url(struct direct_work *w, struct str id) {
    struct buf b = buf_init(0);
    buf_add_z(&b, "/achievement/");
    html_put_path_segment(&b, id);
    const char *url = b.failed ? NULL : talloc_strndup(w->tmp, buf_z(&b), b.n);
    buf_done(&b);
    return url;
}

/* ---- registration numbers --------------------------------------------------------- */

static bool has_digit(struct str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9') return true;
    return false;
}

/* The matching text in capitals without blanks, and without hyphens too: both are typed
 * into numbers to make them readable. */
static struct str squeezed(struct direct_work *w, bool hyphens) {
    char *z = talloc_array(w->tmp, char, (unsigned)w->norm.n + 1);
    size_t n = 0;
    if (!z) return str_slice(NULL, 0);
    for (size_t i = 0; i < w->norm.n; i++) {
        char c = w->norm.p[i];
        if (c == ' ' || (c == '-' && !hyphens)) continue;
        z[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    z[n] = 0;
    return str_slice(z, n);
}

static bool same_id(struct str a, struct str b) {
    return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

static enum status add_record(struct direct_work *w, const struct record_doc *doc,
                              struct str id, struct err *err) {
    json_error_t why;
    json_t *hit = json_loadb(doc->hit.p, doc->hit.n, 0, &why);
    if (!hit)
        return err_set(err, STATUS_CORRUPT, "document",
                       "索引中的一条记录不完整；请运行 chengguo rebuild 重建发布集");
    struct str regno = direct_text(hit, "regno"), title = direct_text(hit, "title");
    struct str uid = direct_text(hit, "uid"), url = direct_text(hit, "url");
    /* Found by uid where the number is another one. */
    bool by_uid = regno.n == 0 || (same_id(id, uid) && !same_id(id, regno));
    struct str shown = by_uid ? uid : regno;
    const char *note =
        talloc_asprintf(w->tmp, "%s %.*s 是成果“%.*s”。", by_uid ? "来源标识" : "登记号",
                        (int)shown.n, shown.p, (int)title.n, title.p);
    const char *to = talloc_strndup(w->tmp, url.p, url.n);
    enum status s = direct_add(w, "regno", shown, note, to, 1, err);
    json_decref(hit);
    return s;
}

static enum status add_gone(struct direct_work *w, struct str regno,
                            const struct pubdata_loss *loss, struct err *err) {
    char day[DATE_TEXT];
    date_text(instant_date(loss->at), day);
    const char *how = strcmp(loss->reason, "withdrawn") == 0  ? "撤销登记"
                      : strcmp(loss->reason, "objected") == 0 ? "因异议暂停公开"
                                                              : "不再公开";
    const char *note = talloc_asprintf(w->tmp, "登记号 %.*s 的成果曾经公开，已于 %s %s。",
                                       (int)regno.n, regno.p, day, how);
    return direct_add(w, "regno", regno, note, record_url(w, regno), 0, err);
}

static enum status add_renumbered(struct direct_work *w, struct str regno, struct str now,
                                  struct err *err) {
    struct record_doc doc;
    struct err ignored;
    bool there = record_doc_find(w->reader, w->tmp, now, &doc, &ignored) == STATUS_OK;
    const char *note = talloc_asprintf(w->tmp, "登记号 %.*s 已改为 %.*s。", (int)regno.n,
                                       regno.p, (int)now.n, now.p);
    return direct_add(w, "regno", regno, note, record_url(w, now), there ? 1 : 0, err);
}

/* Adds the record or the loss of `id`, if there is one. */
static enum status try_id(struct direct_work *w, struct str id, struct err *err) {
    struct record_doc doc;
    struct pubdata_loss loss;
    enum status s = record_doc_find(w->reader, w->tmp, id, &doc, err);
    if (s == STATUS_OK) return add_record(w, &doc, id, err);
    if (s == STATUS_NOT_FOUND && w->data) s = pubdata_loss_of(w->data, id, &loss, err);
    if (s == STATUS_NOT_FOUND) return STATUS_OK;
    if (s != STATUS_OK) return s;
    return loss.to_regno[0] ? add_renumbered(w, id, str_of(loss.to_regno), err)
                            : add_gone(w, id, &loss, err);
}

enum status direct_by_regno(struct direct_work *w, struct err *err) {
    if (!has_digit(w->norm) || w->typed.n > RECORD_ID_MAX || w->norm.n > RECORD_ID_MAX)
        return STATUS_OK;
    struct str bare = squeezed(w, true), plain = squeezed(w, false);
    if (!bare.p || !plain.p) return out_of_memory(err);
    enum status s = try_id(w, bare, err);
    if (s == STATUS_OK && w->out->n == 0 && !str_eq(bare, w->typed))
        s = try_id(w, w->typed, err);
    if (s == STATUS_OK && w->out->n == 0 && !str_eq(plain, bare))
        s = try_id(w, plain, err);
    return s;
}

/* ---- patents, standards, credit codes --------------------------------------------- */

/* 专利号:"ZL2014…"; in quotes, so that exactly this form is searched. */
static enum status put_term(const struct direct_number_row *row, const char *form,
                            struct buf *out, struct err *err) {
    buf_add_f(out, "%s%s:\"", out->n ? " OR " : "", row->name);
    for (const char *p = form; *p; p++)
        buf_add_char(out, *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p);
    buf_add_char(out, '"');
    return buf_check(out, "检索式", err);
}

/* The value of the field that the number stands in, as the record writes it, and whose
 * place in the list it is. */
static struct str written(const json_t *rest, const struct field *field,
                          const struct direct_forms *forms, size_t *place) {
    size_t i;
    json_t *one;
    struct buf norm = buf_init(0);
    struct str found = str_slice("", 0);
    json_array_foreach(json_object_get(rest, field->outer), i, one) {
        struct str v = direct_text(one, field->key);
        buf_clear(&norm);
        if (v.n == 0 || text_normalise(v, &norm, NULL, NULL) != STATUS_OK) continue;
        for (size_t k = 0; found.n == 0 && k < forms->n; k++)
            if (text_find(buf_str(&norm), str_of(forms->v[k]), 0) != SIZE_MAX) {
                found = v;
                *place = i;
            }
        if (found.n) break;
    }
    buf_done(&norm);
    return found;
}

static enum status add_number(struct direct_work *w, const struct direct_forms *forms,
                              const struct field *field, const char *url, uint32_t total,
                              const struct search_result *res, struct err *err) {
    const struct direct_number_row *row = direct_number_row(forms->number);
    json_error_t why;
    json_t *hit = json_loadb(res->hit[0].hit.p, res->hit[0].hit.n, 0, &why);
    json_t *rest = json_loadb(res->hit[0].rest.p, res->hit[0].rest.n, 0, &why);
    size_t place = 0;
    struct str text = written(rest, field, forms, &place);
    if (text.n == 0) text = w->typed;
    char *before = talloc_asprintf(w->tmp, "%s %.*s ", row->zh, (int)text.n, text.p);
    enum status s = before ? STATUS_OK : out_of_memory(err);
    if (s == STATUS_OK && forms->number == DIRECT_USCC) {
        struct str name = direct_unit_name(hit, place);
        before = talloc_asprintf_append(before, "的单位");
        if (name.n) s = direct_add_unit(w, row->kind, text, before, name, err);
    } else if (s == STATUS_OK) {
        const char *note = talloc_asprintf(w->tmp, "%s见于 %u 项成果。", before, total);
        s = direct_add(w, row->kind, text, note, url, total, err);
    }
    json_decref(hit);
    json_decref(rest);
    return s;
}

/* Is `form` the beginning of one that was found, so that it would say less? */
static bool says_less(const struct direct_forms *found, const char *form) {
    for (size_t i = 0; i < found->n; i++)
        if (strncmp(found->v[i], form, strlen(form)) == 0) return true;
    return false;
}

/* Searches every form whose terms occur at all. *url then asks for those that are found,
 * which *total records have (0: none is found); *res is the answer to the first. */
static enum status search_forms(struct direct_work *w, const struct direct_forms *forms,
                                const struct field *field, struct direct_forms *found,
                                const char **url, uint32_t *total,
                                struct search_result **res, struct err *err) {
    const struct direct_number_row *row = direct_number_row(forms->number);
    struct buf one = buf_init(0), all = buf_init(0);
    enum status s = STATUS_OK;
    for (size_t i = 0; s == STATUS_OK && i < forms->n; i++) {
        bool may = false;
        struct search_result *r = NULL;
        const char *to;
        if (says_less(found, forms->v[i])) continue;
        s = direct_may_occur(w, str_of(forms->v[i]), field, ANY_NUMBER, &may, err);
        if (s != STATUS_OK || !may) continue;
        buf_clear(&one);
        s = put_term(row, forms->v[i], &one, err);
        if (s == STATUS_OK) s = direct_link(w, "q", buf_str(&one), 1, &to, &r, err);
        if (s != STATUS_OK || r->total == 0) continue;
        memcpy(found->v[found->n++], forms->v[i], sizeof forms->v[i]);
        if (found->n == 1) *res = r;
        *total = r->total;
        *url = to;
        s = put_term(row, forms->v[i], &all, err);
    }
    if (s == STATUS_OK && found->n > 1) {
        struct search_result *r;
        s = direct_link(w, "q", buf_str(&all), 0, url, &r, err);
        if (s == STATUS_OK) *total = r->total;
    }
    buf_done(&one);
    buf_done(&all);
    return s;
}

enum status direct_by_number(struct direct_work *w, struct err *err) {
    struct direct_forms forms, found = {0};
    struct search_result *res = NULL;
    const char *url = NULL;
    uint32_t total = 0;
    if (!direct_forms_of(w->norm, &forms)) return STATUS_OK;
    const struct direct_number_row *row = direct_number_row(forms.number);
    const struct field *field = field_by_path(str_of(row->path));
    enum status s = STATUS_OK;
    found.number = forms.number;
    if (field && field->tag && field->name)
        s = search_forms(w, &forms, field, &found, &url, &total, &res, err);
    if (s != STATUS_OK) return s;
    if (res && res->nhits) return add_number(w, &found, field, url, total, res, err);
    struct str code = squeezed(w, true);
    if (!code.p) return out_of_memory(err);
    if (forms.number != DIRECT_USCC || uscc_is_valid(code)) return STATUS_OK;
    const char *note =
        talloc_asprintf(w->tmp, "%s %.*s 的校验码不符，请核对；没有登记它的单位。",
                        row->zh, (int)code.n, code.p);
    return direct_add(w, row->kind, code, note, NULL, 0, err);
}
