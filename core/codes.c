/* codes.c - see codes.h. The lists are the embedded files of data/codes/ (and the
 * divisions made at build time): lines of code, label, parent, aliases ('|' between
 * them), tab-separated; '#' starts a comment. Two hash tables are built at start: exact
 * codes, and folded names (codes, labels, aliases). */
#include "core/codes.h"

#include "codes_embedded.h"
#include "core/utf8.h"

#include <stdlib.h>
#include <string.h>

#define NO_ENTRY UINT32_MAX
#define MAX_ENTRIES 60000 /* of all lists together; the tables stay small */

static const char *const list_names[CODES_LIST_COUNT] = {
    [CODES_NONE] = "",
    [CODES_CATEGORY] = "category",
    [CODES_FORM] = "form",
    [CODES_ATTRIBUTE] = "attribute",
    [CODES_STAGE] = "stage",
    [CODES_LEVEL] = "level",
    [CODES_EVALUATION] = "evaluation",
    [CODES_SOURCE] = "source",
    [CODES_PLAN] = "plan",
    [CODES_STATUS] = "status",
    [CODES_REASON] = "reason",
    [CODES_CONVERSION] = "conversion",
    [CODES_COOPERATION] = "cooperation",
    [CODES_UNIT_TYPE] = "unit_type",
    [CODES_IP] = "ip",
    [CODES_HITECH] = "hitech",
    [CODES_SEI] = "sei",
    [CODES_DEGREE] = "degree",
    [CODES_JOB_TITLE] = "job_title",
    [CODES_SECRECY] = "secrecy",
    [CODES_MATURITY] = "maturity",
    [CODES_RESEARCH] = "research",
    [CODES_GENDER] = "gender",
    [CODES_REGION] = "region",
    [CODES_INDUSTRY] = "industry",
    [CODES_DISCIPLINE] = "discipline",
    [CODES_STATE] = "state",
    [CODES_CONSENT] = "consent",
    [CODES_PUBLICITY] = "publicity",
    [CODES_YESNO] = "yesno",
    [CODES_CONTRACT] = "contract",
    [CODES_CONCLUSION] = "conclusion",
};

struct entry {
    struct str code, label; /* both terminated */
    uint32_t parent;        /* entry, or NO_ENTRY */
};

struct slot {
    struct str key;
    uint32_t entry; /* NO_ENTRY: free */
    uint8_t list;
    bool ambiguous; /* several entries of one rank have this name */
};

struct table {
    struct slot *slot;
    size_t mask;
};

/* Written by codes_load alone, before any thread; constant afterwards. */
static struct {
    bool loaded;
    struct entry *entry;
    uint32_t n;
    char *text; /* codes, labels and folded names, one after another */
    size_t text_n, text_max;
    uint32_t first[CODES_LIST_COUNT], count[CODES_LIST_COUNT];
    struct table codes, names;
    struct str other[CODES_LIST_COUNT]; /* the code of 其他 */
} lists;

static const char label_none[] = "未填", code_none[] = "none", code_other[] = "其他";

/* -------------------------------------------------------------- folding and hashing */

/* Folds a name for comparison into out (CODES_MAX_BYTES); 0 when it does not fit. */
static size_t fold(struct str s, char out[CODES_MAX_BYTES]) {
    if (s.n == 0) return 0; /* its pointer may be NULL */
    const char *p = s.p, *end = s.p + s.n;
    size_t n = 0;
    while (p < end) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        if (cp >= 0xFF01 && cp <= 0xFF5E) cp -= 0xFEE0;
        if (cp <= ' ' || cp == 0x7F || cp == 0xA0 || cp == 0x3000 || cp == 0xFEFF)
            continue;
        if (cp == 0x3010 || cp == 0x3014) cp = '(';
        if (cp == 0x3011 || cp == 0x3015) cp = ')';
        if (cp >= 'A' && cp <= 'Z') cp += 'a' - 'A';
        if (n + 4 > CODES_MAX_BYTES) return 0;
        n += utf8_put(cp, out + n);
    }
    return n;
}

