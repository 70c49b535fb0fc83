#include "tests/bench/gen/tsv.h"

#include "tests/bench/gen/labels.h"
#include "tests/bench/gen/reg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    COL_ID,
    COL_TITLE,
    COL_ABSTRACT,
    COL_KEYWORDS,
    COL_UNITS,
    COL_CATEGORY,
    COL_YEAR,
    COL_REGION,
    COL_UNIT_TYPE,
    COL_HITECH,
    COL_STATUS,
    COL_LEVEL,
    COL_EVALUATION,
    COL_SOURCE,
    COL_STAGE,
    COL_INDUSTRY,
    COL_IP,
    COL_COUNT
};

static const int column_max[COL_COUNT] = {
    [COL_CATEGORY] = 3,  [COL_YEAR] = 99,       [COL_REGION] = REGION_COUNTIES,
    [COL_UNIT_TYPE] = 5, [COL_HITECH] = 12,     [COL_STATUS] = 5,
    [COL_LEVEL] = 7,     [COL_EVALUATION] = 11, [COL_SOURCE] = 10,
    [COL_STAGE] = 3,     [COL_INDUSTRY] = 20,   [COL_IP] = 11};
static const char *const divisions[20] = {"A01", "B06", "C13", "D44", "E47", "F51", "G53",
                                          "H61", "I63", "J66", "K70", "L71", "M73", "N76",
                                          "O80", "P83", "Q84", "R86", "S91", "T97"};
static const enum unit_type unit_types[5] = {UNIT_INSTITUTE, UNIT_UNIVERSITY,
                                             UNIT_HOSPITAL, UNIT_COMPANY, UNIT_OTHER};

static bool number(const char *z, int below, int *out) {
    char *end;
    errno = 0;
    long v = strtol(z, &end, 10);
    if (errno || end == z || *end || v < 0 || v >= below) return false;
    *out = (int)v;
    return true;
}

static void write_list(struct json_out *j, const char *key, char *cell) {
    char *save = NULL;
    json_open(j, key, '[');
    for (char *p = strtok_r(cell, ";", &save); p; p = strtok_r(NULL, ";", &save))
        json_z(j, NULL, p);
    json_close(j, ']');
}

static void write_units(struct json_out *j, char *cell, const int v[COL_COUNT]) {
    char *save = NULL, region[16];
    bool first = true;
    json_open(j, "units", '[');
    for (char *p = strtok_r(cell, ";", &save); p; p = strtok_r(NULL, ";", &save)) {
        json_open(j, NULL, '{');
        json_z(j, "name", p);
        if (first) {
            json_z(j, "type", unit_type_labels[unit_types[v[COL_UNIT_TYPE]]]);
            snprintf(region, sizeof region, "%06d", region_counties[v[COL_REGION]].code);
            json_z(j, "region", region);
        }
        first = false;
        json_close(j, '}');
    }
    json_close(j, ']');
}

static bool write_ip(struct json_out *j, char *cell) {
    char *save = NULL;
    int k;
    json_open(j, "ip", '[');
    for (char *p = strtok_r(cell, ",", &save); p; p = strtok_r(NULL, ",", &save)) {
        if (!number(p, column_max[COL_IP], &k)) return false;
        json_open(j, NULL, '{');
        json_z(j, "kind", labels_ip.labels[k]);
        json_close(j, '}');
    }
    json_close(j, ']');
    return true;
}

