#include "indexer/registry_schema.h"
#include "stats/aggregate.h"

/* Instants are seconds since 1970 (INT64_MIN: not given). States and event kinds are the
 * numbers of lifecycle.h, so values there are never renumbered. Hashes: xxh64 as signed
 * integers where they are index keys, xxh128 as 16-byte blobs where they identify bytes.
 *
 * record       what deciding and publishing ask for, one short row a record
 * record_text  its canonical JSON with the state that the events fold to
 * history      replaced revisions; n counts up per record
 * event        append-only; (at, seq) is the order of the fold, seq the arrival
 * mark         events that set consent or publicity; the newest later than the line's
 *              updated_at holds
 * identity     xxh64 of normalised title and one unit (name or valid credit code) of the
 *              record; a hit is verified against the record itself
 * number       every number that a record carried; former_at > 0: replaced then
 * loss         numbers whose record was public and is not: the public answers 410
 * conversion   contracts, receipts, rewards, statuses, benefits; ident is the natural
 *              key of the kind, origin the place of a row without one (conversion.h)
 * conversion_link  contract to achievement; key NULL: not known (yet)
 * quarantine   rejected and held rows; raw NULL where it must not be kept; target and
 *              waiting: what would let the row be retried (quarantine.h)
 * change       keys touched by a revision: what publishing works through
 *
 * Version 3:
 * batch        also what the file was: kind, profile, encoding; withdrawn_at and
 *              withdrawn_by (the batch that took it back), 0 = stands
 * likeness     what near duplicates are found by, one short row a record (similar.h):
 *              normalised title and first unit, hashes of its credit code and of the
 *              project number (0 = none), of people and core IP numbers as blobs of
 *              64-bit integers; rows that are missing are made at the next scan
 * verdict      what a person decided of two registrations, by uid: the same (1), or
 *              different; mine "h:" and the hash of a row, other H_MARKING: of a row with
 *              a classification marking (similar_verdict.h)
 * unit         one normalised name with one valid credit code ('': none); type, region
 *              as declared; merged_into: the least id of those it counts as one with;
 *              as_*: name, type, region under which all of those count (units.h)
 * unit_name    its spellings. origin: seen (uses: units of records that carry it now,
 *              visible: of those that the public may open), current, former, alias
 *              (declared; valid from .. to as YYYYMMDD, 0 = open; merge: declared by)
 * unit_merge   every merge and why: uscc, name (automatic); merge, alias, rename,
 *              import (a person); undone_at > 0: taken back
 * row_batch    (of record, history, event, mark, conversion) batch whose quarantined row
 *              brought it when that row was retried inside `batch`; 0: batch itself
 * history.stood  0: a revision that was already too old when it arrived
 * own          state, consent and publicity that a line stated, where events put others
 *              into its stored JSON (NULL: it stated none)
 * again        what a batch brought that stood already: kind 0 a line (key, line_hash),
 *              1 an event, 2 a mark (key, seq), 3 a conversion row (id, xxh64 of its
 *              JSON); it stays when the batch that brought it first is taken back
 * conversion.match, conversion_link.match  how the achievement was found: declared, ip,
 *              title, manual, none (conversion_match.h)
 * ip_number    xxh64 of the IP numbers of registered registrations; kept from the first
 *              contract on that is to be matched (meta conversion_ip)
 * conversion_term  hashes by which a contract is matched; conversion_candidate: the first
 *              achievements that fit it, two at most; conversion_dirty: contracts whose
 *              links must be settled before the batch ends, empty between batches
 */
