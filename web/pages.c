#include "web/pages.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define BEIJING_SECONDS 28800 /* UTC+8, no summer time */

static const struct {
    enum page_section section;
    const char *label, *url;
} NAV[] = {
    {PAGE_SEARCH, "成果检索", "/search"},
    {PAGE_STATS, "统计", "/stats"},
    {PAGE_CHARTS, "图表", "/charts"},
    {PAGE_HELP, "检索帮助", "/help"},
};

const char *page_count(int64_t n, char *out, size_t size) {
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, n);
    size_t sign = digits[0] == '-', len = strlen(digits), at = 0;
    for (size_t i = 0; i < len && at + 2 < size; i++) {
        if (i > sign && (len - i) % 3 == 0) out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = 0;
    return out;
}

const char *page_instant(const char *utc, char *out, size_t size) {
    struct tm tm = {0};
    const char *end = strptime(utc, "%Y-%m-%dT%H:%M:%S", &tm);
    if (!end || strcmp(end, "Z") != 0) {
        snprintf(out, size, "%s", utc);
        return out;
    }
    time_t t = timegm(&tm) + BEIJING_SECONDS;
    if (!gmtime_r(&t, &tm) || strftime(out, size, "%Y-%m-%d %H:%M", &tm) == 0)
        snprintf(out, size, "%s", utc);
    return out;
}

static json_t *nav_of(enum page_section section) {
    json_t *nav = json_array();
    for (size_t i = 0; nav && i < ARRAY_LEN(NAV); i++) {
        json_t *entry =
            json_pack("{s:s,s:s,s:b}", "label", NAV[i].label, "url", NAV[i].url,
                      "current", (int)(NAV[i].section == section));
        if (json_array_append_new(nav, entry) != 0) {
            json_decref(nav);
            return NULL;
        }
    }
    return nav;
}

static json_t *lines_of(const struct page_site *site) {
    json_t *lines = json_array();
    for (size_t i = 0; lines && i < site->nlines; i++) {
        json_t *line = json_pack("{s:s,s:s?}", "text", site->lines[i].text, "url",
                                 site->lines[i].url);
        if (json_array_append_new(lines, line) != 0) {
            json_decref(lines);
            return NULL;
        }
    }
    return lines;
}

json_t *page_view_new(const struct asset_set *assets, const struct page_site *site,
                      enum page_section section, const char *title, const char *q,
                      int64_t revision, const char *as_of) {
    char instant[32], number[32];
    const char *when = as_of ? page_instant(as_of, instant, sizeof instant) : NULL;
    snprintf(number, sizeof number, "%" PRId64, revision);
    bool boxed = section != PAGE_HOME && section != PAGE_SEARCH;
    return json_pack(
        "{s:s,s:s,s:b,s:s,s:s?,s:s?,s:s?,s:n,s:b,s:n,s:[],s:n,s:n,s:o,s:b,s:s?,s:s?,s:o,"
        "s:s?,s:s?,s:s}",
        "lang", "zh-CN", "page_title", title, "home", (int)(section == PAGE_HOME),
        "site_name", site->name, "site_strapline", site->strapline, "css_url",
        asset_url(assets, "site.css"), "icon_url", asset_url(assets, "favicon.svg"),
        "description", "noindex", 0, "canonical", "alternates", "prev_link", "next_link",
        "nav", nav_of(section), "header_search", (int)boxed, "q", q, "footer_source",
        site->source, "footer_lines", lines_of(site), "revision_text",
        as_of ? number : NULL, "as_of_text", when, "version", CHENGGUO_VERSION);
}
