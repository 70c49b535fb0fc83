/* registry_sql.h - the statements that work on registry.db, each prepared once, on first
 * use. Private to the registry's own modules and those that decide and store rows.
 *
 * Use: sqlite3_stmt *q = registry_sql(r, SQL_…, err); bind; db_step or db_run; and
 * registry_reset(q) after stepping. Statements are never nested in themselves.
 * Threads: as the registry.
 */
#ifndef INDEXER_REGISTRY_SQL_H
#define INDEXER_REGISTRY_SQL_H

#include "indexer/registry.h"

enum registry_sql {
    /* reading */
    SQL_REVISION,
    SQL_LOAD,
    SQL_BY_UID,
    SQL_BY_NUMBER,
    SQL_RANGE,
    SQL_EXTENT,
    SQL_CHANGES,
    SQL_CHANGE_COUNT,
    SQL_LOSSES,
    /* records */
    SQL_HEAD,
    SQL_TEXT,
    SQL_KEY_OF_UID,
    SQL_HOLDERS,
    SQL_IDENTITY_FIND,
    SQL_RECORD_INSERT,
    SQL_RECORD_UPDATE,
    SQL_TEXT_INSERT,
    SQL_TEXT_UPDATE,
    SQL_HISTORY_INSERT,
    SQL_HISTORY_ADD,
    SQL_HISTORY_HAS,
    SQL_IDENTITY_INSERT,
    SQL_IDENTITY_CLEAR,
    SQL_NUMBER_PUT,
    SQL_NUMBER_LIST,
    SQL_OWN_PUT,
    SQL_AGAIN_PUT,
    SQL_AGAIN_IMPLIED,
    SQL_CHANGE_INSERT,
    /* events */
    SQL_EVENT_INSERT,
    SQL_EVENT_BEFORE,
    SQL_EVENT_TAIL,
    SQL_EVENT_HAS,
    SQL_EVENT_LEFT,
    SQL_MARK_INSERT,
    SQL_MARK_LIST,
    SQL_MARK_HAS,
    SQL_MARK_LAST,
    /* losses of visibility */
    SQL_LOSS_PUT,
    SQL_LOSS_DROP_OWN,
    SQL_LOSS_DROP,
    /* erasure */
    SQL_ERASE_RECORD,
    SQL_ERASE_TEXT,
    SQL_ERASE_HISTORY,
    SQL_ERASE_EVENT,
    SQL_ERASE_MARK,
    SQL_ERASE_OWN,
    SQL_ERASE_AGAIN,
    SQL_ERASE_NUMBER,
    SQL_ERASE_LINK,
    SQL_ERASE_CONVERSION_HISTORY,
    SQL_ERASE_CONVERSION,
    /* conversion */
    SQL_CONVERSION_FIND,
    SQL_CONVERSION_BY_ORIGIN,
    SQL_CONVERSION_INSERT,
    SQL_CONVERSION_UPDATE,
    SQL_CONVERSION_SUPERSEDE,
    SQL_CONVERSION_HISTORY_INSERT,
    SQL_CONVERSION_HISTORY_HAS,
    SQL_LINK_RESOLVE,
    SQL_LINK_OPEN,
    /* near duplicates */
    SQL_LIKENESS_GET,
    SQL_LIKENESS_ALL,
    SQL_LIKENESS_MISSING,
    SQL_LIKENESS_PUT,
    SQL_LIKENESS_DROP,
    SQL_VERDICT_GET,
    SQL_VERDICT_SAME,
    SQL_VERDICT_PUT,
    SQL_VERDICT_DROP,
    SQL_VERDICT_FORGET,
    SQL_ERASE_VERDICT,
    /* quarantine */
    SQL_QUARANTINE_HAS,
    SQL_QUARANTINE_INSERT,
    SQL_QUARANTINE_WAITING,
    SQL_QUARANTINE_ROW,
    SQL_QUARANTINE_ANY,
    SQL_QUARANTINE_RESOLVE,
    SQL_QUARANTINE_RECODE,
    SQL_QUARANTINE_WIPE,
    SQL_QUARANTINE_WIPE_NUMBERS,
    SQL_QUARANTINE_WIPE_OTHER,
    /* batches */
    SQL_META_GET,
    SQL_META_PUT,
    SQL_BATCH_SEEN,
    SQL_BATCH_INSERT,
    SQL_BATCH_FINISH,
    SQL_REVISION_INSERT,
    SQL_AUDIT_INSERT,
    SQL_COUNT
};

/* The prepared statement, reset and without bindings; NULL with *err set
 * (STATUS_INTERNAL, STATUS_NOMEM, STATUS_CORRUPT when a table is missing). */
sqlite3_stmt *registry_sql(struct registry *r, enum registry_sql which, struct err *err);
void registry_reset(sqlite3_stmt *q);

struct registry_statements {
    sqlite3_stmt *q[SQL_COUNT];
};

#endif
