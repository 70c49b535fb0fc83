/* template.h - Mustache templates over jansson values. The only user of Mustache.
 *
 * In:      the templates of an asset set; a view (json_t object) as web/pages.h defines
 * Out:     HTML appended to the caller's struct buf; its max bounds the page
 * Owns:    a set copies what it needs of the asset set; free with template_set_close
 * Threads: a set is read-only after open and shared by all threads without a lock
 *
 * Templates: all are parsed at open, with their partials ({{> name}}) put in place, so
 * a missing partial, a loop of partials or a broken tag fails the start, never a request.
 * Indentation at line starts and empty lines are dropped: no <pre> or <textarea> content
 * may stand in a template. {{= =}} is refused.
 *
 * Values: a string is escaped for text and quoted attributes ({{x}}). null, false, "" and
 * [] are false in a section and print nothing; numbers print as plain decimals. A name
 * is looked for outwards through the enclosing sections: a view holds every key that its
 * page defines, null where there is nothing, so that no outer value shows through.
 *
 * For every list x of a view, has_x is given: true when the list is not empty, so that a
 * heading can stand once around {{#x}}.
 *
 * Trusted HTML: {{{x}}} is allowed for these names only, which hold HTML made and escaped
 * by the program: title_html, snippet_html (<mark> the only tag), svg_html (a chart drawn
 * by chengguo-draw). Any other name in {{{ }}} or {{& }} fails the open.
 *
 * Not: no logic, no formatting of numbers or dates, no URL building: the view has them
 * ready. No C++ exception leaves.
 */
#ifndef WEB_TEMPLATE_H
#define WEB_TEMPLATE_H

#include "core/err.h"
#include "core/str.h"
#include "web/asset.h"

#include <jansson.h>

C_API_BEGIN

#define TEMPLATE_MAX_DEPTH 16                  /* nesting of a view, and of partials */
#define TEMPLATE_MAX_BYTES ((size_t)256 << 10) /* one template with its partials */

struct template_set;

/* STATUS_INVALID with the template's name in err.file: broken tag, unknown or endless
 * partial, {{{x}}} of an untrusted name; STATUS_LIMIT, STATUS_NOMEM. */
MUST_CHECK enum status template_set_open(const struct asset_set *assets,
                                         struct template_set **out, struct err *err);
void template_set_close(struct template_set *set); /* NULL is allowed */

/* Appends the page. STATUS_NOT_FOUND: no such template; STATUS_LIMIT: the view is nested
 * deeper than TEMPLATE_MAX_DEPTH, or the page is over out->max; STATUS_INVALID: the view
 * is not an object; STATUS_NOMEM. On failure `out` is as it was. */
MUST_CHECK enum status template_render(const struct template_set *set, const char *name,
                                       const json_t *view, struct buf *out,
                                       struct err *err);

C_API_END
#endif
