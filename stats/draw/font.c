#include "stats/draw/font.h"

#include "core/utf8.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include <fontconfig/fontconfig.h>
#include <math.h>
#include <stdlib.h>

#define CACHED 128 /* ASCII */

struct font {
    FT_Library library;
    FT_Face face[2]; /* regular, bold; NULL: none found */
    double em[2][CACHED];
    double han[2]; /* advance of 中: all Han are alike in a CJK font */
};

static FT_Face find_face(FT_Library library, int weight) {
    FT_Face face = NULL;
    FcPattern *p = FcPatternCreate();
    if (!p) return NULL;
    FcPatternAddString(p, FC_FAMILY, (const FcChar8 *)FONT_FAMILY);
    FcPatternAddString(p, FC_LANG, (const FcChar8 *)"zh-cn");
    FcPatternAddInteger(p, FC_WEIGHT, weight);
    FcConfigSubstitute(NULL, p, FcMatchPattern);
    FcDefaultSubstitute(p);
    FcResult result;
    FcPattern *match = FcFontMatch(NULL, p, &result);
    FcChar8 *file = NULL;
    int index = 0;
    if (match && FcPatternGetString(match, FC_FILE, 0, &file) == FcResultMatch) {
        (void)FcPatternGetInteger(match, FC_INDEX, 0, &index);
        if (FT_New_Face(library, (const char *)file, index, &face) != 0)
            face = NULL;
        else if (!FT_IS_SCALABLE(face) || face->units_per_EM == 0) {
            FT_Done_Face(face);
            face = NULL;
        }
    }
    if (match) FcPatternDestroy(match);
    FcPatternDestroy(p);
    return face;
}

/* Advance in em; 1 for what the font lacks (another font will draw it). */
static double advance(FT_Face face, uint32_t cp) {
    FT_UInt glyph = FT_Get_Char_Index(face, cp);
    if (glyph == 0 ||
        FT_Load_Glyph(face, glyph, FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING) != 0)
        return 1;
    return (double)face->glyph->metrics.horiAdvance / (double)face->units_per_EM;
}

enum status font_open(struct font **out, struct err *err) {
    struct font *f = calloc(1, sizeof *f);
    if (!f) return err_set(err, STATUS_NOMEM, NULL, "out of memory for a font");
    if (FT_Init_FreeType(&f->library) != 0) {
        free(f);
        return err_set(err, STATUS_NOMEM, NULL, "FreeType does not start");
    }
    f->face[0] = find_face(f->library, FC_WEIGHT_REGULAR);
    f->face[1] = find_face(f->library, FC_WEIGHT_BOLD);
    for (int b = 0; b < 2; b++) {
        if (!f->face[b]) continue;
        for (uint32_t c = ' '; c < CACHED; c++) f->em[b][c] = advance(f->face[b], c);
        f->han[b] = advance(f->face[b], 0x4E2D);
    }
    *out = f;
    return STATUS_OK;
}

void font_close(struct font *f) {
    if (!f) return;
    for (int b = 0; b < 2; b++)
        if (f->face[b]) FT_Done_Face(f->face[b]);
    FT_Done_FreeType(f->library);
    free(f);
}

double font_width(void *ctx, struct str text, double size, bool bold) {
    struct font *f = ctx;
    int b = bold && f->face[1] ? 1 : 0;
    if (!f->face[b]) return layout_width_approx(NULL, text, size, bold);
    double em = 0;
    uint32_t cp;
    for (const char *p = text.p, *end = text.p + text.n; p < end;) {
        p = utf8_next(p, end, &cp);
        if (cp < CACHED)
            em += f->em[b][cp];
        else if (cp >= 0x4E00 && cp <= 0x9FFF)
            em += f->han[b];
        else
            em += advance(f->face[b], cp);
    }
    return em * size;
}
