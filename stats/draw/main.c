/* chengguo-draw - chart description on stdin, picture on stdout.
 *
 * A program of its own because libplot leaks, calls exit() and links X11, and because a
 * picture must never take the daemon with it. It limits its own time and memory.
 *
 * Exit codes: core/err.h; a description or option that cannot be drawn is 2, with one
 * line on stderr that names the JSON path.
 */
#include "stats/chart.h"
#include "stats/chart_run.h"
#include "stats/draw/font.h"
#include "stats/draw/raster.h"
#include "stats/draw/svg.h"
#include "stats/layout.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <talloc.h>
#include <unistd.h>

#define SECONDS_MAX 10
#define MEMORY_BYTES ((rlim_t)1 << 30)
#define SCALE_MAX 3
#define OUTPUT_BYTES ((size_t)32 << 20)

static const char usage[] =
    "用法：chengguo-draw [--format svg|png|pdf] [--width 360..1920] [--scale 1..3]\n"
    "从标准输入读取图表描述（JSON），把图写到标准输出。\n"
    "  --format F   svg（默认）、png或pdf\n"
    "  --width W    图宽，像素；默认按描述\n"
    "  --scale N    png每像素放大的倍数，默认1\n"
    "  --help       本说明\n"
    "  --version    版本\n";

struct options {
    enum chart_format format;
    int width, scale;
};

static bool parse_int(const char *z, int min, int max, int *out) {
    char *end;
    errno = 0;
    long v = strtol(z, &end, 10);
    if (errno || end == z || *end || v < min || v > max) return false;
    *out = (int)v;
    return true;
}

/* Sanitizers reserve terabytes of addresses: no limit on those there. */
static void limit_self(void) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    (void)setrlimit(RLIMIT_AS, &(struct rlimit){MEMORY_BYTES, MEMORY_BYTES});
#endif
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    alarm(SECONDS_MAX); /* its default action ends the program */
}

static enum status read_all(FILE *f, struct buf *out, struct err *err) {
    char chunk[16384];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0 && !out->failed)
        buf_add(out, chunk, n);
    if (ferror(f)) return err_errno(err, "读不了标准输入");
    return buf_check(out, "图表描述", err);
}

static enum status draw(const struct options *o, struct str text, struct buf *out,
                        struct err *err) {
    struct chart_spec *spec = NULL;
    struct scene *scene = NULL;
    struct font *font = NULL;
    struct buf svg = buf_init(SVG_BYTES);
    void *ctx = talloc_new(NULL);
    enum status s = chart_spec_read(ctx, text, &spec, err);
    if (s == STATUS_OK) s = font_open(&font, err);
    if (s == STATUS_OK)
        s = layout_scene(ctx, spec, o->width ? o->width : spec->width,
                         &(struct layout_font){font_width, font}, &scene, err);
    if (s == STATUS_OK) s = svg_write(scene, o->format == CHART_SVG ? out : &svg, err);
    if (s == STATUS_OK && o->format == CHART_PNG)
        s = raster_png(buf_str(&svg), scene->width, scene->height, o->scale, out, err);
    if (s == STATUS_OK && o->format == CHART_PDF)
        s = raster_pdf(buf_str(&svg), scene->width, scene->height, scene->title,
                       scene->as_of, out, err);
    font_close(font);
    buf_done(&svg);
    talloc_free(ctx);
    return s;
}

/* What the caller can mend is exit 2, as a wrong option is. */
static int exit_code(enum status s) {
    return s == STATUS_INVALID || s == STATUS_LIMIT ? status_exit_code(STATUS_USAGE)
                                                    : status_exit_code(s);
}

int main(int argc, char **argv) {
    static const struct option longs[] = {
        {"format", required_argument, NULL, 'f'}, {"width", required_argument, NULL, 'w'},
        {"scale", required_argument, NULL, 's'},  {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},      {NULL, 0, NULL, 0}};
    struct options o = {.format = CHART_SVG, .scale = 1};
    for (int c; (c = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
        bool ok = true;
        switch (c) {
            case 'f':
                ok = chart_format_parse(optarg, &o.format);
                break;
            case 'w':
                ok = parse_int(optarg, CHART_WIDTH_MIN, CHART_WIDTH_MAX, &o.width);
                break;
            case 's':
                ok = parse_int(optarg, 1, SCALE_MAX, &o.scale);
                break;
            case 'h':
                fputs(usage, stdout);
                return 0;
            case 'v':
                puts("chengguo-draw " CHENGGUO_VERSION);
                return 0;
            default:
                fputs(usage, stderr);
                return status_exit_code(STATUS_USAGE);
        }
        if (!ok) {
            fprintf(stderr, "chengguo-draw: 选项的值“%s”不对，请看--help\n", optarg);
            return status_exit_code(STATUS_USAGE);
        }
    }
    if (optind < argc) {
        fprintf(stderr, "chengguo-draw: 多余的参数“%s”，请看--help\n", argv[optind]);
        return status_exit_code(STATUS_USAGE);
    }
    limit_self();
    struct err err = {0};
    struct buf in = buf_init(CHART_INPUT_BYTES), out = buf_init(OUTPUT_BYTES);
    enum status s = read_all(stdin, &in, &err);
    if (s == STATUS_OK) s = draw(&o, buf_str(&in), &out, &err);
    if (s == STATUS_OK &&
        (fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout) != 0))
        s = err_errno(&err, "写不了标准输出");
    if (s != STATUS_OK) fprintf(stderr, "chengguo-draw: %s\n", err.text);
    buf_done(&in);
    buf_done(&out);
    return exit_code(s);
}
