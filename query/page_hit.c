#include "query/page_hit.h"

#include "web/html.h"

#include <stdio.h>

static const char *text_of(const json_t *o, const char *key) {
    return json_string_value(json_object_get(o, key));
}

static json_t *or_null(const char *z) {
    return z ? json_string(z) : json_null();
}

/* The title escaped, where no highlighting made it. */
static json_t *title_html(struct call *c, const struct search_hit *hit, const json_t *j) {
    const char *title = text_of(j, "title");
    if (hit->title_html.n) return view_str(hit->title_html);
    struct buf b = buf_init(0);
    html_put_text(&b, str_of(title ? title : ""));
    return or_null(view_keep(c, &b));
}

void page_hit_add(struct call *c, struct view *v, json_t *list,
                  const struct search_hit *hit) {
    json_error_t why;
    json_t *j = json_loadb(hit->hit.p, hit->hit.n, 0, &why);
    json_t *o = json_object();
    const char *regno = text_of(j, "regno"), *unit = text_of(j, "unit");
    const char *publicity = text_of(j, "publicity"), *url = text_of(j, "url");
    bool open = publicity && (strcmp(publicity, "unit_open") == 0 ||
                              strcmp(publicity, "site_open") == 0);
    size_t units = json_array_size(json_object_get(j, "units"));
    /* The name that the filter knows. */
    const char *as = json_string_value(json_array_get(json_object_get(j, "units_as"), 0));
    json_int_t year = json_integer_value(json_object_get(j, "year"));
    char more[48], year_text[16];
    snprintf(more, sizeof more, "等 %zu 家单位", units);
    snprintf(year_text, sizeof year_text, "%lld", (long long)year);
    if (!j) v->failed = true;
    view_set(v, o, "url", or_null(url));
    view_set(v, o, "regno", or_null(regno ? regno : text_of(j, "uid")));
    view_set(v, o, "title_html", title_html(c, hit, j));
    view_set(v, o, "snippet_html", view_str(hit->snippet_html));
    view_set(v, o, "unit", or_null(unit));
    view_set(
        v, o, "unit_url",
        or_null(unit ? view_search_url(c, "first_unit", str_of(as ? as : unit)) : NULL));
    view_set(v, o, "units_more", or_null(units > 1 ? more : NULL));
    view_set(v, o, "year_text", or_null(year ? year_text : NULL));
    view_set(v, o, "approved_on", or_null(text_of(j, "approved_on")));
    view_set(v, o, "category_label", or_null(text_of(j, "category_label")));
    view_set(v, o, "region_label", or_null(text_of(j, "region_label")));
    view_set(v, o, "badge", or_null(open ? "公示中" : NULL));
    view_add(v, list, o);
    json_decref(j);
}