/* One line of the TSV; false names the column that is wrong. */
static bool convert(char *cell[COL_COUNT], struct buf *line, int *wrong) {
    static const char letters[3] = {'Y', 'J', 'R'};
    static const char *const categories[3] = {"A", "B", "S"};
    int v[COL_COUNT] = {0}, id;
    *wrong = COL_ID;
    if (!number(cell[COL_ID], 100000000, &id)) return false;
    for (int i = COL_CATEGORY; i < COL_IP; i++) {
        *wrong = i;
        if (!number(cell[i], column_max[i], &v[i])) return false;
    }
    struct json_out j = {line, false};
    char text[40];
    int year = 2001 + v[COL_YEAR];
    buf_clear(line);
    json_open(&j, NULL, '{');
    json_z(&j, "kind", "registration");
    json_int(&j, "schema", 1);
    snprintf(text, sizeof text, "%08d", id);
    json_z(&j, "uid", text);
    json_int(&j, "rev", 1);
    json_z(&j, "registry", "140000");
    json_z(&j, "state", "approved");
    json_z(&j, "consent", "yes");
    json_z(&j, "publicity", "closed");
    json_bool(&j, "paper_pending", false);
    json_z(&j, "secrecy", "非密");
    snprintf(text, sizeof text, "914%04d%c%06d", year, letters[v[COL_CATEGORY]],
             id % 1000000);
    json_z(&j, "regno", text);
    json_day(&j, "approved_on", day_of(year, 1, 1) + id % 365);
    json_int(&j, "stat_year", year);
    json_z(&j, "category", categories[v[COL_CATEGORY]]);
    json_z(&j, "title", cell[COL_TITLE]);
    json_z(&j, "abstract", cell[COL_ABSTRACT]);
    write_list(&j, "keywords", cell[COL_KEYWORDS]);
    write_units(&j, cell[COL_UNITS], v);
    json_z(&j, "stage", labels_stage.labels[v[COL_STAGE]]);
    json_z(&j, "level", labels_level.labels[v[COL_LEVEL]]);
    json_open(&j, "industry", '[');
    json_z(&j, NULL, divisions[v[COL_INDUSTRY]]);
    json_close(&j, ']');
    snprintf(text, sizeof text, "%d", v[COL_HITECH] + 1);
    json_z(&j, "hitech", text);
    json_z(&j, "source", labels_source.labels[v[COL_SOURCE]]);
    json_open(&j, "evaluation", '{');
    json_z(&j, "kind", labels_evaluation.labels[v[COL_EVALUATION]]);
    json_z(&j, "conclusion", "positive");
    json_close(&j, '}');
    json_open(&j, "application", '{');
    json_z(&j, "status", labels_status.labels[v[COL_STATUS]]);
    json_z(&j, "scheme", "current");
    json_close(&j, '}');
    *wrong = COL_IP;
    if (!write_ip(&j, cell[COL_IP])) return false;
    json_close(&j, '}');
    buf_add_char(line, '\n');
    return true;
}

static enum status convert_all(FILE *in, FILE *out, const char *path, struct err *err) {
    struct buf line = buf_init((size_t)4 << 20);
    char *text = NULL;
    size_t cap = 0;
    ssize_t n;
    enum status s = STATUS_OK;
    for (long row = 1; s == STATUS_OK && (n = getline(&text, &cap, in)) > 0; row++) {
        char *cell[COL_COUNT], *p = text;
        int k = 0, wrong = 0;
        if (text[n - 1] == '\n') text[n - 1] = 0;
        for (; k < COL_COUNT && p; k++) {
            cell[k] = p;
            p = strchr(p, '\t');
            if (p) *p++ = 0;
        }
        if (k < COL_COUNT || p)
            s = err_set(err, STATUS_INVALID, NULL, "%s:%ld: not %d columns", path, row,
                        COL_COUNT);
        else if (!convert(cell, &line, &wrong))
            s = err_set(err, STATUS_INVALID, NULL,
                        "%s:%ld: column %d: not a known number", path, row, wrong + 1);
        else if (line.failed)
            s = buf_check(&line, "line", err);
        else if (fwrite(line.p, 1, line.n, out) != line.n)
            s = err_errno(err, "cannot write");
    }
    if (s == STATUS_OK && ferror(in)) s = err_errno(err, "cannot read %s", path);
    free(text);
    buf_done(&line);
    return s;
}

enum status tsv_convert(const char *in, const char *out, struct err *err) {
    FILE *from = fopen(in, "re");
    if (!from) return err_errno(err, "cannot read %s", in);
    FILE *to = fopen(out, "we");
    enum status s =
        to ? convert_all(from, to, in, err) : err_errno(err, "cannot write %s", out);
    fclose(from);
    if (to && fclose(to) != 0 && s == STATUS_OK)
        s = err_errno(err, "cannot write %s", out);
    return s;
}
