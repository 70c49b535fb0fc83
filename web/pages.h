/* pages.h - the view models: what each page's template may be given, and the part that
 * every page shares.
 *
 * A view is a jansson object. Conventions for every page:
 * - Every key listed is present; "?" means null where there is nothing. (Mustache looks
 *   outwards for a missing key and would show an outer value.) Blocks of null, "" and []
 *   are left out of the page, with their headings.
 * - A key is a string unless it says otherwise: UTF-8, not escaped, the template escapes.
 *   *_html = trusted, ready HTML.
 * - *_text and value strings are ready for reading (12,345 by page_count); the template
 *   formats nothing. url = a ready, percent-encoded path and query built by the program
 *   (web/html.h), never a URL that came from outside.
 * - Text shown to readers is Chinese.
 * - Keys that a template does not use are skipped without cost: the search view may be
 *   the /search.json document itself with the keys below added.
 * - Samples: tests/unit/test_template_views/, one view a page.
 *
 * Named parts:
 *   item     = {text, url?}
 *   link     = {label, url}
 *   choice   = {label, url, current bool}
 *   download = {label, url, note?}
 *
 * Shared by all pages; page_view_new makes it, a key with * may be set afterwards:
 *   lang                "zh-CN"
 *   page_title          <title>, to which the site name is added (but on home)
 *   home                bool
 *   site_name           site_strapline? is shown beside it
 *   css_url, icon_url
 *   description?*       for <meta>
 *   noindex*            bool
 *   canonical?*         URL
 *   alternates*         [{type, label, url}]: rel=alternate (JSON, Atom)
 *   prev_link?*         next_link?*: URLs for rel=prev and rel=next
 *   nav                 [choice]
 *   header_search       bool: the small box in the header; off on home and search
 *   q?                  what the box holds
 *   footer_source?      whose data
 *   footer_lines        [item]: 主办单位, ICP …
 *   revision_text?      as_of_text? ("2026-01-20 16:00")
 *   version
 *
 * "home"
 *   lead?
 *   examples            [link]: searches to try
 *   totals              [{label, value, unit?, url?, note?}]: 累计登记, 可查询 …
 *   latest_heading      latest [hit], latest_more link?
 *   browse              [{heading, items [{label, url, count_text?}]}]
 *   stats_links         [{label, url, note?}]
 *
 * hit, in "home" and "search": the fields of a /search.json hit, of which are shown
 *   url, regno          title_html, snippet_html? (escaped, <mark> the only tag)
 *   unit?               unit_url?, units_more? ("等 3 家单位")
 *   year_text?          "2025"; approved_on?, category_label?, region_label?
 *   badge?              "公示中" for site_open and unit_open
 *
 * "search"
 *   heading             “瓦斯 抽采”的检索结果, or 全部成果
 *   total_text          took_text? ("3.1 毫秒")
 *   sort?               kept by the form; null for the default
 *   form_hidden         [{name, value}]: filters that a new query keeps
 *   chips               [{field_label, value_label, remove_url}]
 *   clear_url?          drops all filters
 *   understood?         null when it only repeats q
 *   notices             [string]
 *   suggestion_link?    {label, url, total_text}: did you mean
 *   direct              [{note, url?, link_label}]: what the query names exactly
 *   relaxed?            {step_label, strict_total_text, strict_url,
 *                        dropped [{text, total_text, url?}]}
 *   hits                [hit]
 *   sorts               [choice]
 *   facet_groups        [{id, label, open bool, selected_text? ("已选 2"),
 *                         values [{label, count_text, url, selected bool, zero bool}],
 *                         other_text? ("另有 310 个值，1,200 项"), more_url?}]
 *                       url toggles the value; 其他 and 未填 are values like any other
 *   paging?             {label ("第 2 页，共 7 页"), prev_url?, next_url?,
 *                        pages [{label?, url?, current bool, gap bool}], limit_note?}
 *                       null where one page holds all; cursor paging has pages []
 *   downloads           [download]
 *   zero?               {removals [{label, url, total_text?}], tips [string]}
 *                       null when there are hits
 *
 * "record"
 *   title, regno        badge?
 *   lede                [string]: first unit, year, category
 *   facts               [{label, items [item]}]: the key facts; no row without items
 *   texts               [{id, heading, paragraphs [string]}]: 成果简介 and so on
 *   keywords            [item]
 *   units, people       [{text, url?, note?}] in their order
 *   ip                  [{kind, no?, on?, core bool}]
 *   standards           [{level, no?, status?}]
 *   sections            [{id, heading, note?, rows [{label, items [item]}]}]:
 *                       应用与转化, 评价 …
 *   similar             [{title, url, meta?, shared_text?}]: records like it, the words
 *                       that they share as one text
 *   history             [{on, text}]: steps that the audience may see
 *   cite?               a citation to copy
 *   permalink           downloads [download]
 *
 * "stats" and "charts", the two lists
 *   heading, lead?
 *   groups              [{id, heading, entries [{code, label, url, note?,
 *                         twin_label?, twin_url?}]}]
 *
 * "table"
 *   code, heading       subtitle? (measure, unit, place, period)
 *   years, editions     [choice]
 *   caption
 *   head                [{cells [{label, url?, colspan int, rowspan int, group bool}]}]
 *   body                [{total bool, heads [{label, url?, rowspan int}],
 *                         cells [{text, url?, mark? ("p"), mark_label? ("暂定"),
 *                                 note? ("其中可查 12", "135 / 1,320")}]}]
 *   flags               [{mark, label}]: those that occur in the table
 *   notes               [{no, text}]
 *   chart               chart?
 *   downloads           [download]
 *   definition?         base_label?, edition_label, source?, cite?, permalink
 *
 * "chart"
 *   code, heading       subtitle?
 *   years, editions     [choice]
 *   chart               chart
 *   finding?            the chart in words
 *   table_link          link?: its table twin
 *   downloads           [download]
 *   definition?         base_label?, edition_label, source?, cite?, permalink
 *
 * chart = {svg_html?, img_url?, alt, chart_url?}
 *   svg_html is inlined and keeps its links. It uses presentation attributes only (the
 *   CSP forbids style attributes and <style> in a page), has role="group", not "img",
 *   when it holds links, is named by aria-labelledby, and its ids occur in no other
 *   chart of the page. Where it is null, img_url is shown.
 *
 * "help"
 *   heading, lead
 *   sections            [{id, heading, texts [string],
 *                         examples [{query?, params? (in words), url, understood?,
 *                                    explanation}],
 *                         links [{url, label, note?}]}]
 *
 * "error"
 *   code                "404"
 *   heading, sentence   what is wrong, in words; param?, detail?
 *   suggestion_link     link?
 *   ways                [link]: how to go on
 *   request_id?
 *
 * Threads: no state.
 * Not: no HTTP, no status codes, no knowledge of records or tables.
 */
