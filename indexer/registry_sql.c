#include "indexer/registry_sql.h"

/* A number is held by the record that carries it now and has not given it back: states 10
 * (unapproved) and 11 (cancelled) of lifecycle.h have. */
#define FREED "(10, 11)"

static const char *const texts[SQL_COUNT] = {
    [SQL_REVISION] = "SELECT n, at FROM revision ORDER BY n DESC LIMIT 1",
    [SQL_LOAD] = "SELECT t.json, r.was_public, r.lost_at FROM record r"
                 " JOIN record_text t USING(key) WHERE r.key = ?1",
    [SQL_BY_UID] = "SELECT key FROM record WHERE uid = ?1",
    [SQL_BY_NUMBER] =
        "SELECT r.key FROM number n JOIN record r ON r.key = n.key"
        " WHERE n.regno = ?1 AND r.regno = ?1 AND r.registered ORDER BY r.key LIMIT 1",
    [SQL_RANGE] = "SELECT r.key, t.json, r.was_public, r.lost_at FROM record r"
                  " JOIN record_text t USING(key)"
                  " WHERE r.key >= ?1 AND r.key < ?2 ORDER BY r.key",
    [SQL_EXTENT] = "SELECT coalesce(max(key) + 1, 1), count(*) FROM record",
    [SQL_CHANGES] = "SELECT c.key, NOT EXISTS(SELECT 1 FROM record r WHERE r.key = c.key)"
                    " FROM (SELECT DISTINCT key FROM change"
                    "       WHERE revision > ?1 AND revision <= ?2) c ORDER BY c.key",
    [SQL_CHANGE_COUNT] = "SELECT count(DISTINCT key) FROM change WHERE revision > ?1",
    /* A changed number leads on as long as nobody else holds it; a lost one is gone as
     * long as nobody else is public under it (losses are dropped then). */
    [SQL_LOSSES] =
        "SELECT regno, to_regno, at, reason FROM ("
        " SELECT regno, '' AS to_regno, at, reason FROM loss"
        " UNION ALL"
        " SELECT n.regno, r.regno, n.former_at, 'changed' FROM number n"
        "  JOIN record r ON r.key = n.key"
        "  WHERE n.former_at > 0 AND r.was_public AND r.regno <> '' AND r.regno <> "
        "n.regno"
        "   AND NOT EXISTS (SELECT 1 FROM number m JOIN record q ON q.key = m.key"
        "    WHERE m.regno = n.regno AND q.regno = n.regno AND q.state NOT IN " FREED ")"
        "   AND NOT EXISTS (SELECT 1 FROM loss l WHERE l.regno = n.regno)"
        ") ORDER BY at DESC, regno",

    [SQL_HEAD] =
        "SELECT uid, regno, state, registered, visible, was_public, lost_at, rev,"
        " updated_at, event_at, explicit_at, line_hash FROM record WHERE key = ?1",
    [SQL_TEXT] = "SELECT json FROM record_text WHERE key = ?1",
    [SQL_KEY_OF_UID] = "SELECT key FROM record WHERE uid = ?1",
    /* Best holder of a number first: registered, then still holding, then the newest that
     * gave it back, then those for whom it is a former number. */
    [SQL_HOLDERS] = "SELECT r.key, r.regno = ?1, r.registered, r.state NOT IN " FREED
                    " FROM number n JOIN record r ON r.key = n.key WHERE n.regno = ?1"
                    " ORDER BY 2 DESC, 3 DESC, 4 DESC, r.event_at DESC, r.key DESC",
    [SQL_IDENTITY_FIND] = "SELECT key FROM identity WHERE hash = ?1",
    [SQL_RECORD_INSERT] =
        "INSERT INTO record(key, uid, regno, state, registered, visible, was_public,"
        " lost_at, rev, updated_at, event_at, explicit_at, line_hash, batch, row_batch)"
        " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15)",
    [SQL_RECORD_UPDATE] =
        "UPDATE record SET uid=?2, regno=?3, state=?4, registered=?5, visible=?6,"
        " was_public=?7, lost_at=?8, rev=?9, updated_at=?10, event_at=?11,"
        " explicit_at=?12, line_hash=?13, batch=CASE ?16 WHEN 1 THEN ?14 ELSE batch END,"
        " row_batch=CASE ?16 WHEN 1 THEN ?15 ELSE row_batch END WHERE key=?1",
    [SQL_TEXT_INSERT] = "INSERT INTO record_text(key, json) VALUES(?1, ?2)",
    [SQL_TEXT_UPDATE] = "UPDATE record_text SET json = ?2 WHERE key = ?1",
    [SQL_HISTORY_INSERT] =
        "INSERT INTO history(key, n, line_hash, batch, row_batch, stood, json)"
        " SELECT r.key, 1 + coalesce((SELECT max(n) FROM history h WHERE h.key = r.key), "
        "0),"
        "  r.line_hash, r.batch, r.row_batch, 1, t.json FROM record r JOIN record_text t "
        "USING(key)"
        " WHERE r.key = ?1",
    [SQL_HISTORY_ADD] =
        "INSERT INTO history(key, n, line_hash, batch, json, row_batch, stood) VALUES(?1,"
        " 1 + coalesce((SELECT max(n) FROM history WHERE key = ?1), 0), ?2, ?3, ?4, ?5, "
        "0)",
    [SQL_HISTORY_HAS] = "SELECT 1 FROM history WHERE key = ?1 AND line_hash = ?2 LIMIT 1",
    [SQL_IDENTITY_INSERT] = "INSERT OR IGNORE INTO identity(hash, key) VALUES(?1, ?2)",
    [SQL_IDENTITY_CLEAR] = "DELETE FROM identity WHERE hash = ?1 AND key = ?2",
    [SQL_NUMBER_PUT] = "INSERT INTO number(regno, key, former_at) VALUES(?1, ?2, ?3)"
                       " ON CONFLICT(regno, key) DO UPDATE SET former_at = ?3",
    [SQL_NUMBER_LIST] = "SELECT regno FROM number WHERE key = ?1 AND former_at > 0",
    [SQL_OWN_PUT] = "INSERT OR IGNORE INTO own(key, line_hash, state, consent, publicity)"
                    " VALUES(?1, ?2, ?3, ?4, ?5)",
    [SQL_AGAIN_PUT] =
        "INSERT OR IGNORE INTO again(kind, key, n, batch) VALUES(?1, ?2, ?3, ?4)",
    [SQL_AGAIN_IMPLIED] =
        "INSERT OR IGNORE INTO again(kind, key, n, batch) SELECT 1, key, seq, ?3"
        " FROM event WHERE key = ?1 AND at = ?2 AND kind <> 2",
    [SQL_CHANGE_INSERT] = "INSERT OR IGNORE INTO change(revision, key) VALUES(?1, ?2)",

    [SQL_EVENT_INSERT] =
        "INSERT INTO event(key, at, seq, state, kind, batch, actor, opinion, row_batch)"
        " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
    [SQL_EVENT_BEFORE] = "SELECT state FROM event WHERE key = ?1 AND at <= ?2"
                         " ORDER BY at DESC, seq DESC LIMIT 1",
    [SQL_EVENT_TAIL] = "SELECT at, state, kind FROM event WHERE key = ?1 AND at > ?2"
                       " ORDER BY at, seq",
    [SQL_EVENT_HAS] = "SELECT seq FROM event WHERE key = ?1 AND at = ?2 AND state = ?3"
                      " AND kind = ?4 AND actor IS ?5 AND opinion IS ?6 LIMIT 1",
    /* When was the state that stands now entered from approved? */
    [SQL_EVENT_LEFT] = "SELECT at, state FROM event WHERE key = ?1"
                       " ORDER BY at DESC, seq DESC",

    [SQL_MARK_INSERT] =
        "INSERT INTO mark(key, at, seq, field, value, batch, actor, opinion, row_batch)"
        " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
    [SQL_MARK_LIST] = "SELECT field, value FROM mark WHERE key = ?1 AND at > ?2"
                      " ORDER BY at, seq",
    [SQL_MARK_HAS] = "SELECT seq FROM mark WHERE key = ?1 AND at = ?2 AND field = ?3"
                     " AND value = ?4 AND actor IS ?5 AND opinion IS ?6 LIMIT 1",
    [SQL_MARK_LAST] = "SELECT max(at) FROM mark WHERE key = ?1",

    [SQL_LOSS_PUT] =
        "INSERT INTO loss(regno, key, at, reason) SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS"
        " (SELECT 1 FROM number n JOIN record r ON r.key = n.key WHERE n.regno = ?1"
        "  AND r.regno = ?1 AND r.visible AND r.key <> ?2)"
        " ON CONFLICT(regno) DO UPDATE SET key = ?2, at = ?3, reason = ?4",
    [SQL_LOSS_DROP_OWN] = "DELETE FROM loss WHERE regno = ?1 AND key = ?2",
    [SQL_LOSS_DROP] = "DELETE FROM loss WHERE regno = ?1",

    [SQL_ERASE_RECORD] = "DELETE FROM record WHERE key = ?1",
    [SQL_ERASE_TEXT] = "DELETE FROM record_text WHERE key = ?1",
    [SQL_ERASE_HISTORY] = "DELETE FROM history WHERE key = ?1",
    [SQL_ERASE_EVENT] = "DELETE FROM event WHERE key = ?1",
    [SQL_ERASE_MARK] = "DELETE FROM mark WHERE key = ?1",
    [SQL_ERASE_OWN] = "DELETE FROM own WHERE key = ?1",
    [SQL_ERASE_AGAIN] = "DELETE FROM again WHERE kind < 3 AND key = ?1",
    /* Before the record itself goes: its current number is found through it. */
    [SQL_ERASE_NUMBER] = "DELETE FROM number WHERE key = ?1 AND regno IN"
                         " (SELECT regno FROM record WHERE key = ?1 UNION ALL"
                         "  SELECT regno FROM number WHERE key = ?1 AND former_at > 0)",
    [SQL_ERASE_LINK] = "UPDATE conversion_link SET key = NULL WHERE key = ?1",
    [SQL_ERASE_CONVERSION_HISTORY] = "DELETE FROM conversion_history WHERE id IN"
                                     " (SELECT id FROM conversion WHERE key = ?1)",
    [SQL_ERASE_CONVERSION] = "DELETE FROM conversion WHERE key = ?1",

    [SQL_CONVERSION_FIND] =
        "SELECT id, json, status FROM conversion WHERE kind = ?1 AND ident = ?2",
    [SQL_CONVERSION_BY_ORIGIN] = "SELECT id FROM conversion WHERE origin = ?1",
    [SQL_CONVERSION_INSERT] =
        "INSERT INTO conversion(kind, ident, contract_no, key, status, batch, origin,"
        " supersedes, json, row_batch) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
    [SQL_CONVERSION_UPDATE] = "UPDATE conversion SET status = ?2, batch = ?3,"
                              " supersedes = ?4, json = ?5, row_batch = ?6 WHERE id = ?1",
    /* A contract that a standing one supersedes is superseded. */
    [SQL_CONVERSION_SUPERSEDE] =
        "UPDATE conversion SET status = CASE WHEN EXISTS(SELECT 1 FROM conversion n"
        "  WHERE n.supersedes = ?1 AND n.status <> 'void') THEN 'superseded' ELSE 'valid'"
        " END WHERE kind = 'contract' AND ident = ?1 AND status <> 'void'",
    [SQL_CONVERSION_HISTORY_INSERT] =
        "INSERT INTO conversion_history(id, n, batch, json, row_batch) SELECT c.id, 1 + "
        "coalesce("
        " (SELECT max(n) FROM conversion_history h WHERE h.id = c.id), 0), c.batch, "
        "c.json, c.row_batch"
        " FROM conversion c WHERE c.id = ?1",
    [SQL_CONVERSION_HISTORY_HAS] =
        "SELECT 1 FROM conversion_history WHERE id = ?1 AND json = ?2 LIMIT 1",
    [SQL_LINK_RESOLVE] =
        "UPDATE conversion_link SET key = ?2 WHERE target = ?1 AND key IS NULL",
    [SQL_LINK_OPEN] = "SELECT EXISTS(SELECT 1 FROM conversion_link"
                      " WHERE key IS NULL AND target <> '')",

    [SQL_LIKENESS_GET] = "SELECT kind, title, unit, code, project, people, ip"
                         " FROM likeness WHERE key = ?1",
    [SQL_LIKENESS_ALL] = "SELECT key, kind, title, unit, code, project, people, ip"
                         " FROM likeness ORDER BY key",
    [SQL_LIKENESS_MISSING] = "SELECT r.key, t.json FROM record r JOIN record_text t"
                             " USING(key) WHERE NOT EXISTS"
                             " (SELECT 1 FROM likeness l WHERE l.key = r.key)",
    [SQL_LIKENESS_PUT] =
        "INSERT OR REPLACE INTO likeness(key, kind, title, unit, code, project, people,"
        " ip) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
    [SQL_LIKENESS_DROP] = "DELETE FROM likeness WHERE key = ?1",
    [SQL_VERDICT_GET] = "SELECT same FROM verdict WHERE (mine = ?1 AND other = ?2)"
                        " OR (mine = ?2 AND other = ?1) ORDER BY at DESC LIMIT 1",
    [SQL_VERDICT_SAME] = "SELECT r.key FROM verdict v JOIN record r ON r.uid = v.other"
                         " WHERE v.mine = ?1 AND v.same ORDER BY r.key LIMIT 1",
    [SQL_VERDICT_PUT] = "INSERT INTO verdict(mine, other, same, at, actor, note)"
                        " VALUES(?1,?2,?3,?4,?5,?6)",
    [SQL_VERDICT_DROP] = "DELETE FROM verdict WHERE mine = ?1 AND other = ?2",
    [SQL_VERDICT_FORGET] = "DELETE FROM verdict WHERE mine = ?1 OR other = ?1",
    /* Before the record itself goes, as SQL_ERASE_NUMBER. */
    [SQL_ERASE_VERDICT] =
        "DELETE FROM verdict WHERE mine = (SELECT uid FROM record WHERE key = ?1)"
        " OR other = (SELECT uid FROM record WHERE key = ?1)",

    [SQL_QUARANTINE_HAS] =
        "SELECT 1 FROM quarantine WHERE row_hash = ?1 AND line = ?2 AND source = ?3"
        " AND code = ?4 AND resolved_batch IS NULL LIMIT 1",
    [SQL_QUARANTINE_INSERT] =
        "INSERT INTO quarantine(batch, source, line, row_hash, outcome, code, field,"
        " message, raw, target, waiting, other) "
        "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
    [SQL_QUARANTINE_WAITING] =
        "SELECT id, source, line, raw, waiting,"
        " (SELECT file_hash FROM batch b WHERE b.id = batch), row_hash, batch"
        " FROM quarantine WHERE target = ?1 AND waiting = ?2"
        " AND waiting > 0 AND raw IS NOT NULL AND id > ?3"
        " ORDER BY id LIMIT ?4",
    [SQL_QUARANTINE_ROW] =
        "SELECT id, source, line, raw, waiting,"
        " (SELECT file_hash FROM batch b WHERE b.id = batch), row_hash, batch"
        " FROM quarantine WHERE id = ?1 AND raw IS NOT NULL AND resolved_batch IS NULL",
    [SQL_QUARANTINE_ANY] = "SELECT EXISTS(SELECT 1 FROM quarantine WHERE waiting > 0)",
    [SQL_QUARANTINE_RESOLVE] =
        "UPDATE quarantine SET waiting = 0, resolved_batch = ?2, resolved_outcome = ?3"
        " WHERE id = ?1",
    [SQL_QUARANTINE_RECODE] =
        "UPDATE quarantine SET outcome = ?2, code = ?3, field = ?4, message = ?5,"
        " waiting = ?6, target = ?7, other = ?8, raw = CASE WHEN ?9 THEN NULL ELSE raw"
        " END WHERE id = ?1",
    [SQL_QUARANTINE_WIPE] =
        "UPDATE quarantine SET raw = NULL, waiting = 0, message = '', target = NULL"
        " WHERE target = ?1",
    [SQL_QUARANTINE_WIPE_NUMBERS] =
        "UPDATE quarantine SET raw = NULL, waiting = 0, message = '', target = NULL"
        " WHERE target IN (SELECT 'r:' || regno FROM number WHERE key = ?1"
        "  AND former_at > 0)",
    [SQL_QUARANTINE_WIPE_OTHER] =
        "UPDATE quarantine SET raw = NULL, waiting = 0, message = '', other = NULL"
        " WHERE other = ?1",

    [SQL_META_GET] = "SELECT value FROM meta WHERE name = ?1",
    [SQL_META_PUT] = "INSERT INTO meta(name, value) VALUES(?1, ?2)"
                     " ON CONFLICT(name) DO UPDATE SET value = ?2",
    [SQL_BATCH_SEEN] = "SELECT 1 FROM batch WHERE file_hash = ?1 AND withdrawn_at = 0"
                       " LIMIT 1",
    [SQL_BATCH_INSERT] =
        "INSERT INTO batch(path, file_hash, bytes, actor, at, kind,"
        " profile, encoding, counts) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,'{}')",
    [SQL_BATCH_FINISH] = "UPDATE batch SET revision = ?2, counts = ?3 WHERE id = ?1",
    [SQL_REVISION_INSERT] = "INSERT INTO revision(n, at, batch) VALUES(?1, ?2, ?3)",
    [SQL_AUDIT_INSERT] = "INSERT INTO audit(at, actor, command, detail, batch)"
                         " SELECT ?1, actor, ?2, path, id FROM batch WHERE id = ?3",
};

sqlite3_stmt *registry_sql(struct registry *r, enum registry_sql which, struct err *err) {
    sqlite3_stmt **q = &r->st->q[which];
    if (!*q) {
        if (db_prepare(&r->db, texts[which], q, err) != STATUS_OK) return NULL;
    } else {
        registry_reset(*q);
    }
    return *q;
}

void registry_reset(sqlite3_stmt *q) {
    sqlite3_reset(q);
    sqlite3_clear_bindings(q);
}