static uint64_t hash_of(enum code_list list, struct str key) {
    uint64_t h = UINT64_C(14695981039346656037) ^ (unsigned)list; /* FNV-1a */
    for (size_t i = 0; i < key.n; i++)
        h = (h ^ (unsigned char)key.p[i]) * UINT64_C(1099511628211);
    return h ^ h >> 32;
}

static struct slot *slot_of(const struct table *t, enum code_list list, struct str key) {
    size_t i = (size_t)hash_of(list, key) & t->mask;
    while (t->slot[i].entry != NO_ENTRY &&
           !(t->slot[i].list == (uint8_t)list && str_eq(t->slot[i].key, key)))
        i = (i + 1) & t->mask;
    return &t->slot[i];
}

static uint32_t find_code(enum code_list list, struct str code) {
    return lists.loaded ? slot_of(&lists.codes, list, code)->entry : NO_ENTRY;
}

static uint32_t find_name(enum code_list list, struct str name) {
    char key[CODES_MAX_BYTES];
    size_t n = fold(name, key);
    if (n == 0 || !lists.loaded) return NO_ENTRY;
    const struct slot *s = slot_of(&lists.names, list, str_slice(key, n));
    return s->ambiguous ? NO_ENTRY : s->entry;
}

static bool all_digits(struct str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n > 0;
}

/* A region without its trailing 00 pairs: 2, 4 or 6 digits. */
static struct str region_stem(struct str code) {
    if (!all_digits(code)) return code;
    while (code.n >= 4 && code.n % 2 == 0 && memcmp(code.p + code.n - 2, "00", 2) == 0)
        code.n -= 2;
    return code;
}

/* ------------------------------------------------------------------------- loading */

static enum status table_new(struct table *t, size_t want, struct err *err) {
    size_t size = 64;
    while (size < want * 2) size *= 2;
    t->slot = malloc(size * sizeof t->slot[0]);
    if (!t->slot) return err_set(err, STATUS_NOMEM, NULL, "代码表：内存不足");
    for (size_t i = 0; i < size; i++) t->slot[i] = (struct slot){.entry = NO_ENTRY};
    t->mask = size - 1;
    return STATUS_OK;
}

/* 0 at the top. Of regions the code tells: some counties hang on their province. */
static unsigned rank_of(enum code_list list, uint32_t entry) {
    unsigned rank = 0;
    if (list == CODES_REGION)
        return (unsigned)region_stem(lists.entry[entry].code).n / 2 - 1;
    while (lists.entry[entry].parent != NO_ENTRY && rank < 9) {
        entry = lists.entry[entry].parent;
        rank++;
    }
    return rank;
}

/* A terminated copy in lists.text; a NULL slice when that is full. */
static struct str keep(struct str s) {
    if (lists.text_max - lists.text_n < s.n + 1) return str_slice(NULL, 0);
    char *z = lists.text + lists.text_n;
    if (s.n) memcpy(z, s.p, s.n);
    z[s.n] = 0;
    lists.text_n += s.n + 1;
    return str_slice(z, s.n);
}

/* The higher rank keeps a contested name; among equals it becomes ambiguous. */
static enum status add_name(enum code_list list, struct str name, uint32_t entry,
                            struct err *err) {
    char key[CODES_MAX_BYTES];
    size_t n = fold(name, key);
    if (n == 0) return STATUS_OK;
    struct slot *s = slot_of(&lists.names, list, str_slice(key, n));
    if (s->entry == entry) return STATUS_OK;
    if (s->entry != NO_ENTRY) {
        unsigned old = rank_of(list, s->entry), new = rank_of(list, entry);
        if (new == old) s->ambiguous = true;
        if (new < old) {
            s->entry = entry;
            s->ambiguous = false;
        }
        return STATUS_OK;
    }
    struct str copy = keep(str_slice(key, n));
    if (!copy.p) return err_set(err, STATUS_CORRUPT, NULL, "代码表：文字超出预计");
    *s = (struct slot){copy, entry, (uint8_t)list, false};
    return STATUS_OK;
}

