#include "indexer/units.h"

#include "core/uscc.h"
#include "indexer/decide_identity.h"
#include "indexer/units_store.h"

#include <stdlib.h>
#include <xxhash.h>

#define FIRST_SLOTS 1024 /* power of two */
/* New names of a batch are remembered with the records that carry them, up to this many
 * pairs (8 bytes each); beyond, every record is looked at when the batch ends. */
#define MAX_SIGHTS ((size_t)4 << 20)
#define CODE_BYTES 20
#define FILLED "units" /* meta: the register covers every record */

/* A unit as records write it: its bytes, what they mean, how that counts. */
struct units_seen {
    uint64_t hash;
    char *name; /* as written; owned */
    char *norm; /* owned */
    char code[CODE_BYTES];
    struct unit_view view;  /* at the batch's beginning; id 0: not known then */
    struct unit_view after; /* while settling */
    bool looked_after;
    bool forget;
    int64_t uses, visible; /* what the batch adds */
};

struct units_sight {
    uint32_t seen, key;
};

struct units *units_new(const struct db *db) {
    struct units *u = calloc(1, sizeof *u);
    if (!u) return NULL;
    u->db = *db;
    u->scratch = buf_init(0);
    return u;
}

void units_reset(struct units *u) {
    for (size_t i = 0; i < UQ_COUNT; i++)
        if (u->q[i]) sqlite3_reset(u->q[i]);
    for (size_t i = 0; i < u->nseen; i++) {
        free(u->seen[i].name);
        free(u->seen[i].norm);
        unit_view_done(&u->seen[i].view);
        unit_view_done(&u->seen[i].after);
    }
    for (size_t i = 0; i < u->nchange; i++) unit_view_done(&u->change[i].before);
    if (u->nslot) memset(u->slot, 0, u->nslot * sizeof *u->slot);
    u->nseen = u->nsight = u->nchange = u->dirty.n = 0;
    u->many = u->settling = u->old_changed = false;
}

void units_free(struct units *u) {
    if (!u) return;
    units_reset(u);
    for (size_t i = 0; i < UQ_COUNT; i++) sqlite3_finalize(u->q[i]);
    free(u->slot);
    free(u->seen);
    free(u->sight);
    free(u->change);
    free(u->dirty.v);
    buf_done(&u->scratch);
    free(u);
}

static enum status no_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "单位登记：内存不足");
}

/* ---- what records write ------------------------------------------------------------ */

static struct str text_at(const json_t *unit, const char *key) {
    const json_t *v = json_object_get(unit, key);
    return json_is_string(v) ? str_slice(json_string_value(v), json_string_length(v))
                             : str_slice("", 0);
}

static uint64_t hash_of(struct str name, struct str code) {
    return XXH3_64bits_withSeed(name.p, name.n, code.n ? XXH3_64bits(code.p, code.n) : 0);
}

static uint32_t *slot_of(const struct units *u, uint64_t hash, struct str name,
                         struct str code) {
    for (size_t i = hash & (u->nslot - 1);; i = (i + 1) & (u->nslot - 1)) {
        if (u->slot[i] == 0) return &u->slot[i];
        const struct units_seen *e = &u->seen[u->slot[i] - 1];
        if (e->hash == hash && str_eq_z(name, e->name) && str_eq_z(code, e->code))
            return &u->slot[i];
    }
}

static enum status make_room(struct units *u, struct err *err) {
    if (u->nseen == u->room) {
        size_t room = u->room ? u->room * 2 : FIRST_SLOTS / 2;
        struct units_seen *p = realloc(u->seen, room * sizeof *p);
        if (!p) return no_memory(err);
        u->seen = p;
        u->room = room;
    }
    if (u->nslot && (u->nseen + 1) * 4 <= u->nslot * 3) return STATUS_OK;
    size_t n = u->nslot ? u->nslot * 2 : FIRST_SLOTS;
    uint32_t *slot = n <= UINT32_MAX ? calloc(n, sizeof *slot) : NULL;
    if (!slot) return no_memory(err);
    free(u->slot);
    u->slot = slot;
    u->nslot = n;
    for (size_t i = 0; i < u->nseen; i++)
        *slot_of(u, u->seen[i].hash, str_of(u->seen[i].name), str_of(u->seen[i].code)) =
            (uint32_t)i + 1;
    return STATUS_OK;
}

/* How a row that is met first while the batch is settled counted before it. */
static enum status as_before(struct units *u, struct units_seen *e, struct err *err) {
    const struct units_change *c =
        u->settling && e->view.id ? units_change_of(u, e->view.id) : NULL;
    if (!c) return STATUS_OK;
    if (!c->fresh) return unit_view_copy(&c->before, &e->view, err);
    unit_view_done(&e->view);
    return STATUS_OK;
}

