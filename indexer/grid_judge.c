/* grid_judge.c - which rows below a header are data, and which are not; declared in
 * grid.h. When in doubt a row is data: what it lacks is said then, and nothing is lost.
 */
#include "indexer/grid.h"

#include "core/utf8.h"

#define LOOKED 12 /* different texts of a row that are looked at */

struct words {
    struct str text[LOOKED]; /* different ones, without the column 序号 */
    size_t n;
    struct str serial;
    bool more;
};

static void collect(const struct grid_map *m, const struct sheet_row *row,
                    struct words *w) {
    *w = (struct words){.n = 0};
    for (size_t i = 0; i < row->n; i++) {
        struct str s = value_trim(row->cell[i].text);
        if (s.n == 0) continue;
        if (i == m->serial) {
            w->serial = s;
            continue;
        }
        bool seen = false;
        for (size_t k = 0; k < w->n && !seen; k++) seen = str_eq(w->text[k], s);
        if (seen) continue;
        if (w->n == LOOKED) {
            w->more = true;
            return;
        }
        w->text[w->n++] = s;
    }
}

static bool is_dots(struct str s) {
    static const char *const dots[] = {"…", "⋯", "。", "．", ".", "·", "︙", "⋮", "-"};
    size_t used = 0, marks = 0;
    while (used < s.n) {
        size_t len = 0;
        for (size_t i = 0; i < ARRAY_LEN(dots) && len == 0; i++) {
            struct str d = str_of(dots[i]);
            if (str_starts(str_slice(s.p + used, s.n - used), d)) len = d.n;
        }
        if (len == 0) return false;
        marks += len == 3 ? 3 : 1;
        used += len;
    }
    return marks >= 3;
}

static size_t starts_with_any(const char *norm, const char *const *words, size_t n) {
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(words[i]);
        if (strncmp(norm, words[i], len) == 0) return len;
    }
    return 0;
}

/* 合计, 合计：, 合计(12项), 共计12项; in normal form, without brackets. */
static bool is_sum_word(struct str s) {
    static const char *const words[] = {"合计",     "小计",   "总计",
                                        "累计",     "共计",   "本页合计",
                                        "本页小计", "总合计", "年度合计"};
    char norm[PROFILE_HEADER];
    if (s.n > 90) return false;
    profile_norm(s, true, norm, NULL);
    size_t len = starts_with_any(norm, words, ARRAY_LEN(words));
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(norm, words[i]) == 0) return true;
    const char *p = norm + len;
    if (len == 0) return false;
    if (*p == ':') p++;
    while (*p >= '0' && *p <= '9') p++;
    return *p == 0 || strcmp(p, "项") == 0 || strcmp(p, "条") == 0 ||
           strcmp(p, "个") == 0;
}

static bool is_note_word(struct str s) {
    static const char *const words[] = {
        "备注",     "注",       "说明",     "填表说明", "填写说明", "填表人",
        "制表人",   "制表",     "审核人",   "复核人",   "负责人",   "单位负责人",
        "联系人",   "填报人",   "填报日期", "填表日期", "制表日期", "日期",
        "填报单位", "单位盖章", "联系电话", "经办人",   "统计时间"};
    char norm[PROFILE_HEADER];
    profile_norm(s, true, norm, NULL);
    size_t best = 0;
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        size_t len = strlen(words[i]);
        if (strncmp(norm, words[i], len) == 0 && len > best) best = len;
    }
    if (best == 0) return false;
    /* 注: 注1: 注1. 注1、, or the word alone with its colon lost in normal form */
    const char *p = norm + best;
    while (*p >= '0' && *p <= '9') p++;
    return *p == ':' || *p == 0 ||
           (p > norm + best && (*p == '.' || (unsigned char)*p == 0xE3));
}