/* Cuts the next field off *line, at `sep`. */
static struct str cut(struct str *line, char sep) {
    const char *at = line->n ? memchr(line->p, sep, line->n) : NULL;
    struct str head = str_slice(line->p, at ? (size_t)(at - line->p) : line->n);
    size_t used = head.n + (at ? 1 : 0);
    *line = str_slice(line->p + used, line->n - used);
    return head;
}

/* First pass over a file: the entries and their codes. */
static enum status load_entries(enum code_list list, struct str file, struct err *err) {
    lists.first[list] = lists.n;
    while (file.n) {
        struct str line = cut(&file, '\n');
        if (line.n == 0 || line.p[0] == '#') continue;
        struct str code = keep(cut(&line, '\t')), label = keep(cut(&line, '\t'));
        if (!code.p || !label.p)
            return err_set(err, STATUS_CORRUPT, NULL, "代码表：文字超出预计");
        struct slot *s = slot_of(&lists.codes, list, code);
        if (code.n == 0 || label.n == 0 || s->entry != NO_ENTRY)
            return err_set(err, STATUS_CORRUPT, NULL, "代码表 %s：代码“%s”为空或重复",
                           list_names[list], code.p);
        *s = (struct slot){code, lists.n, (uint8_t)list, false};
        lists.entry[lists.n++] = (struct entry){code, label, NO_ENTRY};
    }
    lists.count[list] = lists.n - lists.first[list];
    if (lists.count[list] == 0)
        return err_set(err, STATUS_CORRUPT, NULL, "代码表 %s 是空的", list_names[list]);
    return STATUS_OK;
}

/* Second pass: parents (which may stand anywhere in the file). */
static enum status load_parents(enum code_list list, struct str file, struct err *err) {
    uint32_t i = lists.first[list];
    while (file.n) {
        struct str line = cut(&file, '\n');
        if (line.n == 0 || line.p[0] == '#') continue;
        cut(&line, '\t');
        cut(&line, '\t');
        struct str parent = cut(&line, '\t');
        if (parent.n) {
            uint32_t at = slot_of(&lists.codes, list, parent)->entry;
            if (at == NO_ENTRY || at == i)
                return err_set(err, STATUS_CORRUPT, NULL, "代码表 %s：没有上级“%.*s”",
                               list_names[list], (int)parent.n, parent.p);
            lists.entry[i].parent = at;
        }
        i++;
    }
    return STATUS_OK;
}

/* Third pass: names, which need the ranks. */
static enum status load_names(enum code_list list, struct str file, struct err *err) {
    enum status s = STATUS_OK;
    uint32_t i = lists.first[list];
    while (file.n && s == STATUS_OK) {
        struct str line = cut(&file, '\n');
        if (line.n == 0 || line.p[0] == '#') continue;
        const struct entry *e = &lists.entry[i];
        s = add_name(list, e->code, i, err);
        if (s == STATUS_OK) s = add_name(list, e->label, i, err);
        if (s == STATUS_OK && list == CODES_INDUSTRY && e->code.n > 1)
            s = add_name(list, str_slice(e->code.p + 1, e->code.n - 1), i, err);
        for (int skip = 0; skip < 3; skip++) cut(&line, '\t');
        while (line.n && s == STATUS_OK) s = add_name(list, cut(&line, '|'), i, err);
        if (str_eq_z(e->label, code_other)) lists.other[list] = e->code;
        i++;
    }
    return s;
}

static struct str file_of(enum code_list list) {
    const char *want = list == CODES_REGION ? "divisions" : list_names[list];
    for (size_t i = 0; i < ARRAY_LEN(codes_files); i++)
        if (strcmp(codes_files[i].name, want) == 0)
            return str_slice(codes_files[i].bytes, codes_files[i].size);
    return str_slice(NULL, 0);
}

static void unload(void) {
    free(lists.text);
    free(lists.entry);
    free(lists.codes.slot);
    free(lists.names.slot);
    memset(&lists, 0, sizeof lists);
}

