/* The drawing program's parts: real fonts, libplot, SVG, PNG; and how it is run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats/chart.h"
#include "stats/chart_number.h"
#include "stats/chart_run.h"
#include "stats/draw/font.h"
#include "stats/draw/raster.h"
#include "stats/draw/svg.h"
#include "tests/unit/test_chart_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct font *font;

static int open_font(void **state) {
    (void)state;
    return font_open(&font, NULL) == STATUS_OK ? 0 : -1;
}

static int close_font(void **state) {
    (void)state;
    font_close(font);
    return 0;
}

static json_t *describe(const struct table *t) {
    json_t *d = NULL;
    assert_int_equal(chart_describe(t, chart_find("C01"), 0, &d, NULL), STATUS_OK);
    return d;
}

/* The SVG of a description, with the real font; the caller frees with buf_done. */
static struct buf draw(json_t *d, int width) {
    void *ctx = talloc_new(NULL);
    char *text = json_dumps(d, 0);
    struct chart_spec *spec = NULL;
    struct scene *scene = NULL;
    struct buf out = buf_init(0);
    assert_int_equal(chart_spec_read(ctx, str_of(text), &spec, NULL), STATUS_OK);
    assert_int_equal(layout_scene(ctx, spec, width,
                                  &(struct layout_font){font_width, font}, &scene, NULL),
                     STATUS_OK);
    assert_int_equal(svg_write(scene, &out, NULL), STATUS_OK);
    free(text);
    talloc_free(ctx);
    return out;
}

static bool says(const struct buf *svg, const char *what) {
    return strstr(buf_z(svg), what) != NULL;
}

static void test_real_text_does_not_overlap(void **state) {
    (void)state;
    for (size_t k = 0; k < ARRAY_LEN(chart_cases); k++)
        for (int width = CHART_WIDTH_MIN; width <= CHART_WIDTH_MAX; width += 260) {
            struct table *t = chart_table(&chart_cases[k]);
            json_t *d = describe(t);
            char *text = json_dumps(d, 0);
            struct chart_spec *spec = NULL;
            struct scene *s = NULL;
            assert_int_equal(chart_spec_read(t, str_of(text), &spec, NULL), STATUS_OK);
            assert_int_equal(layout_scene(t, spec, width,
                                          &(struct layout_font){font_width, font}, &s,
                                          NULL),
                             STATUS_OK);
            for (size_t i = 0; i < s->nitem; i++)
                for (size_t j = 0; s->item[i].is_text && j < i; j++) {
                    double a[4], b[4];
                    if (!s->item[j].is_text) continue;
                    scene_text_box(&s->item[i], a);
                    scene_text_box(&s->item[j], b);
                    if (a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3])
                        fail_msg("%s at %d: “%s” lies on “%s”", chart_cases[k].name,
                                 width, s->item[i].text, s->item[j].text);
                }
            free(text);
            json_decref(d);
            talloc_free(t);
        }
}

/* Every number of the table stands in the tooltips, with its link. */
static void test_numbers_read_back_from_the_tooltips(void **state) {
    (void)state;
    for (size_t k = 0; k < ARRAY_LEN(chart_cases); k++) {
        struct table *t = chart_table(&chart_cases[k]);
        json_t *d = describe(t);
        struct buf svg = draw(d, 800);
        bool drawn = !says(&svg, "没有可画的数据");
        for (size_t x = 0; drawn && x < t->dim[0].n; x++)
            for (size_t c = 0; c < t->dim[1].n; c++) {
                const struct table_cell *cell = table_at(t, (size_t[]){x, c, 0});
                char plain[40], number[CHART_NUMBER_TEXT], want[256];
                table_cell_text(cell, plain, sizeof plain);
                chart_number_grouped(plain, number, sizeof number);
                bool value = plain[0] >= '0' && plain[0] <= '9';
                snprintf(want, sizeof want, "<title>%s年 %s：%s%s",
                         t->dim[0].cat[x].label, t->dim[1].cat[c].label,
                         value                              ? number
                         : cell->status == TABLE_SUPPRESSED ? "不予公布"
                                                            : "无数据",
                         value ? "项" : "");
                if (!says(&svg, want)) fail_msg("%s: no %s", chart_cases[k].name, want);
                snprintf(want, sizeof want, "href=\"/search?year=%s&amp;category=%s\"",
                         t->dim[0].cat[x].code, t->dim[1].cat[c].code);
                assert_int_equal(says(&svg, want), cell->link != NULL);
            }
        buf_done(&svg);
        json_decref(d);
        talloc_free(t);
    }
}

static void test_svg_is_fit_for_strict_pages(void **state) {
    (void)state;
    struct table *t = chart_table(&chart_cases[0]);
    t->place = "<山西> & \"省\"";
    json_t *d = describe(t);
    struct buf svg = draw(d, 800), again = draw(d, 800);
    assert_int_equal(svg.n, again.n);
    assert_memory_equal(svg.p, again.p, svg.n);
    static const char *const banned[] = {
        "<style",   "style=",  "<script",     "xlink",       "<!DOCTYPE",
        "ISO-8859", "libplot", "SVG drawing", "id=\"body\"", "<山西>"};
    for (size_t i = 0; i < ARRAY_LEN(banned); i++)
        if (says(&svg, banned[i])) fail_msg("the SVG says %s", banned[i]);
    static const char *const wanted[] = {"xmlns=\"http://www.w3.org/2000/svg\"",
                                         "role=\"img\"",
                                         "<title id=\"C01-title\">登记成果趋势</title>",
                                         "<desc id=\"C01-desc\">堆叠柱形图",
                                         "&lt;山西&gt; &amp; &quot;省&quot;",
                                         "数据来源：",
                                         ">应用技术成果</text>"};
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
        if (!says(&svg, wanted[i])) fail_msg("the SVG does not say %s", wanted[i]);
    buf_done(&svg), buf_done(&again);
    json_decref(d);
    talloc_free(t);
}

