#include "stats/draw/svg.h"

#include "core/utf8.h"
#include "stats/draw/font.h"
#include "stats/draw/plot.h"

#include <stdio.h>
#include <stdlib.h>

/* Text and attribute alike. What XML 1.0 cannot hold becomes U+FFFD. */
static void escape(struct buf *b, const char *z) {
    uint32_t cp;
    for (const char *p = z, *end = z + strlen(z); p < end;) {
        const char *next = utf8_next(p, end, &cp);
        if (cp == '&')
            buf_add_z(b, "&amp;");
        else if (cp == '<')
            buf_add_z(b, "&lt;");
        else if (cp == '>')
            buf_add_z(b, "&gt;");
        else if (cp == '"')
            buf_add_z(b, "&quot;");
        else if (cp == '\n' || cp == '\t' || cp == '\r')
            buf_add_char(b, ' ');
        else if (cp < 0x20 || cp == 0xFFFE || cp == 0xFFFF)
            buf_add_z(b, "\xEF\xBF\xBD");
        else
            buf_add(b, p, (size_t)(next - p));
        p = next;
    }
}

/* Two decimals are more than an eye sees; no trailing zeros. */
static void number(struct buf *b, double v) {
    char z[64];
    int n = snprintf(z, sizeof z, "%.2f", v);
    while (n > 0 && z[n - 1] == '0') z[--n] = 0;
    if (n > 0 && z[n - 1] == '.') z[--n] = 0;
    buf_add_z(b, strcmp(z, "-0") == 0 ? "0" : z);
}

static void text(struct buf *b, const struct scene_item *i) {
    static const char *const anchor[] = {"", " text-anchor=\"middle\"",
                                         " text-anchor=\"end\""};
    buf_add_z(b, "<text x=\"");
    number(b, i->x);
    buf_add_z(b, "\" y=\"");
    number(b, i->y);
    buf_add_z(b, "\" font-size=\"");
    number(b, i->size);
    buf_add_f(b, "\" fill=\"#%06x\" stroke=\"none\"%s%s>", (unsigned)i->color & 0xFFFFFF,
              i->bold ? " font-weight=\"bold\"" : "", anchor[i->anchor]);
    escape(b, i->text);
    buf_add_z(b, "</text>");
}

/* The words that stand in a mark lead its name: who speaks what is seen must reach it
 * (WCAG 2.5.3). */
static void open_mark(struct buf *b, const struct scene *s, size_t first) {
    const struct scene_mark *m = &s->mark[s->item[first].mark];
    if (m->link) {
        buf_add_z(b, "<a href=\"");
        escape(b, m->link);
        buf_add_z(b, "\" aria-label=\"");
        for (size_t i = first; i < s->nitem && s->item[i].mark == s->item[first].mark;
             i++) {
            if (!s->item[i].is_text) continue;
            escape(b, s->item[i].text);
            buf_add_char(b, ' ');
        }
        escape(b, m->tip);
        buf_add_z(b, "\">");
    } else {
        buf_add_z(b, "<g>");
    }
    buf_add_z(b, "<title>");
    escape(b, m->tip);
    buf_add_z(b, "</title>");
}

static void close_mark(struct buf *b, const struct scene_mark *m) {
    buf_add_z(b, m->link ? "</a>\n" : "</g>\n");
}

static void head(struct buf *b, const struct scene *s) {
    buf_add_z(b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ");
    number(b, s->width);
    buf_add_char(b, ' ');
    number(b, s->height);
    buf_add_z(b, "\" width=\"");
    number(b, s->width);
    buf_add_z(b, "\" height=\"");
    number(b, s->height);
    buf_add_f(b,
              "\" role=\"group\" lang=\"zh-CN\" aria-labelledby=\"%s-title\" "
              "aria-describedby=\"%s-desc\" font-family=\"" FONT_STACK "\">\n",
              s->id, s->id);
    buf_add_f(b, "<title id=\"%s-title\">", s->id);
    escape(b, s->title);
    buf_add_f(b, "</title>\n<desc id=\"%s-desc\">", s->id);
    escape(b, s->desc);
    buf_add_z(b, "</desc>\n<g " PLOT_GROUP_ATTRIBUTES ">\n");
}

static void body(struct buf *b, const struct scene *s, const struct str *element) {
    size_t shape = 0, open = SCENE_NO_MARK;
    bool frame = true;
    buf_add_f(
        b, "<g role=\"img\" aria-labelledby=\"%s-title\" aria-describedby=\"%s-desc\">\n",
        s->id, s->id);
    buf_add_f(b,
              "<rect width=\"%.0f\" height=\"%.0f\" fill=\"#ffffff\" stroke=\"none\"/>\n",
              s->width, s->height);
    for (size_t i = 0; i < s->nitem; i++) {
        const struct scene_item *item = &s->item[i];
        if (item->mark != open) {
            if (open != SCENE_NO_MARK) close_mark(b, &s->mark[open]);
            if (frame) buf_add_z(b, "</g>\n");
            frame = false;
            open = item->mark;
            if (open != SCENE_NO_MARK) open_mark(b, s, i);
        }
        if (item->is_text)
            text(b, item);
        else
            buf_add_str(b, element[shape++]);
        if (open == SCENE_NO_MARK) buf_add_char(b, '\n');
    }
    if (open != SCENE_NO_MARK) close_mark(b, &s->mark[open]);
    if (frame) buf_add_z(b, "</g>\n");
}

enum status svg_write(const struct scene *s, struct buf *out, struct err *err) {
    struct buf plotted = buf_init(0);
    struct str *element = NULL;
    size_t n = 0;
    enum status status = plot_scene(s, &plotted, &element, &n, err);
    if (status != STATUS_OK) return status;
    struct buf b = buf_init(SVG_BYTES);
    head(&b, s);
    body(&b, s, element);
    buf_add_z(&b, "</g>\n</svg>\n");
    free(element);
    buf_done(&plotted);
    status = buf_check(&b, "the SVG", err);
    if (status == STATUS_OK) {
        buf_add_str(out, buf_str(&b));
        status = buf_check(out, "the SVG", err);
    }
    buf_done(&b);
    return status;
}