enum status codes_load(struct err *err) {
    if (lists.loaded) return STATUS_OK;
    size_t bytes = 0, lines = 0, names = 0;
    for (size_t i = 0; i < ARRAY_LEN(codes_files); i++)
        for (size_t k = 0; k < codes_files[i].size; k++) {
            char c = codes_files[i].bytes[k];
            bytes++;
            lines += c == '\n';
            names += c == '\t' || c == '|' || c == '\n' ? 2 : 0; /* more than there are */
        }
    if (lines > MAX_ENTRIES)
        return err_set(err, STATUS_CORRUPT, NULL, "代码表超过 %d 行", MAX_ENTRIES);
    lists.text_max = 3 * bytes + 1; /* each once as it stands, once folded, and an end */
    lists.text = malloc(lists.text_max);
    lists.entry = calloc(lines + 1, sizeof lists.entry[0]);
    enum status s = lists.text && lists.entry
                        ? table_new(&lists.codes, lines, err)
                        : err_set(err, STATUS_NOMEM, NULL, "代码表：内存不足");
    if (s == STATUS_OK) s = table_new(&lists.names, names, err);
    for (int list = CODES_NONE + 1; list < CODES_LIST_COUNT && s == STATUS_OK; list++) {
        struct str file = file_of((enum code_list)list);
        lists.other[list] = str_of(code_other);
        s = load_entries((enum code_list)list, file, err);
        if (s == STATUS_OK) s = load_parents((enum code_list)list, file, err);
        if (s == STATUS_OK) s = load_names((enum code_list)list, file, err);
    }
    lists.loaded = s == STATUS_OK;
    if (s != STATUS_OK) unload();
    return s;
}

/* --------------------------------------------------------------- shapes of the codes */

/* An industry with its letter, upper-case, into out; the input when it is none. */
static struct str industry_full(struct str code, char out[8]) {
    if (code.n >= 2 && code.n <= 4 && all_digits(code)) {
        uint32_t at = find_name(CODES_INDUSTRY, str_slice(code.p, 2));
        if (at == NO_ENTRY) return code;
        out[0] = lists.entry[at].code.p[0];
        memcpy(out + 1, code.p, code.n);
        return str_slice(out, code.n + 1);
    }
    bool digits =
        code.n == 1 || (code.n > 1 && all_digits(str_slice(code.p + 1, code.n - 1)));
    if (digits && code.n <= 5 && code.p[0] >= 'a' && code.p[0] <= 'z') {
        memcpy(out, code.p, code.n);
        out[0] = (char)(out[0] - 'a' + 'A');
        return str_slice(out, code.n);
    }
    return code;
}

/* The listed entry that an unlisted code of an open hierarchy stands under. */
static uint32_t find_above(enum code_list list, struct str code) {
    uint32_t at = NO_ENTRY;
    char full[8];
    if (list == CODES_REGION && code.n == 6 && all_digits(code)) {
        char up[6];
        memcpy(up, code.p, 6);
        memset(up + 4, '0', 2);
        if (memcmp(code.p + 4, "00", 2) != 0) at = find_code(list, str_slice(up, 6));
        memset(up + 2, '0', 2);
        if (at == NO_ENTRY && memcmp(code.p + 2, "0000", 4) != 0)
            at = find_code(list, str_slice(up, 6));
    } else if (list == CODES_INDUSTRY) {
        code = industry_full(code, full);
        if (code.n > 5 || code.n < 3 || !all_digits(str_slice(code.p + 1, code.n - 1)))
            return NO_ENTRY;
        for (size_t n = code.n; n >= 3 && at == NO_ENTRY; n--)
            at = find_code(list, str_slice(code.p, n));
    } else if (list == CODES_DISCIPLINE && all_digits(code) && code.n <= 7) {
        for (size_t n = code.n; n >= 3 && at == NO_ENTRY; n--)
            if (n % 2 == 1) at = find_code(list, str_slice(code.p, n));
        if (code.n % 2 == 0) at = NO_ENTRY;
    }
    return at;
}

