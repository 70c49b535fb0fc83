/* faults.c - lines that an office should not send, each with exactly one code. */
#include "tests/bench/gen/run.h"

enum { TRIES = 64 };

static enum status send_fault(struct run *u, enum row_code code, struct err *err) {
    truth_row(&u->truth, FILE_MAIN,
              code == CODE_MARKING ? OUTCOME_HELD : OUTCOME_REJECTED, code);
    return run_emit(u, FILE_MAIN, err);
}

static void write_line(struct run *u, const struct reg *g, const struct gen_text *t) {
    buf_clear(&u->line);
    reg_write(&u->c, g, t, &u->line);
}

/* The title with an ideographic space between two Han characters, which must not help. */
static void spread(struct str title, struct buf *out) {
    size_t at = 0;
    for (size_t i = 3; i + 3 <= title.n && !at; i += 3) {
        unsigned char a = (unsigned char)title.p[i - 3], b = (unsigned char)title.p[i];
        if (a < 0xE4 || a > 0xE9) break;
        if (i >= 6 && b >= 0xE4 && b <= 0xE9) at = i;
    }
    buf_add(out, title.p, at);
    if (at) buf_add_z(out, "\u3000");
    buf_add(out, title.p + at, title.n - at);
}

static enum status duplicate(struct run *u, struct err *err) {
    uint32_t i = 0;
    struct reg g, old;
    if (!run_pick_registered(u, 0, &i)) return STATUS_NOT_FOUND;
    enum status s = run_fresh(u, &g, &u->text, err);
    if (s != STATUS_OK) return s;
    u->known[i].flags |= KNOWN_LOCKED;
    run_load(u, i, &old, &u->text2);
    /* By its first unit, or by another unit of it. */
    bool second = old.unit_count > 1 && u->turn[ROW_DUPLICATE] % 3 == 2 &&
                  old.units[1] < u->c.orgs.inside;
    g.units[0] = old.units[second ? 1 : 0];
    g.unit_count = 1;
    for (int k = 0; k < g.people_count; k++) {
        g.people[k][0] = 0;
        g.people[k][1] = k;
    }
    buf_clear(&u->text.title);
    if (u->turn[ROW_DUPLICATE] % 3 == 1)
        spread(buf_str(&u->text2.title), &u->text.title);
    else
        buf_add_str(&u->text.title, buf_str(&u->text2.title));
    write_line(u, &g, &u->text);
    return send_fault(u, CODE_DUP, err);
}

static enum status same_number(struct run *u, struct err *err) {
    uint32_t i = 0;
    struct reg g, old;
    enum status s = run_fresh(u, &g, &u->text, err);
    for (int t = 0; s == STATUS_OK && t < TRIES; t++) {
        if (!run_pick_registered(u, 0, &i)) break;
        reg_facts(&u->c, i, &old);
        if (old.category != g.category) continue;
        u->known[i].flags |= KNOWN_LOCKED;
        g.serial = u->known[i].serial;
        g.serial_year = u->known[i].serial_year;
        write_line(u, &g, &u->text);
        return send_fault(u, CODE_REGNO, err);
    }
    return s == STATUS_OK ? STATUS_NOT_FOUND : s;
}

static enum status wrong_state(struct run *u, struct err *err) {
    uint32_t i = 0;
    struct reg g;
    for (int t = 0; t < TRIES; t++) {
        if (!run_pick_registered(u, 0, &i)) break;
        run_load(u, i, &g, &u->text);
        if (!g.has_uid) continue;
        u->known[i].flags |= KNOWN_LOCKED;
        g.rev++;
        g.updated_day += rng_range(&u->pick, 3, 20);
        g.state = u->turn[ROW_BAD_STATE] % 2 ? STATE_SUBMITTED : STATE_DRAFT;
        write_line(u, &g, &u->text);
        return send_fault(u, CODE_STATE, err);
    }
    return STATUS_NOT_FOUND;
}

