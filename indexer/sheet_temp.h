/* sheet_temp.h - nameless temporary files, and a private folder for a child process.
 *
 * In $TMPDIR, else /tmp. A file has no name from the start, or loses it at once, so that
 * nothing of it stays behind however the process ends: what stands in an office file may
 * be classified. Mode 0600; the folder 0700.
 *
 * Threads: no state.
 */
#ifndef INDEXER_SHEET_TEMP_H
#define INDEXER_SHEET_TEMP_H

#include "core/err.h"

#define SHEET_TEMP_PATH 1024

/* *fd: read and write, empty, closed on exec; the caller closes it. STATUS_IO. */
MUST_CHECK enum status sheet_temp_file(int *fd, struct err *err);
/* A new empty folder into path; the caller removes it (fs_remove_tree). STATUS_IO. */
MUST_CHECK enum status sheet_temp_folder(char path[SHEET_TEMP_PATH], struct err *err);
/* All n bytes at the file's position. STATUS_IO (a full disk says so). */
MUST_CHECK enum status sheet_temp_write(int fd, const void *p, size_t n, struct err *err);

#endif