static const char base[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE batch(id INTEGER PRIMARY KEY, path TEXT NOT NULL, file_hash BLOB NOT "
    "NULL,"
    "  bytes INTEGER NOT NULL, actor TEXT NOT NULL, at INTEGER NOT NULL, revision "
    "INTEGER,"
    "  counts TEXT NOT NULL);"
    "CREATE INDEX batch_file ON batch(file_hash);"
    "CREATE TABLE revision(n INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
    "  batch INTEGER REFERENCES batch(id));"
    "CREATE TABLE audit(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL,"
    "  command TEXT NOT NULL, detail TEXT NOT NULL, batch INTEGER);"
    "CREATE TABLE record(key INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE,"
    "  regno TEXT NOT NULL, state INTEGER NOT NULL, registered INTEGER NOT NULL,"
    "  visible INTEGER NOT NULL, was_public INTEGER NOT NULL, lost_at INTEGER NOT NULL,"
    "  rev INTEGER NOT NULL, updated_at INTEGER NOT NULL, event_at INTEGER NOT NULL,"
    "  explicit_at INTEGER NOT NULL, line_hash INTEGER NOT NULL, batch INTEGER NOT NULL);"
    "CREATE TABLE record_text(key INTEGER PRIMARY KEY, json TEXT NOT NULL);"
    "CREATE TABLE history(key INTEGER NOT NULL, n INTEGER NOT NULL,"
    "  line_hash INTEGER NOT NULL, batch INTEGER NOT NULL, json TEXT NOT NULL,"
    "  PRIMARY KEY(key, n));"
    "CREATE TABLE event(key INTEGER NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL,"
    "  state INTEGER NOT NULL, kind INTEGER NOT NULL, batch INTEGER NOT NULL, actor TEXT,"
    "  opinion TEXT, PRIMARY KEY(key, at, seq)) WITHOUT ROWID;"
    "CREATE TABLE mark(key INTEGER NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL,"
    "  field TEXT NOT NULL, value TEXT NOT NULL, batch INTEGER NOT NULL, actor TEXT,"
    "  opinion TEXT, PRIMARY KEY(key, at, seq)) WITHOUT ROWID;"
    "CREATE TABLE identity(hash INTEGER NOT NULL, key INTEGER NOT NULL,"
    "  PRIMARY KEY(hash, key)) WITHOUT ROWID;"
    "CREATE TABLE number(regno TEXT NOT NULL, key INTEGER NOT NULL,"
    "  former_at INTEGER NOT NULL, PRIMARY KEY(regno, key)) WITHOUT ROWID;"
    "CREATE INDEX number_former ON number(key) WHERE former_at > 0;"
    "CREATE TABLE loss(regno TEXT PRIMARY KEY, key INTEGER NOT NULL, at INTEGER NOT NULL,"
    "  reason TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE change(revision INTEGER NOT NULL, key INTEGER NOT NULL,"
    "  PRIMARY KEY(revision, key)) WITHOUT ROWID;"
    "CREATE TABLE quarantine(id INTEGER PRIMARY KEY, batch INTEGER NOT NULL,"
    "  source TEXT NOT NULL, line INTEGER NOT NULL, row_hash BLOB NOT NULL,"
    "  outcome INTEGER NOT NULL, code TEXT NOT NULL, field TEXT NOT NULL,"
    "  message TEXT NOT NULL, raw TEXT, target TEXT, waiting INTEGER NOT NULL,"
    "  other INTEGER, resolved_batch INTEGER, resolved_outcome INTEGER);"
    "CREATE INDEX quarantine_row ON quarantine(row_hash);"
    "CREATE INDEX quarantine_target ON quarantine(target) WHERE target IS NOT NULL;"
    "CREATE INDEX quarantine_waiting ON quarantine(target, waiting) WHERE waiting > 0;"
    "CREATE INDEX quarantine_other ON quarantine(other) WHERE other IS NOT NULL;"
    "CREATE TABLE conversion(id INTEGER PRIMARY KEY, kind TEXT NOT NULL,"
    "  ident TEXT NOT NULL, contract_no TEXT, key INTEGER, status TEXT NOT NULL,"
    "  batch INTEGER NOT NULL, origin TEXT, supersedes TEXT, json TEXT NOT NULL,"
    "  UNIQUE(kind, ident));"
    "CREATE INDEX conversion_supersedes ON conversion(supersedes)"
    "  WHERE supersedes IS NOT NULL;"
    "CREATE INDEX conversion_key ON conversion(key) WHERE key IS NOT NULL;"
    "CREATE INDEX conversion_contract ON conversion(contract_no)"
    "  WHERE contract_no IS NOT NULL;"
    "CREATE INDEX conversion_origin ON conversion(origin) WHERE origin IS NOT NULL;"
    "CREATE TABLE conversion_history(id INTEGER NOT NULL, n INTEGER NOT NULL,"
    "  batch INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY(id, n));"
    "CREATE TABLE conversion_link(contract_no TEXT NOT NULL, n INTEGER NOT NULL,"
    "  target TEXT NOT NULL, key INTEGER, share INTEGER NOT NULL,"
    "  PRIMARY KEY(contract_no, n)) WITHOUT ROWID;"
    "CREATE INDEX conversion_link_key ON conversion_link(key) WHERE key IS NOT NULL;"
    "CREATE INDEX conversion_link_open ON conversion_link(target) WHERE key IS NULL;";

static const char intake[] =
    "ALTER TABLE batch ADD COLUMN kind TEXT NOT NULL DEFAULT 'jsonl';"
    "ALTER TABLE batch ADD COLUMN profile TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE batch ADD COLUMN encoding TEXT NOT NULL DEFAULT 'UTF-8';"
    "ALTER TABLE batch ADD COLUMN withdrawn_at INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE batch ADD COLUMN withdrawn_by INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE likeness(key INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    "  title TEXT NOT NULL, unit TEXT NOT NULL, code INTEGER NOT NULL,"
    "  project INTEGER NOT NULL, people BLOB NOT NULL, ip BLOB NOT NULL);"
    "CREATE TABLE verdict(mine TEXT NOT NULL, other TEXT NOT NULL, same INTEGER NOT NULL,"
    "  at INTEGER NOT NULL, actor TEXT NOT NULL, note TEXT NOT NULL,"
    "  PRIMARY KEY(mine, other)) WITHOUT ROWID;"
    "CREATE INDEX verdict_other ON verdict(other);"
    "CREATE TABLE unit(id INTEGER PRIMARY KEY, norm TEXT NOT NULL, uscc TEXT NOT NULL,"
    "  type TEXT NOT NULL DEFAULT '', region TEXT NOT NULL DEFAULT '',"
    "  merged_into INTEGER NOT NULL DEFAULT 0, as_name TEXT NOT NULL DEFAULT '',"
    "  as_type TEXT NOT NULL DEFAULT '', as_region TEXT NOT NULL DEFAULT '',"
    "  UNIQUE(norm, uscc));"
    "CREATE INDEX unit_uscc ON unit(uscc) WHERE uscc <> '';"
    "CREATE INDEX unit_merged ON unit(merged_into);"
    "CREATE TABLE unit_name(unit INTEGER NOT NULL, name TEXT NOT NULL,"
    "  origin TEXT NOT NULL, uses INTEGER NOT NULL DEFAULT 0,"
    "  visible INTEGER NOT NULL DEFAULT 0, valid_from INTEGER NOT NULL DEFAULT 0,"
    "  valid_to INTEGER NOT NULL DEFAULT 0, merge INTEGER NOT NULL DEFAULT 0,"
    "  PRIMARY KEY(unit, name, origin, merge)) WITHOUT ROWID;"
    "CREATE TABLE unit_merge(id INTEGER PRIMARY KEY, unit INTEGER NOT NULL,"
    "  into_unit INTEGER NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,"
    "  actor TEXT NOT NULL, undone_at INTEGER NOT NULL DEFAULT 0,"
    "  undone_by TEXT NOT NULL DEFAULT '');"
    "CREATE INDEX unit_merge_unit ON unit_merge(unit);"
    "CREATE INDEX unit_merge_into ON unit_merge(into_unit);"
    "ALTER TABLE conversion ADD COLUMN match TEXT NOT NULL DEFAULT 'declared';"
    "ALTER TABLE conversion_link ADD COLUMN match TEXT NOT NULL DEFAULT 'declared';"
    "UPDATE conversion SET match = 'none' WHERE kind = 'contract' AND NOT EXISTS"
    " (SELECT 1 FROM conversion_link l WHERE l.contract_no = conversion.contract_no);"
    "CREATE TABLE ip_number(hash INTEGER NOT NULL, key INTEGER NOT NULL,"
    "  PRIMARY KEY(hash, key)) WITHOUT ROWID;"
    "CREATE INDEX ip_number_key ON ip_number(key);"
    "CREATE TABLE conversion_term(hash INTEGER NOT NULL, id INTEGER NOT NULL"
    "  REFERENCES conversion(id) ON DELETE CASCADE, PRIMARY KEY(hash, id)) WITHOUT ROWID;"
    "CREATE INDEX conversion_term_id ON conversion_term(id);"
    "CREATE TABLE conversion_candidate(id INTEGER NOT NULL"
    "  REFERENCES conversion(id) ON DELETE CASCADE, key INTEGER NOT NULL,"
    "  PRIMARY KEY(id, key)) WITHOUT ROWID;"
    "CREATE INDEX conversion_candidate_key ON conversion_candidate(key);"
    "CREATE TABLE conversion_dirty(id INTEGER PRIMARY KEY"
    "  REFERENCES conversion(id) ON DELETE CASCADE);"
    "CREATE TRIGGER conversion_fresh AFTER INSERT ON conversion"
    " WHEN NEW.kind = 'contract' BEGIN"
    " INSERT OR IGNORE INTO conversion_dirty(id) VALUES(NEW.id); END;"
    "CREATE TRIGGER conversion_other AFTER UPDATE OF json ON conversion"
    " WHEN NEW.kind = 'contract' BEGIN"
    " INSERT OR IGNORE INTO conversion_dirty(id) VALUES(NEW.id); END;"
    "CREATE TRIGGER conversion_gone AFTER DELETE ON conversion"
    " WHEN OLD.kind = 'contract' BEGIN"
    " DELETE FROM conversion_link WHERE contract_no = OLD.contract_no; END;"
    "ALTER TABLE record ADD COLUMN row_batch INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE history ADD COLUMN row_batch INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE history ADD COLUMN stood INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE event ADD COLUMN row_batch INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE mark ADD COLUMN row_batch INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE conversion ADD COLUMN row_batch INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE conversion_history ADD COLUMN row_batch INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE own(key INTEGER NOT NULL, line_hash INTEGER NOT NULL, state TEXT,"
    "  consent TEXT, publicity TEXT, PRIMARY KEY(key, line_hash)) WITHOUT ROWID;"
    "CREATE TABLE again(kind INTEGER NOT NULL, key INTEGER NOT NULL, n INTEGER NOT NULL,"
    "  batch INTEGER NOT NULL, PRIMARY KEY(kind, key, n, batch)) WITHOUT ROWID;"
    "CREATE INDEX again_batch ON again(batch);";

void registry_migrations(struct db_migration out[REGISTRY_MIGRATIONS]) {
    out[0] = (struct db_migration){1, base};
    out[1] = (struct db_migration){2, aggregate_schema()};
    out[2] = (struct db_migration){3, intake};
}