static enum status learn(struct units *u, struct units_seen *e, struct str name,
                         struct str code, struct err *err) {
    buf_clear(&u->scratch);
    enum status s = identity_unit_name(name, &u->scratch, err);
    if (s == STATUS_OK) s = buf_check(&u->scratch, "完成单位", err);
    if (s != STATUS_OK) return s;
    e->name = str_dup(name);
    e->norm = str_dup(buf_str(&u->scratch));
    if (!e->name || !e->norm) return no_memory(err);
    if (code.n) memcpy(e->code, code.p, code.n);
    s = units_row(u, str_of(e->norm), str_of(e->code), &e->view, err);
    return s == STATUS_OK ? as_before(u, e, err) : s;
}

/* The entry of a unit of a record; *out is its index, or UINT32_MAX for a unit without
 * name. */
static enum status look_up(struct units *u, const json_t *unit, uint32_t *out,
                           struct err *err) {
    struct str name = text_at(unit, "name"), code = text_at(unit, "uscc");
    *out = UINT32_MAX;
    if (!name.n) return STATUS_OK;
    if (!uscc_is_valid(code)) code = str_slice("", 0);
    uint64_t hash = hash_of(name, code);
    if (u->nslot) {
        const uint32_t *slot = slot_of(u, hash, name, code);
        if (*slot) return *out = *slot - 1, STATUS_OK;
    }
    enum status s = make_room(u, err);
    if (s != STATUS_OK) return s;
    struct units_seen e = {.hash = hash};
    s = learn(u, &e, name, code, err);
    if (s != STATUS_OK) {
        free(e.name);
        free(e.norm);
        unit_view_done(&e.view);
        return s;
    }
    u->seen[u->nseen++] = e;
    *slot_of(u, hash, name, code) = (uint32_t)u->nseen;
    *out = (uint32_t)u->nseen - 1;
    return STATUS_OK;
}

/* ---- how they count ---------------------------------------------------------------- */

static bool given(const char *s) {
    return s && *s;
}

static bool says_more(const json_t *unit, const struct unit_view *v) {
    return (given(v->name) && !str_eq_z(text_at(unit, "name"), v->name)) ||
           (given(v->type) && !json_object_get(unit, "type")) ||
           (given(v->region) && !json_object_get(unit, "region"));
}

static json_t *counted_unit(const json_t *unit, const struct unit_view *v) {
    json_t *c = json_copy((json_t *)(uintptr_t)unit);
    bool bad = !c;
    if (!bad && given(v->name))
        bad = json_object_set_new(c, "name", json_string(v->name)) != 0;
    if (!bad && given(v->type) && !json_object_get(unit, "type"))
        bad = json_object_set_new(c, "type", json_string(v->type)) != 0;
    if (!bad && given(v->region) && !json_object_get(unit, "region"))
        bad = json_object_set_new(c, "region", json_string(v->region)) != 0;
    if (bad) json_decref(c);
    return bad ? NULL : c;
}

static enum status look_after(struct units *u, struct units_seen *e, struct err *err) {
    if (e->looked_after) return STATUS_OK;
    e->looked_after = true;
    return units_row(u, str_of(e->norm), str_of(e->code), &e->after, err);
}

/* The units as they count before or after the batch: *out NULL where they stand as they
 * are; else a new reference. */
static enum status count_units(struct units *u, const struct record *r, bool after,
                               json_t **out, struct err *err) {
    json_t *units = json_object_get(r->json, "units"), *list = NULL;
    size_t n = json_array_size(units);
    for (size_t i = 0; i < n; i++) {
        json_t *unit = json_array_get(units, i);
        uint32_t at;
        enum status s = look_up(u, unit, &at, err);
        if (s == STATUS_OK && after && at != UINT32_MAX)
            s = look_after(u, &u->seen[at], err);
        if (s != STATUS_OK) {
            json_decref(list);
            return s;
        }
        if (at == UINT32_MAX) continue;
        const struct unit_view *v = after ? &u->seen[at].after : &u->seen[at].view;
        if (!says_more(unit, v)) continue;
        if (!list) list = json_copy(units);
        if (!list || json_array_set_new(list, i, counted_unit(unit, v)) != 0) {
            json_decref(list);
            return no_memory(err);
        }
    }
    *out = list;
    return STATUS_OK;
}

enum status units_count(struct units *u, struct record *r, struct err *err) {
    json_t *list = NULL;
    enum status s = count_units(u, r, false, &list, err);
    if (s != STATUS_OK) return s;
    json_decref(r->counted);
    r->counted = list;
    return STATUS_OK;
}