static bool is_header_again(const struct grid_map *m, const struct sheet_row *row) {
    size_t filled = 0;
    for (size_t i = 0; i < row->n; i++) {
        char norm[PROFILE_HEADER];
        struct str s = value_trim(row->cell[i].text);
        if (s.n == 0) continue;
        filled++;
        if (i >= m->ncolumns || s.n >= PROFILE_HEADER) return false;
        profile_norm(s, false, norm, NULL);
        if (strcmp(norm, m->header[i].full) != 0 && strcmp(norm, m->header[i].last) != 0)
            return false;
    }
    return filled >= 2;
}

bool grid_shows_secrecy(const struct sheet_row *row) {
    static const char *const words[] = {"秘密", "机密", "绝密"};
    for (size_t i = 0; i < row->n; i++) {
        struct str s = value_trim(row->cell[i].text);
        struct str code =
            s.n < CODES_MAX_BYTES ? codes_resolve(CODES_SECRECY, s) : str_slice("", 0);
        if (code.n && codes_has(CODES_SECRECY, code) && !str_eq_z(code, "非密"))
            return true;
        for (size_t k = 0; k < ARRAY_LEN(words); k++)
            if (s.n && memmem(s.p, s.n, words[k], strlen(words[k]))) return true;
        if (validate_marking(s, NULL)) return true;
    }
    return false;
}

/* "密级：" and "机密" may stand in neighbouring cells: each cell counts, and all
 * together.
 */
bool grid_is_marked(const struct sheet_row *row) {
    static const char *const words[] = {"秘密", "机密", "绝密"};
    struct buf all = buf_init(SHEET_MAX_ROW + 2 * SHEET_MAX_COLUMNS);
    bool marked = false;
    for (size_t i = 0; i < row->n && !marked; i++) {
        struct str s = value_trim(row->cell[i].text);
        marked = validate_marking(s, NULL);
        for (size_t k = 0; k < ARRAY_LEN(words); k++)
            marked = marked || (s.n < CODES_MAX_BYTES &&
                                str_eq_z(codes_resolve(CODES_SECRECY, s), words[k]));
        buf_add_str(&all, s);
        buf_add_char(&all, ' ');
    }
    marked = marked || all.failed || validate_marking(buf_str(&all), NULL);
    buf_done(&all);
    return marked;
}

static bool is_number(struct str s) {
    size_t i = 0;
    for (; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '.')) return false;
    return s.n > 0;
}

const char *grid_judge(const struct grid_map *m, const struct sheet_row *row) {
    struct words w;
    collect(m, row, &w);
    if (w.n == 0 && w.serial.n == 0) return "空行";
    bool all_dots = w.n > 0 || is_dots(w.serial), all_notes = w.n > 0 && !w.more,
         dots = false;
    for (size_t i = 0; i < w.n; i++) {
        bool d = is_dots(w.text[i]);
        dots |= d;
        all_dots = all_dots && d;
        all_notes = all_notes && is_note_word(w.text[i]);
    }
    if (all_dots && !w.more && (dots || w.n == 0)) return "省略号行";
    struct str head = w.serial.n ? w.serial : w.text[0];
    /* A sum line carries its word first and nothing but numbers behind. */
    if (is_sum_word(head)) {
        bool numbers = !w.more;
        for (size_t i = w.serial.n ? 0 : 1; i < w.n && numbers; i++) {
            struct str s = w.text[i];
            numbers =
                s.n <= 90 &&
                (s.p[0] == '-' || (s.p[0] >= '0' && s.p[0] <= '9') || is_sum_word(s) ||
                 s.n <= 6 || str_starts(s, str_of("¥")) || str_starts(s, str_of("￥")));
        }
        if (numbers) return "合计行";
    }
    if (w.serial.n && w.n == 0)
        return is_number(w.serial) ? "只有序号的空行" : "表下的说明";
    if (w.serial.n && w.n == 1 && str_eq(w.serial, w.text[0]) && !is_number(w.serial))
        return "表下的说明"; /* merged across the sheet */
    if (w.serial.n && is_note_word(w.serial) && (all_notes || w.n <= 1))
        return "表下的说明";
    if (w.serial.n == 0 && all_notes) return "表下的说明";
    if (is_header_again(m, row)) return "重复的表头";
    return NULL;
}
