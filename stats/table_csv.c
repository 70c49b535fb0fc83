#include "stats/table_csv.h"

#include <inttypes.h>
#include <string.h>

static void put_text(struct buf *out, const char *z) {
    z = z ? z : "";
    bool formula = z[0] && strchr("=+-@\t\r", z[0]);
    if (!strpbrk(z, "\",\r\n")) {
        buf_add_f(out, "%s%s", formula ? "'" : "", z);
        return;
    }
    buf_add_z(out, formula ? "\"'" : "\"");
    for (; *z; z++) {
        if (*z == '"') buf_add_char(out, '"');
        buf_add_char(out, *z);
    }
    buf_add_char(out, '"');
}

static void put_cell(const struct table *t, const size_t *index, struct buf *out) {
    const struct table_cell *c = table_at(t, index);
    const char *mark = table_status_mark(c->status);
    char value[40];
    for (size_t d = 0; d < t->ndim; d++) {
        put_text(out, t->dim[d].cat[index[d]].code);
        buf_add_char(out, ',');
    }
    table_cell_text(c, value, sizeof value);
    buf_add_f(out, "%s,", strcmp(value, mark) == 0 ? "" : value);
    put_text(out, mark);
    buf_add_f(out, ",%" PRId64 ",%" PRId64 ",", c->records, c->visible);
    put_text(out, c->link);
    buf_add_z(out, "\r\n");
}

enum status table_csv_some(const struct table *t, table_csv_fn wanted, void *arg,
                           struct buf *out, struct err *err) {
    buf_add_z(out, "\xEF\xBB\xBF");
    for (size_t d = 0; d < t->ndim; d++) {
        put_text(out, t->dim[d].id);
        buf_add_char(out, ',');
    }
    buf_add_z(out, "value,status,records,visible,link\r\n");
    size_t index[TABLE_MAX_DIMS] = {0};
    for (size_t i = 0; i < t->ncell; i++) {
        size_t rest = i;
        for (size_t d = t->ndim; d-- > 0;) {
            index[d] = rest % t->dim[d].n;
            rest /= t->dim[d].n;
        }
        if (!wanted || wanted(arg, t, index)) put_cell(t, index, out);
    }
    return buf_check(out, "table", err);
}

enum status table_csv(const struct table *t, struct buf *out, struct err *err) {
    return table_csv_some(t, NULL, NULL, out, err);
}
