/* convert.h - an old workbook (.xls) to XLSX, by another program in a child process.
 *
 * gnumeric's ssconvert, else LibreOffice, whichever is installed (PATH of the caller),
 * with limits on processor time, memory, file size and number of files, in a folder of
 * its own under $TMPDIR or /tmp that is gone afterwards (not after a SIGKILL of ours); no
 * network, no macros, no user profile. Why another program: BIFF readers in Debian drop
 * formula results and merged cells.
 *
 * Known loss: ssconvert forgets that a sheet is hidden (the sheet is there all the same).
 *
 * Threads: one at a time per process.
 */
#ifndef INDEXER_CONVERT_H
#define INDEXER_CONVERT_H

#include "core/err.h"

#define CONVERT_SECONDS 120              /* processor time; twice that on the clock */
#define CONVERT_MEMORY ((size_t)2 << 30) /* address space */
#define CONVERT_FILE ((size_t)512 << 20) /* largest file it may write */

/* *fd: an unlinked XLSX, the caller closes it. *tool: "ssconvert" or "libreoffice".
 * STATUS_INVALID E_FILE: no program is installed (says which to install, or to save as
 * xlsx), or it could not read the file; STATUS_LIMIT: took too long or too much. */
MUST_CHECK enum status convert_xls(int xls, const volatile int *stop, int *fd,
                                   const char **tool, struct err *err);

#endif