/* -------------------------------------------------------------------------- lookups */

/* 山西省太原市小店区: names in a row, each of a place below the one before. */
static uint32_t find_region_path(struct str value) {
    char key[CODES_MAX_BYTES], part[CODES_MAX_BYTES];
    size_t n = fold(value, key), at = 0;
    uint32_t found = NO_ENTRY;
    const uint32_t first = lists.first[CODES_REGION],
                   end = first + lists.count[CODES_REGION];
    while (at < n) {
        uint32_t best = NO_ENTRY;
        size_t best_n = 0;
        for (uint32_t i = first; i < end; i++) {
            const struct entry *e = &lists.entry[i];
            bool below = found == NO_ENTRY ? memcmp(e->code.p + 4, "00", 2) == 0
                                           : codes_within(CODES_REGION, e->code,
                                                          lists.entry[found].code) &&
                                                 i != found;
            if (!below || e->label.n > n - at || e->label.n <= best_n ||
                memcmp(e->label.p, key + at, 3) != 0)
                continue;
            size_t label_n = fold(e->label, part);
            if (label_n <= n - at && memcmp(part, key + at, label_n) == 0) {
                best = i;
                best_n = label_n;
            }
        }
        if (best == NO_ENTRY) return NO_ENTRY;
        found = best;
        at += best_n;
    }
    return found;
}

static uint32_t find_region(struct str value) {
    if (all_digits(value) && (value.n == 2 || value.n == 4)) {
        char code[6] = {'0', '0', '0', '0', '0', '0'};
        memcpy(code, value.p, value.n);
        return find_code(CODES_REGION, str_slice(code, sizeof code));
    }
    return find_region_path(value);
}

struct str codes_resolve(enum code_list list, struct str value) {
    const struct str nothing = {NULL, 0};
    if (list <= CODES_NONE || list >= CODES_LIST_COUNT) return nothing;
    value = str_trim(value);
    if (value.n > CODES_MAX_BYTES) return nothing;
    uint32_t at = find_code(list, value);
    if (at == NO_ENTRY) at = find_name(list, value);
    if (at == NO_ENTRY && list == CODES_REGION && value.n > 0) at = find_region(value);
    if (at != NO_ENTRY) return lists.entry[at].code;
    if (value.n == 0 || str_eq_z(value, code_none) || str_eq_z(value, label_none))
        return str_of(code_none);
    if (str_eq_z(value, code_other) || str_eq_z(value, "其它"))
        return lists.other[list].n ? lists.other[list] : str_of(code_other);
    return find_above(list, value) != NO_ENTRY ? value : nothing;
}

const char *codes_label(enum code_list list, struct str code) {
    if (list <= CODES_NONE || list >= CODES_LIST_COUNT) return "";
    uint32_t at = find_code(list, code);
    if (at == NO_ENTRY) at = find_above(list, code);
    if (at != NO_ENTRY) return lists.entry[at].label.p;
    if (str_eq_z(code, code_none)) return label_none;
    return str_eq_z(code, code_other) ? code_other : "";
}

struct str codes_label_str(enum code_list list, struct str code) {
    struct str label = str_of(codes_label(list, code));
    return label.n ? label : code;
}

bool codes_has(enum code_list list, struct str code) {
    return find_code(list, code) != NO_ENTRY;
}

struct str codes_parent(enum code_list list, struct str code) {
    uint32_t at = find_code(list, code);
    at = at == NO_ENTRY ? find_above(list, code) : lists.entry[at].parent;
    return at == NO_ENTRY ? str_slice(NULL, 0) : lists.entry[at].code;
}

size_t codes_count(enum code_list list) {
    return list > CODES_NONE && list < CODES_LIST_COUNT ? lists.count[list] : 0;
}

const char *codes_at(enum code_list list, size_t i) {
    return i < codes_count(list) ? lists.entry[lists.first[list] + i].code.p : "";
}

const char *codes_name(enum code_list list) {
    return list > CODES_NONE && list < CODES_LIST_COUNT ? list_names[list] : "";
}

