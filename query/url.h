/* url.h - percent-decoding of what a client sent, checked once at the boundary.
 *
 * Rules: RFC 3986 section 2.1; in a query '+' stands for a space and has been turned into
 * one before (the HTTP library does). A percent sign without two hexadecimal digits, an
 * encoded NUL and text that is not UTF-8 are refused, so that all later code may trust
 * its text.
 *
 * Threads: pure.
 * Not: no splitting of a query string (the HTTP library's), no normalising of paths: a
 * path is compared as it was sent.
 */
#ifndef QUERY_URL_H
#define QUERY_URL_H

#include "core/str.h"

/* Decodes `raw` under the talloc context (terminated; raw itself where nothing is
 * encoded). STATUS_INVALID "invalid_encoding" or "invalid_utf8", STATUS_NOMEM. */
MUST_CHECK enum status url_decode(void *ctx, struct str raw, struct str *out,
                                  struct err *err);

/* Cuts "/first/rest" into its parts, still encoded; *rest has p NULL where there is no
 * second part. False when the path does not begin with '/' or has more than two parts. */
bool url_split_path(struct str path, struct str *first, struct str *rest);

/* Takes a final ".ext" off *name when ext is one of `ext` (n of them) and something
 * stands before it; returns its index, or -1. */
int url_take_extension(struct str *name, const char *const *ext, size_t n);

#endif