/* ---- during a batch ---------------------------------------------------------------- */

static enum status sight(struct units *u, uint32_t seen, uint32_t key, struct err *err) {
    if (u->many || u->nsight == MAX_SIGHTS) {
        u->many = true;
        return STATUS_OK;
    }
    if (u->nsight == u->sight_room) {
        size_t room = u->sight_room ? u->sight_room * 2 : 1024;
        struct units_sight *p = realloc(u->sight, room * sizeof *p);
        if (!p) return no_memory(err);
        u->sight = p;
        u->sight_room = room;
    }
    u->sight[u->nsight++] = (struct units_sight){seen, key};
    return STATUS_OK;
}

static enum status note(struct units *u, uint32_t key, const struct record *r, int sign,
                        bool forget, struct err *err) {
    const json_t *units = json_object_get(r->json, "units");
    size_t n = json_array_size(units);
    int shown = record_visibility(r) != VISIBLE_NO ? sign : 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t at;
        enum status s = look_up(u, json_array_get(units, i), &at, err);
        if (s == STATUS_OK && at != UINT32_MAX && sign > 0 && !u->seen[at].view.id)
            s = sight(u, at, key, err);
        if (s != STATUS_OK) return s;
        if (at == UINT32_MAX) continue;
        u->seen[at].uses += sign;
        u->seen[at].visible += shown;
        u->seen[at].forget |= forget;
    }
    return STATUS_OK;
}

enum status units_apply(struct registry_batch *b, uint32_t key, const struct record *was,
                        const struct record *now, bool forget, struct err *err) {
    struct units *u = b->r->units;
    struct record before = {0}, after = {0};
    enum status s = STATUS_OK;
    if (was) {
        before = *was;
        before.counted = NULL;
        s = units_count(u, &before, err);
        if (s == STATUS_OK) s = note(u, key, was, -1, forget, err);
    }
    if (now && s == STATUS_OK) {
        after = *now;
        after.counted = NULL;
        s = units_count(u, &after, err);
        if (s == STATUS_OK) s = note(u, key, now, 1, false, err);
    }
    if (s == STATUS_OK)
        s = aggregate_apply(b->agg, was ? &before : NULL, now ? &after : NULL, err);
    json_decref(before.counted);
    json_decref(after.counted);
    return s;
}

/* ---- at the end of a batch --------------------------------------------------------- */

static enum status write_uses(struct units *u, const struct units_seen *e, int64_t *id,
                              struct err *err) {
    struct str shown = units_shown(str_of(e->name));
    enum status s = units_row_make(u, str_of(e->norm), str_of(e->code), id, err);
    sqlite3_stmt *q = s == STATUS_OK ? units_sql(u, UQ_NAME_ADD, err) : NULL;
    if (!q) return s == STATUS_OK ? STATUS_INTERNAL : s;
    sqlite3_bind_int64(q, 1, *id);
    db_bind(q, 2, shown);
    sqlite3_bind_int64(q, 3, e->uses);
    sqlite3_bind_int64(q, 4, e->visible);
    s = db_run(&u->db, q, err);
    return s == STATUS_OK ? units_list_add(&u->dirty, *id, err) : s;
}

/* A row that came or went; strings are the entry's. */
struct moved {
    const char *code, *norm;
};

static int by_code(const void *pa, const void *pb) {
    const struct moved *a = pa, *b = pb;
    int c = strcmp(a->code, b->code);
    return c ? c : strcmp(a->norm, b->norm);
}

/* Writes what was noted: what comes before what goes, so that a name that moves from
 * record to record is never gone in between. */
static enum status write_noted(struct registry_batch *b, struct err *err) {
    struct units *u = b->r->units;
    size_t ncame = 0;
    struct moved *came = calloc(u->nseen + 1, sizeof *came);
    if (!came) return no_memory(err);
    enum status s = STATUS_OK;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < u->nseen && s == STATUS_OK; i++) {
            struct units_seen *e = &u->seen[i];
            int64_t id = 0;
            bool removed = false;
            if ((!e->uses && !e->visible && !e->forget) || (e->uses < 0) != (pass == 1))
                continue;
            s = write_uses(u, e, &id, err);
            bool fresh = s == STATUS_OK && !e->view.id;
            if (s == STATUS_OK) s = units_row_sweep(u, id, e->forget, &removed, err);
            if (fresh || removed) came[ncame++] = (struct moved){e->code, e->norm};
        }
    /* One look at each code and each name. */
    qsort(came, ncame, sizeof *came, by_code);
    for (size_t i = 0; i < ncame && s == STATUS_OK; i++) {
        if (i == 0 || strcmp(came[i - 1].code, came[i].code) != 0)
            s = units_auto_code(b, str_of(came[i].code), err);
        if (s == STATUS_OK) s = units_auto_name(b, str_of(came[i].norm), err);
    }
    free(came);
    return s;
}

