/* pages.h - the view models: what each page's template may be given, and the part that
 * every page shares.
 *
 * A view is a jansson object. Conventions for every page:
 * - Every key listed is present; "?" after a type means null where there is nothing.
 *   (Mustache looks outwards for a missing key and would show an outer value.)
 * - string = UTF-8 text, not escaped; the template escapes. *_html = trusted, ready HTML.
 * - *_text and count strings are ready for reading: 12,345 by page_count; the template
 *   formats nothing. url = a ready, percent-encoded path and query built by the program
 *   (web/html.h), never a URL that came from outside.
 * - Text shown to readers is Chinese. A list may be empty; its block is then left out.
 * - item = {text: string, url: string?}; link = {label: string, url: string}.
 * - Keys that a template does not use are skipped without cost: the search view may be
 *   the /search.json document itself with the keys below added.
 *
 * Shared by all (page_view_new makes it; * = the caller may set it afterwards):
 *   lang "zh-CN"; page_title string; home bool (site name alone in <title>);
 *   site_name string; site_strapline string?; css_url, icon_url string;
 *   description* string? (meta); noindex* bool; canonical* string?;
 *   alternates* [{type, label, url}] (rel=alternate: JSON, Atom);
 *   prev_link* string?, next_link* string? (rel=prev/next);
 *   nav [{label, url, current bool}];
 *   header_search bool (the small box in the header; off on home and search); q string?;
 *   footer_source string?; footer_lines [item] (主办单位, ICP …);
 *   revision_text string?; as_of_text string? ("2026-01-20 16:00"); version string
 *
 * "home"
 *   lead string?; examples [link] (searches to try);
 *   totals [{label, value, unit string, url?, note?}] (已登记, 可查询, 数字 of the year);
 *   latest_heading string; latest [hit]; latest_more link-object?;
 *   browse [{heading, items [{label, url, count_text?}]}] (by category, city …);
 *   stats_links [{label, url, note?}]
 *
 * hit (in "home" and "search"; the fields of /search.json hits, of which the templates
 * use) url, regno, title_html, snippet_html?, unit string?, unit_url string?, units_more
 * string? ("等 3 家单位"), year_text string? ("2025"), approved_on string?,
 *   category_label?, region_label?, badge string? ("公示中" for site_open and unit_open)
 *
 * "search"
 *   heading string ("“瓦斯 抽采”的检索结果", or "全部成果"); total_text string;
 *   took_text string? ("3.1 毫秒"); sort string? (kept by the form when not the default);
 *   form_hidden [{name, value}] (filters that a new query keeps);
 *   chips [{field_label, value_label, remove_url}]; clear_url string?;
 *   understood string? (null when the same as q); notices [string];
 *   suggestion_link link-object? (did you mean);
 *   relaxed {step_label, strict_total_text, strict_url, dropped [{text, total_text,
 * url?}]} or null (always an object with these keys when the query was relaxed); has_hits
 * bool; hits [hit]; sorts [{label, url, current bool}]; facet_groups [{id, label, open
 * bool, selected_text? ("已选 2"), values [{label, count_text, url, selected bool, zero
 * bool}], other_text? ("另有 310 个值，1,200 项"), more_url?}] (url toggles the value;
 * 其他 and 未填 are values like any other); paging {label ("第 2 页，共 7 页"),
 * prev_url?, next_url?, first_url?, pages [{label, url?, current bool, gap bool}],
 * limit_note?} or null (one page); downloads [{label, url, note?}]; zero {removals
 * [{label, url, total_text?}], tips [string]} or null (when has_hits)
 *
 * "record"
 *   title string; badge string?; regno string; lede [string] (first unit, year, category);
 *   facts [{label, items [item]}] (the key facts table; a row without items is left out
 * by the caller); texts [{id, heading, paragraphs [string]}] (成果简介 and so on);
 *   keywords [item]; units [{no, text, url?, note?}]; people [{no, text, url?, note?}];
 *   ip [{kind, no?, on?, core bool}]; standards [{level, no?, status?}];
 *   sections [{id, heading, note?, rows [{label, items [item]}]}] (应用与转化, 评价 …);
 *   history [{on, text}] (life-cycle steps the audience may see);
 *   cite string? (a citation to copy); permalink string; downloads [{label, url, note?}]
 *
 * "stats" and "charts" (the two lists)
 *   heading, lead string?; groups [{id, heading, entries [{code, label, url, note?,
 *     twin_label?, twin_url?}]}]
 *
 * "table"
 *   code, heading, subtitle string (measure, unit, place, period);
 *   definition?, base_label?, edition_label, source?, as_of (from the shared part);
 *   editions [{label, url, current bool}]; years [{label, url, current bool}];
 *   caption string; head [{cells [{label, url?, colspan, rowspan integer, group bool}]}];
 *   body [{total bool, heads [{label, url?, rowspan integer}],
 *     cells [{text, url?, mark? ("p"), mark_label? ("暂定"), note? ("其中可查 12")}]}];
 *   flags [{mark, label}] (only those that occur); notes [{no, text}];
 *   chart chart-object or null; downloads [{label, url, note?}]; permalink; cite string?
 *
 * "chart"
 *   code, heading, subtitle?; chart chart-object; finding string? (in words, beside it);
 *   definition?, base_label?, edition_label, source?; editions, years as in "table";
 *   table_link link-object?; downloads; permalink
 *
 * chart-object {svg_html string?, img_url string?, alt string, chart_url string?}
 *   svg_html is inlined and keeps its links; it must use presentation attributes only
 *   (the CSP forbids style attributes and <style> in a page), carry role="group", not
 *   "img", when it holds links, name itself by aria-labelledby, and have ids that no other
 *   chart of the page has. Else img_url is shown.
 *
 * "error"
 *   code string ("404"); heading, sentence string; param string?; detail string?;
 *   suggestion_link link-object?; ways [link] (how to go on); request_id string?
 *
 * link-object = {label, url} standing alone, or null.
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

enum page_section { PAGE_HOME, PAGE_SEARCH, PAGE_STATS, PAGE_CHARTS, PAGE_OTHER };

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