/* Replaces the line by one that is no JSON. */
static void break_syntax(struct run *u, uint32_t turn) {
    struct buf *b = &u->line;
    size_t at = b->n * 3 / 5;
    switch (turn % 6) {
        case 0: /* cut off behind a quotation mark, never inside a character */
            while (at < b->n && b->p[at] != '"') at++;
            b->n = at;
            break;
        case 1:
            b->n--;
            break;
        case 2:
            buf_add_char(b, '}');
            break;
        case 3:
            *(char *)memchr(b->p, ':', b->n) = '=';
            break;
        case 4:
            buf_clear(b);
            buf_add_z(b, "{kind:'registration',title:'缺少引号的行'}");
            break;
        default: /* shows its secrecy, so only place and hash may be kept */
            buf_clear(b);
            buf_add_z(b, "{\"kind\":\"registration\",\"secrecy\":\"秘密\",\"title\":"
                         "\"某项不应入库的成果\",");
            break;
    }
}

/* Puts bytes that are no UTF-8 into the abstract. */
static enum status break_encoding(struct run *u, uint32_t turn, struct err *err) {
    static const char *const bad[] = {
        "\xff\xfe",                 /* never in UTF-8 */
        "\xc3\xba\xcd\xdf\xcb\xb9", /* 煤瓦斯 in GB 18030 */
        "\xc0\xaf",                 /* overlong */
        "\xed\xa0\x80",             /* surrogate */
        "\xf4\x90\x80\x80",         /* above U+10FFFF */
        "\xe7\x85",                 /* cut character */
    };
    static const char key[] = "\"abstract\":\"";
    const char *at = memmem(u->line.p, u->line.n, key, sizeof key - 1);
    if (!at) return err_set(err, STATUS_INTERNAL, NULL, "a line without abstract");
    size_t head = (size_t)(at - u->line.p) + sizeof key - 1;
    buf_clear(&u->line2);
    buf_add(&u->line2, u->line.p, head);
    buf_add_z(&u->line2, bad[turn % ARRAY_LEN(bad)]);
    buf_add(&u->line2, u->line.p + head, u->line.n - head);
    struct buf x = u->line;
    u->line = u->line2;
    u->line2 = x;
    return STATUS_OK;
}

enum status rows_fault(struct run *u, enum row_kind kind, bool *done, struct err *err) {
    static const char *const secret[] = {"秘密", "机密", "绝密", "内部", NULL};
    static const char *const marks[] = {"（秘密★5年）", "【机密★10年】", "（密级：机密）",
                                        "密级：秘密。"};
    uint32_t turn = u->turn[kind];
    struct reg g;
    enum status s = STATUS_OK;
    *done = true;
    if (kind == ROW_DUPLICATE || kind == ROW_REGNO || kind == ROW_BAD_STATE) {
        s = kind == ROW_DUPLICATE ? duplicate(u, err)
            : kind == ROW_REGNO   ? same_number(u, err)
                                  : wrong_state(u, err);
        if (s == STATUS_NOT_FOUND) {
            *done = false;
            return STATUS_OK;
        }
        return s;
    }
    s = run_fresh(u, &g, &u->text, err);
    if (s != STATUS_OK) return s;
    enum row_code code = CODE_NONE;
    if (kind == ROW_CLASSIFIED) {
        code = CODE_CLASSIFIED;
        g.secrecy = secret[turn % ARRAY_LEN(secret)];
    } else if (kind == ROW_FIELD) {
        code = CODE_FIELD;
        g.flaw = (enum flaw)(1 + turn % (FLAW_COUNT - 1));
    } else if (kind == ROW_NEGATIVE) {
        code = CODE_EVAL;
        g.conclusion = turn % 2 ? "不通过" : "negative";
    } else if (kind == ROW_MARKING) {
        code = CODE_MARKING;
        g.tail = marks[turn % ARRAY_LEN(marks)];
    }
    write_line(u, &g, &u->text);
    if (kind == ROW_SYNTAX) {
        code = CODE_SYNTAX;
        break_syntax(u, turn);
    } else if (kind == ROW_ENCODING) {
        code = CODE_ENCODING;
        s = break_encoding(u, turn, err);
        if (s != STATUS_OK) return s;
    }
    return send_fault(u, code, err);
}