static void test_control_characters_become_replacements(void **state) {
    (void)state;
    struct table *t = chart_table(&chart_cases[1]);
    json_t *d = describe(t);
    json_object_set_new(d, "title", json_string("a\x01z\xEF\xBF\xBE"));
    struct buf svg = draw(d, 800);
    assert_true(says(&svg, "a\xEF\xBF\xBDz\xEF\xBF\xBD</title>"));
    struct buf png = buf_init(0);
    assert_int_equal(raster_png(buf_str(&svg), 800, 400, 1, &png, NULL), STATUS_OK);
    assert_int_equal(raster_png(buf_str(&svg), 1920, 30000, 3, &png, NULL), STATUS_LIMIT);
    buf_done(&svg), buf_done(&png);
    json_decref(d);
    talloc_free(t);
}

static uint32_t be32(const char *p) {
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static void test_png_and_pdf_are_made_from_the_svg(void **state) {
    (void)state;
    struct table *t = chart_table(&chart_cases[0]);
    json_t *d = describe(t);
    struct buf svg = draw(d, 400), png = buf_init(0), pdf = buf_init(0),
               two = buf_init(0);
    assert_int_equal(raster_png(buf_str(&svg), 400, 300, 2, &png, NULL), STATUS_OK);
    assert_memory_equal(png.p, "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal(be32(png.p + 16), 800);
    assert_int_equal(be32(png.p + 20), 600);
    for (int i = 0; i < 2; i++)
        assert_int_equal(raster_pdf(buf_str(&svg), 400, 300, "题", "2025-11-20T16:30:00Z",
                                    i ? &two : &pdf, NULL),
                         STATUS_OK);
    assert_memory_equal(pdf.p, "%PDF", 4);
    assert_int_equal(pdf.n, two.n);
    assert_memory_equal(pdf.p, two.p, pdf.n);
    buf_done(&svg), buf_done(&png), buf_done(&pdf), buf_done(&two);
    json_decref(d);
    talloc_free(t);
}

/* --- running a program ---------------------------------------------------------------
 */

static char program[256];

/* A shell script in the place of chengguo-draw. */
static void stand_in(const char *script) {
    const char *tmp = getenv("TMPDIR");
    snprintf(program, sizeof program, "%s/chengguo-run-XXXXXX", tmp ? tmp : "/tmp");
    int fd = mkstemp(program);
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "w");
    fprintf(f, "#!/bin/sh\n%s\n", script);
    fchmod(fd, 0700);
    fclose(f);
}

static enum status run(const char *script, int timeout_ms, struct buf *out,
                       struct err *err) {
    stand_in(script);
    /* Larger than a pipe, for children that do not read. */
    json_t *d = json_object();
    char *big = malloc(400001);
    memset(big, 'x', 400000);
    big[400000] = 0;
    json_object_set_new(d, "x", json_string(big));
    enum status s =
        chart_run_draw_within(program, d, CHART_PNG, 640, 2, timeout_ms, out, err);
    json_decref(d);
    free(big);
    unlink(program);
    return s;
}

static void test_run_passes_options_and_takes_the_picture(void **state) {
    (void)state;
    struct buf out = buf_init(0);
    struct err err;
    assert_int_equal(run("n=$(wc -c); echo \"$n $*\"", 20000, &out, &err), STATUS_OK);
    assert_string_equal(buf_z(&out), "400008 --format png --scale 2 --width 640\n");
    buf_done(&out);
}

static void test_run_reports_every_failure(void **state) {
    (void)state;
    struct buf out = buf_init(1000);
    struct err err;
    buf_add_z(&out, "before");
    assert_int_equal(
        run("echo 'chengguo-draw: $.x：缺少这一项' >&2; exit 2", 20000, &out, &err),
        STATUS_INVALID);
    assert_string_equal(err.text, "$.x：缺少这一项");
    assert_int_equal(run("exit 1", 20000, &out, &err), STATUS_INTERNAL);
    assert_int_equal(run("kill -9 $$", 20000, &out, &err), STATUS_DEADLINE);
    assert_int_equal(run("exec sleep 60", 100, &out, &err), STATUS_DEADLINE);
    assert_int_equal(run("exec >&- 2>&-; exec sleep 60", 100, &out, &err),
                     STATUS_DEADLINE);
    assert_int_equal(run("exec cat /dev/zero", 60000, &out, &err), STATUS_LIMIT);
    assert_int_equal(run("head -c 2000 /dev/zero", 20000, &out, &err), STATUS_LIMIT);
    assert_string_equal(buf_z(&out), "before");
    json_t *d = json_object();
    buf_clear(&out);
    assert_int_equal(
        chart_run_draw("/nonexistent/chengguo-draw", d, CHART_SVG, 0, 1, &out, &err),
        STATUS_NOT_FOUND);
    json_decref(d);
    buf_done(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_text_does_not_overlap),
        cmocka_unit_test(test_numbers_read_back_from_the_tooltips),
        cmocka_unit_test(test_svg_is_fit_for_strict_pages),
        cmocka_unit_test(test_control_characters_become_replacements),
        cmocka_unit_test(test_png_and_pdf_are_made_from_the_svg),
        cmocka_unit_test(test_run_passes_options_and_takes_the_picture),
        cmocka_unit_test(test_run_reports_every_failure),
    };
    return cmocka_run_group_tests_name("draw", tests, open_font, close_font);
}
