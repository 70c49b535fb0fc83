/* fuzz_jsonl.c - any bytes as a file, through source, validation, decision and a registry
 * in memory: as JSON Lines twice, which must never fail, then as whatever they look like,
 * which may be refused as a whole. In each case the outcomes sum to the rows read; no
 * classified row keeps its text; every record has one. Corpus: tests/fuzz/corpus/jsonl/.
 */
#include "core/codes.h"
#include "indexer/ingest.h"
#include "indexer/registry_sql.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool fine) {
    if (!fine) abort();
}

static void ingest(struct registry *r, int fd, const char *profile) {
    struct ingest_report report;
    struct ingest_options opt = {
        .path = "input", .fd = fd, .now = 1767225600, .profile = profile};
    struct err err;
    enum status s = ingest_file(r, &opt, &report, &err);
    must(s == STATUS_OK ||
         (!profile && err.text[0] && (s == STATUS_INVALID || s == STATUS_LIMIT)));
    if (s != STATUS_OK) return;
    int64_t sum = 0;
    for (int o = 0; o < OUTCOME_COUNT; o++) sum += report.outcome[o];
    must(sum == report.read);
    ingest_report_done(&report);
}

static void check_none(struct registry *r, const char *sql) {
    int64_t n = -1;
    must(db_int(&r->db, sql, &n, NULL) == STATUS_OK && n == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    must(codes_load(NULL) == STATUS_OK);
    int fd = memfd_create("input", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    struct registry r;
    must(registry_open(NULL, true, &r, NULL) == STATUS_OK);
    ingest(&r, fd, "json");
    ingest(&r, fd, "json");
    /* An old workbook would start another program. */
    if (size < 4 || memcmp(data, "\xD0\xCF\x11\xE0", 4) != 0) ingest(&r, fd, NULL);
    check_none(&r, "SELECT count(*) FROM record LEFT JOIN record_text t USING(key)"
                   " WHERE t.key IS NULL");
    check_none(&r, "SELECT count(*) FROM quarantine WHERE raw IS NOT NULL"
                   " AND code IN ('E_CLASSIFIED', 'H_MARKING')");
    check_none(&r, "SELECT count(*) FROM record r WHERE r.state <> (SELECT e.state FROM"
                   " event e WHERE e.key = r.key ORDER BY at DESC, seq DESC LIMIT 1)");
    registry_close(&r);
    close(fd);
    return 0;
}