#ifndef WEB_PAGES_H
#define WEB_PAGES_H

#include "web/asset.h"

#include <jansson.h>

C_API_BEGIN

/* The Content-Security-Policy that every page of these templates works under. */
#define PAGE_CSP                                                                         \
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "         \
    "base-uri 'none'; frame-ancestors 'none'"

struct page_line {
    const char *text;
    const char *url; /* NULL = plain text */
};

/* What an operator configures; all strings borrowed. */
struct page_site {
    const char *name;      /* 山西省科技成果登记检索; never NULL */
    const char *strapline; /* or NULL */
    const char *source;    /* whose data, or NULL */
    size_t nlines;
    const struct page_line *lines; /* footer lines */
};

enum page_section {
    PAGE_HOME,
    PAGE_SEARCH,
    PAGE_STATS,
    PAGE_CHARTS,
    PAGE_HELP,
    PAGE_OTHER
};

/* The shared part, a new reference for the caller to add the page's own keys to. `q` is
 * what the header's box holds (NULL = empty); `as_of` is an ISO 8601 instant in UTC, or
 * NULL where no data stands behind the page (then no revision is shown either). NULL when
 * memory is out or a text is not UTF-8. */
MUST_CHECK json_t *page_view_new(const struct asset_set *assets,
                                 const struct page_site *site, enum page_section section,
                                 const char *title, const char *q, int64_t revision,
                                 const char *as_of);

/* 1234567 -> "1,234,567" into out (>= 32 bytes); returns out. */
const char *page_count(int64_t n, char *out, size_t size);

/* "2026-01-20T08:00:00Z" -> "2026-01-20 16:00", the time of Beijing, into out (>= 24
 * bytes); a text of another form is copied as it is, cut to size. Returns out. */
const char *page_instant(const char *utc, char *out, size_t size);

C_API_END
#endif
