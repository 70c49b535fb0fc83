/* analyse_walk.h - steps over normalised text, one Han character or token at a time: the
 * one place that says where a term begins and ends. For modules that look at terms where
 * they stand.
 * Threads: pure. */
#ifndef CORE_ANALYSE_WALK_H
#define CORE_ANALYSE_WALK_H

#include "core/analyse.h"
#include "core/text_class.h"
#include "core/utf8.h"

C_API_BEGIN

struct analyse_walk {
    const char *p, *end;
};

struct analyse_unit {
    struct str text; /* a slice of the value; a token cut to ANALYSE_MAX_TOKEN */
    uint32_t cp;     /* of a Han character */
    bool han;        /* else a token */
};

static inline struct analyse_walk analyse_walk_of(struct str norm) {
    struct analyse_walk w = {norm.p, norm.p + norm.n};
    return w;
}

/* The next unit, or false at the end. */
static inline bool analyse_walk_next(struct analyse_walk *w, struct analyse_unit *u) {
    while (w->p < w->end) {
        const char *start = w->p;
        uint32_t cp;
        w->p = utf8_next(w->p, w->end, &cp);
        uint32_t class = text_entry(cp);
        if (class & TEXT_HAN) {
            *u = (struct analyse_unit){
                .text = {start, (size_t)(w->p - start)}, .cp = cp, .han = true};
            return true;
        }
        if (!(class & TEXT_WORD)) continue;
        while (w->p < w->end) {
            const char *next = utf8_next(w->p, w->end, &cp);
            if (!(text_entry(cp) & TEXT_WORD)) break;
            w->p = next;
        }
        struct str token = {start, (size_t)(w->p - start)};
        token.n = utf8_clip(token, ANALYSE_MAX_TOKEN);
        *u = (struct analyse_unit){.text = token};
        return true;
    }
    return false;
}

C_API_END
#endif
