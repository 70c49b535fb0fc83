/* fs.h - the few steps on files that every durable write needs, and one way to map one.
 *
 * Threads: no state.
 */
#ifndef CORE_FS_H
#define CORE_FS_H

#include "core/err.h"

C_API_BEGIN

/* fsync of a folder, so that files made and renamed in it last. STATUS_IO. */
MUST_CHECK enum status fs_sync_dir(const char *dir, struct err *err);
/* The same for the folder that holds `path`. */
MUST_CHECK enum status fs_sync_parent(const char *path, struct err *err);
/* Removes a folder and all below it; a missing one is no error. STATUS_IO. */
MUST_CHECK enum status fs_remove_tree(const char *dir, struct err *err);

/* Maps a whole regular file for reading (*map and *n; the caller unmaps).
 * STATUS_NOT_FOUND, STATUS_CORRUPT (no regular file, or under `least` bytes; least >= 1),
 * STATUS_IO. */
MUST_CHECK enum status fs_map(const char *path, size_t least, void **map, size_t *n,
                              struct err *err);

C_API_END
#endif
