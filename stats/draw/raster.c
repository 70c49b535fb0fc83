#include "stats/draw/raster.h"

#include "core/date.h"

#include <cairo-pdf.h>
#include <cairo.h>
#include <librsvg/rsvg.h>

#define PX_PER_POINT (96.0 / 72.0)

static cairo_status_t collect(void *closure, const unsigned char *data, unsigned n) {
    struct buf *b = closure;
    buf_add(b, data, n);
    return b->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

/* Draws the SVG over the whole of `surface`, w by h in its units, and finishes it. */
static enum status render(struct str svg, cairo_surface_t *surface, double w, double h,
                          struct err *err) {
    GError *bad = NULL;
    RsvgHandle *handle = rsvg_handle_new_from_data((const guint8 *)svg.p, svg.n, &bad);
    enum status status = STATUS_OK;
    if (!handle) {
        status =
            err_set(err, STATUS_INTERNAL, NULL, "librsvg: %s", bad ? bad->message : "?");
        g_clear_error(&bad);
        return status;
    }
    cairo_t *cr = cairo_create(surface);
    RsvgRectangle page = {0, 0, w, h};
    if (!rsvg_handle_render_document(handle, cr, &page, &bad))
        status =
            err_set(err, STATUS_INTERNAL, NULL, "librsvg: %s", bad ? bad->message : "?");
    else if (cairo_status(cr) != CAIRO_STATUS_SUCCESS)
        status = err_set(err, STATUS_NOMEM, NULL, "cairo: %s",
                         cairo_status_to_string(cairo_status(cr)));
    cairo_destroy(cr);
    g_clear_error(&bad);
    g_object_unref(handle);
    return status;
}

enum status raster_png(struct str svg, double width, double height, int scale,
                       struct buf *out, struct err *err) {
    double w = width * scale, h = height * scale;
    if (w * h > RASTER_PIXELS)
        return err_set(err, STATUS_LIMIT, "limit", "图像超过%.0f个像素", RASTER_PIXELS);
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)w, (int)h);
    enum status status = render(svg, surface, w, h, err);
    if (status == STATUS_OK && cairo_surface_write_to_png_stream(surface, collect, out) !=
                                   CAIRO_STATUS_SUCCESS) {
        status = buf_check(out, "the PNG", err);
        if (status == STATUS_OK)
            status = err_set(err, STATUS_INTERNAL, NULL, "cairo cannot write the PNG");
    }
    cairo_surface_destroy(surface);
    return status;
}

enum status raster_pdf(struct str svg, double width, double height, const char *title,
                       const char *as_of, struct buf *out, struct err *err) {
    double w = width / PX_PER_POINT, h = height / PX_PER_POINT;
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(collect, out, w, h);
    int64_t at;
    char when[INSTANT_TEXT];
    if (instant_parse(str_of(as_of), &at, NULL) != STATUS_OK) at = 0;
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                   instant_text(at, when));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
    enum status status = render(svg, surface, w, h, err);
    cairo_surface_finish(surface);
    if (status == STATUS_OK && cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
        status = buf_check(out, "the PDF", err);
        if (status == STATUS_OK)
            status = err_set(err, STATUS_INTERNAL, NULL, "cairo cannot write the PDF");
    }
    cairo_surface_destroy(surface);
    return status;
}
