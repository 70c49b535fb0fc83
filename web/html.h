/* html.h - escaping by destination: each name says where the text goes.
 *
 * In:      any bytes, taken as UTF-8 that was checked at the boundary; NUL and control
 *          characters that HTML forbids (U+0000-U+001F but tab, LF, CR, and U+007F) are
 *          dropped from text and attributes, so that no page holds them
 * Out:     appended to the caller's struct buf; failures show in buf.failed, checked once
 *          by the caller with buf_check
 * Rules:   HTML Living Standard 13.1.2 (text, quoted attributes); RFC 3986 2.1-2.3
 * Threads: no state
 * Not:     CSV cells (the renderer of CSV has that rule), JSON, script or style text;
 *          does not judge a URL: never pass a URL that came from outside
 */
#ifndef WEB_HTML_H
#define WEB_HTML_H

#include "core/str.h"

C_API_BEGIN

/* Between tags: & < > become references. */
void html_put_text(struct buf *out, struct str text);

/* Inside a double- or single-quoted attribute value: & < > " ' become references. */
void html_put_attribute(struct buf *out, struct str value);

/* One segment of a URL path: everything but unreserved characters is percent-encoded, so
 * '/' never ends the segment. A segment "." or ".." has its dots encoded as well. */
void html_put_path_segment(struct buf *out, struct str segment);

/* A name or a value of a URL query: everything but unreserved characters is
 * percent-encoded; a space is %20. The result needs no further escaping in an attribute.
 */
void html_put_query_value(struct buf *out, struct str value);

/* "?name=value", or "&name=value" once `out` holds a '?' (a URL that begins at out->p).
 * The '&' is that of the URL: put the finished URL through html_put_attribute, or through
 * a template, when it goes into HTML. */
void html_put_query_param(struct buf *out, const char *name, struct str value);

C_API_END
#endif