size_t codes_order(enum code_list list, struct str code) {
    if (list > CODES_NONE && list < CODES_LIST_COUNT && !str_eq_z(code, code_other)) {
        uint32_t at = find_code(list, code);
        if (at != NO_ENTRY) return at - lists.first[list];
    }
    return str_eq_z(code, code_none) || str_eq_z(code, code_other) ? SIZE_MAX - 1
                                                                   : SIZE_MAX;
}

/* ---------------------------------------------------------------------- hierarchies */

bool codes_within(enum code_list list, struct str code, struct str root) {
    if (str_eq(code, root)) return true;
    char code_full[8], root_full[8];
    if (list == CODES_REGION) {
        code = region_stem(code);
        root = region_stem(root);
        return all_digits(root) && root.n >= 2 && str_starts(code, root);
    }
    if (list == CODES_INDUSTRY) {
        code = industry_full(code, code_full);
        root = industry_full(root, root_full);
        if (root.n == 1)
            return code.n >= 3 && code.n <= 5 && code.p[0] == root.p[0] &&
                   all_digits(str_slice(code.p + 1, code.n - 1));
        return root.n >= 3 && root.n <= 5 && str_starts(code, root);
    }
    if (list == CODES_DISCIPLINE) {
        if (root.n == 1 && code.n >= 3 && all_digits(code)) {
            uint32_t at = find_code(list, str_slice(code.p, 3));
            return at != NO_ENTRY && lists.entry[at].parent != NO_ENTRY &&
                   str_eq(lists.entry[lists.entry[at].parent].code, root);
        }
        return all_digits(root) && root.n >= 3 && str_starts(code, root);
    }
    return false;
}

static bool is_municipality(struct str code) {
    static const char *const four[] = {"11", "12", "31", "50"};
    for (size_t i = 0; i < ARRAY_LEN(four); i++)
        if (memcmp(code.p, four[i], 2) == 0) return true;
    return false;
}

static size_t rollup_region(struct str code, struct str selected, char *out) {
    memcpy(out, code.p, 6);
    struct str stem = region_stem(code), root = region_stem(selected);
    bool below = codes_within(CODES_REGION, code, selected);
    if (stem.n < 6 && !(stem.n == 4 && is_municipality(code)))
        return 6; /* a province or a city */
    if (below && (root.n >= 4 || (root.n == 2 && is_municipality(code)))) return 6;
    if (is_municipality(code)) {
        memset(out + 2, '0', 4);
        return 6;
    }
    memset(out + 4, '0', 2);
    if (find_code(CODES_REGION, str_slice(out, 6)) == NO_ENTRY &&
        find_code(CODES_REGION, code) != NO_ENTRY)
        memcpy(out, code.p, 6); /* a county that hangs on its province */
    return 6;
}

size_t codes_rollup(enum code_list list, struct str code, struct str selected, char *out,
                    size_t size) {
    if (size == 0) return 0;
    size_t n = utf8_clip(code, size - 1);
    char full[8], root_full[8];
    if (size >= CODES_ROLLUP_BYTES && list == CODES_REGION && code.n == 6 &&
        all_digits(code)) {
        n = rollup_region(code, selected, out);
        out[n] = 0;
        return n;
    }
    if (list == CODES_INDUSTRY && codes_parent(list, code).n) {
        code = industry_full(code, full);
        selected = industry_full(selected, root_full);
        size_t want = 1;
        if (codes_within(list, code, selected) && selected.n >= 1)
            want = selected.n == 1 ? 3 : selected.n + 1;
        n = code.n < want ? code.n : want;
    } else if (list == CODES_DISCIPLINE && code.n >= 3 && all_digits(code)) {
        size_t want = 3;
        if (selected.n >= 3 && codes_within(list, code, selected)) want = selected.n + 2;
        n = code.n < want ? code.n : want;
    }
    if (n >= size) n = size - 1;
    if (n) memcpy(out, code.p, n);
    out[n] = 0;
    return n;
}
