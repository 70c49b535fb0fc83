/* suggest_input.h - what somebody has typed so far, taken for characters, syllables and
 * initials at once.
 *
 * The characters of the input that belong to keys are its units; ü is v. A syllable is
 * any run of units that spells one (lu and nu also for lv and nv, lue and nue for lve and
 * nve); an initial is the first letter of a syllable, or zh, ch, sh. A text matches when
 * its characters, one after the other, use up all units, each Han character by itself, by
 * its syllable or its initial, any other one by itself; the last syllable may be
 * unfinished. Which of the readings the text wants is known from the text, so no
 * segmentation of the input is chosen.
 *
 * Threads: no state.
 */
#ifndef CORE_SUGGEST_INPUT_H
#define CORE_SUGGEST_INPUT_H

#include "core/suggest_file.h"

struct suggest_input {
    struct str norm; /* matching text, borrowed */
    size_t n;        /* units; 0: too long, or nothing to be read */
    uint32_t unit[SUGGEST_INPUT_CHARS];
    size_t nhan;     /* units that are Han characters */
    struct str lead; /* what stands before the first letter: Han and all */
    size_t lead_units;
    /* All units as the keys have them; empty when there are Han characters. */
    size_t nletters;
    char letters[SUGGEST_INPUT_CHARS * 4];
};

void suggest_input_read(struct str norm, struct suggest_input *out);

/* Units [i, n) from which something of a syllable is spelt: how many letters of it, or 0.
 * whole: they must be all of it; else the units end within it. */
size_t suggest_spells(const struct suggest_input *in, size_t i, const char *syllable,
                      bool *whole);

/* Does the text, perhaps a person's name, begin as the input does? */
bool suggest_input_matches(const struct suggest_input *in, struct str text, bool name);

/* Bits 1 << position: the places in the input that are reached from `from` over one
 * character whose initial (its first letter, or a character that is no Han) is `initial`.
 * Bit n: the input is used up. */
uint64_t suggest_input_step(const struct suggest_input *in, uint64_t from,
                            uint32_t initial);
/* The initials that suggest_input_step may be asked for at these places; returns how many
 * of at most `max`. */
size_t suggest_input_initials(const struct suggest_input *in, uint64_t from,
                              uint32_t *out, size_t max);

#endif
