#include "indexer/sheet_csv_separator.h"

#define KINDS 3
#define MAX_COUNT 64    /* more of one kind in a line count as so many */
#define FULL_WEIGHT 8   /* columns beyond these prove no more */
#define HEADER_WEIGHT 3 /* of the kind that the first line names */

static const char kinds[KINDS] = {',', '\t', ';'};

struct tally {
    int lines[KINDS][MAX_COUNT + 1]; /* how many lines hold a kind so often */
    int now[KINDS];                  /* in this line */
    int header[KINDS];               /* the first line that holds any */
    int nlines;
    /* In a quoted cell; at the beginning of a cell; right behind a closing quote, where
     * one more means that the cell goes on. */
    bool quoted, begins, closed;
};

static int kind_of(char c) {
    for (int k = 0; k < KINDS; k++)
        if (c == kinds[k]) return k;
    return -1;
}

static void end_line(struct tally *t) {
    if (!t->header[0] && !t->header[1] && !t->header[2])
        memcpy(t->header, t->now, sizeof t->header);
    for (int k = 0; k < KINDS; k++)
        t->lines[k][t->now[k] < MAX_COUNT ? t->now[k] : MAX_COUNT]++;
    memset(t->now, 0, sizeof t->now);
    t->nlines++;
    t->begins = true;
}

static void look_at(struct tally *t, struct str s) {
    for (size_t i = 0; i < s.n && t->nlines < CSV_SAMPLE_LINES; i++) {
        char c = s.p[i];
        if (t->quoted) {
            t->quoted = c != '"';
            t->closed = !t->quoted;
            continue;
        }
        int k = kind_of(c);
        bool ends = c == '\n' || (c == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n'));
        t->quoted = c == '"' && (t->begins || t->closed);
        t->begins = k >= 0;
        t->closed = false;
        if (k >= 0) t->now[k]++;
        if (ends) end_line(t);
    }
}

static int score(const struct tally *t, int k) {
    int best = 0;
    for (int n = 1; n <= MAX_COUNT; n++) {
        int s = t->lines[k][n] * (n < FULL_WEIGHT ? n : FULL_WEIGHT);
        if (s > best) best = s;
    }
    for (int j = 0; j < KINDS; j++)
        if (t->header[j] > t->header[k]) return best;
    return best * HEADER_WEIGHT;
}

enum status csv_find_separator(struct decoder *d, char *out, struct err *err) {
    struct tally t = {.begins = true};
    for (size_t seen = 0; seen < CSV_SAMPLE_BYTES && t.nlines < CSV_SAMPLE_LINES;) {
        struct str text;
        bool bad;
        enum status st = decoder_next(d, &text, &bad, err);
        if (st != STATUS_OK) return st;
        if (text.n == 0) break;
        if (seen == 0 && text.n >= 5 && memcmp(text.p, "sep=", 4) == 0 &&
            kind_of(text.p[4]) >= 0) {
            *out = text.p[4];
            return STATUS_OK;
        }
        seen += text.n;
        look_at(&t, text);
    }
    end_line(&t);
    int best = 0;
    for (int k = 1; k < KINDS; k++)
        if (score(&t, k) > score(&t, best)) best = k;
    *out = kinds[best];
    return STATUS_OK;
}