/* A record whose units count otherwise now: its statistics move, its documents too. */
static enum status move(struct registry_batch *b, uint32_t key, const struct record *r,
                        struct err *err) {
    struct units *u = b->r->units;
    struct record before = *r, after = *r;
    before.counted = after.counted = NULL;
    enum status s = count_units(u, r, false, &before.counted, err);
    if (s == STATUS_OK) s = count_units(u, r, true, &after.counted, err);
    bool differ = before.counted && after.counted
                      ? !json_equal(before.counted, after.counted)
                      : before.counted != after.counted;
    if (s == STATUS_OK && differ) {
        s = aggregate_apply(b->agg, &before, &after, err);
        if (s == STATUS_OK) s = registry_touch(b, key, err);
    }
    json_decref(before.counted);
    json_decref(after.counted);
    return s;
}

static enum status move_row(void *arg, const struct registry_row *row, struct err *err) {
    return move(arg, row->key, &row->record, err);
}

static int by_key(const void *pa, const void *pb) {
    const struct units_sight *a = pa, *b = pb;
    return a->key < b->key ? -1 : a->key > b->key;
}

/* Does a new name stand as every record with it writes it? Then none of them moves. */
static enum status stands(struct units *u, uint32_t seen, bool *yes, struct err *err) {
    struct units_seen *e = &u->seen[seen];
    enum status s = look_after(u, e, err);
    *yes = s == STATUS_OK &&
           (!given(e->after.name) || strcmp(e->after.name, e->name) == 0) &&
           !given(e->after.type) && !given(e->after.region);
    return s;
}

static enum status move_sighted(struct registry_batch *b, struct err *err) {
    struct units *u = b->r->units;
    size_t n = 0;
    enum status s = STATUS_OK;
    for (size_t i = 0; i < u->nsight && s == STATUS_OK; i++) {
        bool as_is = false;
        s = stands(u, u->sight[i].seen, &as_is, err);
        if (!as_is) u->sight[n++] = u->sight[i];
    }
    if (n) qsort(u->sight, n, sizeof *u->sight, by_key);
    for (size_t i = 0; i < n && s == STATUS_OK; i++) {
        struct registry_row row;
        uint32_t key = u->sight[i].key;
        if (i && u->sight[i - 1].key == key) continue;
        s = registry_load(b->r, key, &row, err);
        if (s == STATUS_NOT_FOUND) {
            s = STATUS_OK; /* erased since */
            continue;
        }
        if (s != STATUS_OK) break;
        s = move(b, key, &row.record, err);
        registry_row_done(&row);
    }
    return s;
}

enum status units_settle(struct registry_batch *b, struct err *err) {
    struct units *u = b->r->units;
    u->settling = true;
    enum status s = write_noted(b, err);
    if (s == STATUS_OK) s = units_clean(u, err);
    if (s != STATUS_OK) return s;
    if (!u->old_changed && !u->many) return move_sighted(b, err);
    uint32_t end = 0, count = 0;
    s = registry_extent(b->r, &end, &count, err);
    return s == STATUS_OK ? registry_each(b->r, 1, end, move_row, b, err) : s;
}

/* ---- a registry from before the register ------------------------------------------- */

static enum status fill_row(void *arg, const struct registry_row *row, struct err *err) {
    struct registry_batch *b = arg;
    return note(b->r->units, row->key, &row->record, 1, false, err);
}

static enum status is_filled(struct registry *r, bool *yes, struct err *err) {
    int64_t n = 0;
    enum status s =
        db_int(&r->db, "SELECT value FROM meta WHERE name = '" FILLED "'", &n, err);
    if (s == STATUS_OK) *yes = n != 0;
    return s;
}

enum status units_begin(struct registry_batch *b, struct err *err) {
    bool filled = false;
    uint32_t end = 0, count = 0;
    units_reset(b->r->units);
    enum status s = is_filled(b->r, &filled, err);
    if (s != STATUS_OK || filled) return s;
    s = registry_extent(b->r, &end, &count, err);
    if (s == STATUS_OK) s = registry_each(b->r, 1, end, fill_row, b, err);
    if (s == STATUS_OK)
        s = db_exec(&b->r->db,
                    "INSERT OR REPLACE INTO meta(name, value) VALUES('" FILLED "', 1)",
                    err);
    return s;
}
