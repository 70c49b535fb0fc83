/* asset.h - templates, styles and icons, embedded in the program.
 *
 * Everything under web/templates, web/css and web/icons is embedded at build time
 * (web/embed.sh). A static file is served as /assets/NAME.HASH.EXT, where HASH is taken
 * from its content: a changed file has another address, so the answer may be cached for
 * ever (Cache-Control: public, max-age=31536000, immutable).
 *
 * In:      NULL for the embedded files, or the folder of web/ for development: the same
 *          names are then read from there once, at open (restart to see a change; a file
 *          that was added needs a new build)
 * Owns:    the set owns all it hands out; pointers live until asset_set_close
 * Threads: read-only after open, shared by all threads
 * Not:     no HTTP, no directory listing; a path from a request never reaches the disk
 */
#ifndef WEB_ASSET_H
#define WEB_ASSET_H

#include "core/err.h"
#include "core/str.h"

C_API_BEGIN

#define ASSET_MAX_BYTES ((size_t)1 << 20)
#define ASSET_PATH_PREFIX "/assets/"

struct asset_set;

struct asset {
    const char *name; /* "site.css" */
    const char *url;  /* "/assets/site.0123456789abcdef.css" */
    const char *type; /* Content-Type, "text/css; charset=utf-8" */
    const char *etag; /* strong, with its quotes */
    struct str body;
    struct str gzip; /* the same gzipped, or {NULL, 0} where that saves nothing */
};

/* STATUS_IO or STATUS_LIMIT with the file in err when `dir` lacks a file or holds one
 * over ASSET_MAX_BYTES; STATUS_NOMEM. */
MUST_CHECK enum status asset_set_open(const char *dir, struct asset_set **out,
                                      struct err *err);
void asset_set_close(struct asset_set *set); /* NULL is allowed */

/* The static file at this URL path, or NULL: unknown names, outdated hashes, templates.
 */
const struct asset *asset_find(const struct asset_set *set, struct str url_path);

/* The URL of a static file by name ("site.css"), or NULL. */
const char *asset_url(const struct asset_set *set, const char *name);

/* Templates: their number, and the name ("home") and text of one. */
size_t asset_template_count(const struct asset_set *set);
struct str asset_template_at(const struct asset_set *set, size_t i, const char **name);

C_API_END
#endif
