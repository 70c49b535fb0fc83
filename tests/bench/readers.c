/* readers.c - how fast and in how much memory a table file is read: sniffing, then the
 * reader of its kind.
 *
 *   chengguo-readers FILE
 *   chengguo-readers --profile NAME FILE    through source and profile, to JSON text
 *
 * Prints one line: kind, encoding, rows, faulty rows, cells, seconds, rows a second, MB
 * of the file a second, and the peak of anonymous memory (asked of /proc at every 4096th
 * row).
 */
#include "core/codes.h"
#include "indexer/sheet.h"
#include "indexer/sniff.h"
#include "indexer/source.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what, const struct err *err) {
    char line[1024];
    fprintf(stderr, "chengguo-readers: %s: %s\n", what,
            err ? err_line(err, line, sizeof line) : "");
    exit(1);
}

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* KiB of anonymous memory of this process. */
static long anonymous(void) {
    FILE *f = fopen("/proc/self/status", "r");
    if (!f) return 0;
    char line[256];
    long kib = 0;
    while (fgets(line, sizeof line, f))
        if (strncmp(line, "RssAnon:", 8) == 0) kib = strtol(line + 8, NULL, 10);
    fclose(f);
    return kib;
}

struct figures {
    long rows, faulty, cells, anonymous;
};

static void read_all(struct sheet *s, struct figures *f) {
    for (;;) {
        struct sheet_row row;
        struct err err;
        bool more;
        if (sheet_next(s, &row, &more, &err) != STATUS_OK) die("read", &err);
        if (!more) break;
        f->rows++;
        f->faulty += row.fault != SHEET_FINE;
        f->cells += (long)row.n;
        if (f->rows % 4096 != 1) continue;
        long kib = anonymous();
        if (kib > f->anonymous) f->anonymous = kib;
    }
}

/* As ingest reads it, up to the text that is validated. */
static int read_source(const char *profile, const char *path) {
    struct source_options opt = {.path = path,
                                 .profile = strcmp(profile, "-") ? profile : NULL};
    struct source *s;
    struct err err;
    struct figures f = {0};
    long ignored = 0, bytes = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    double start = now(CLOCK_MONOTONIC);
    if (codes_load(&err) != STATUS_OK || source_open(fd, &opt, &s, &err) != STATUS_OK)
        die(path, &err);
    for (;;) {
        struct source_row row;
        bool more;
        if (source_next(s, &row, &more, &err) != STATUS_OK) die("read", &err);
        if (!more) break;
        f.rows++;
        ignored += row.ignored != NULL;
        bytes += (long)row.text.n;
        if (f.rows % 4096 != 1) continue;
        long kib = anonymous();
        if (kib > f.anonymous) f.anonymous = kib;
    }
    double seconds = now(CLOCK_MONOTONIC) - start;
    struct source_info info;
    source_info(s, &info);
    double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    printf("%s %s rows=%ld ignored=%ld json=%ld seconds=%.3f cpu=%.3f rows/s=%.0f"
           " rows/cpu-s=%.0f anon=%.1fMB\n",
           info.kind, info.profile, f.rows, ignored, bytes, seconds, cpu,
           (double)f.rows / seconds, (double)f.rows / cpu, (double)f.anonymous / 1024);
    source_close(s);
    close(fd);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "--profile") == 0)
        return read_source(argv[2], argv[3]);
    if (argc != 2) die("usage: chengguo-readers FILE", NULL);
    struct err err;
    int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) die(argv[1], NULL);
    double start = now(CLOCK_MONOTONIC);
    enum file_kind kind;
    if (sniff_file(fd, argv[1], &kind, &err) != STATUS_OK) die("sniff", &err);
    if (sniff_refuse(fd, kind, &err) != STATUS_OK) die(argv[1], &err);
    struct sheet *s;
    const char *encoding = "-";
    if (kind == FILE_TEXT) {
        struct sheet_csv_options opt = {0};
        if (sheet_open_csv(fd, &opt, &s, &err) != STATUS_OK) die("open", &err);
        encoding = sheet_csv_encoding(s);
    } else if (kind == FILE_XLSX) {
        if (sheet_open_xlsx(fd, &s, &err) != STATUS_OK) die("open", &err);
    } else {
        die(sniff_kind_name(kind), NULL);
    }
    struct figures f = {0};
    read_all(s, &f);
    double seconds = now(CLOCK_MONOTONIC) - start;
    printf("%s %s rows=%ld faulty=%ld cells=%ld seconds=%.3f cpu=%.3f rows/s=%.0f"
           " MB/s=%.1f anon=%.1fMB\n",
           sniff_kind_name(kind), encoding, f.rows, f.faulty, f.cells, seconds,
           now(CLOCK_PROCESS_CPUTIME_ID), (double)f.rows / seconds,
           (double)st.st_size / 1e6 / seconds, (double)f.anonymous / 1024);
    sheet_close(s);
    close(fd);
    return 0;
}
