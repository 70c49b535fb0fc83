/* fuzz_sniff.c - any bytes as a file to be recognised. Never fails; a refusal is a whole
 * UTF-8 sentence without control characters. Corpus: tests/fuzz/corpus/sniff/. */
#include "core/utf8.h"
#include "indexer/sniff.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool fine) {
    if (!fine) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {NULL, "a.xlsx", "cgsbqy.zip", "cgsb914.zip"};
    int fd = memfd_create("input", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    enum file_kind kind;
    struct err err;
    must(sniff_file(fd, names[size % 4], &kind, &err) == STATUS_OK);
    must(kind < FILE_KIND_COUNT);
    enum status st = sniff_refuse(fd, kind, &err);
    must(st == (kind <= FILE_XLS ? STATUS_OK : STATUS_INVALID));
    if (st != STATUS_OK) {
        size_t n = strlen(err.text);
        must(n > 30 && utf8_bad_at(str_slice(err.text, n)) == n);
        for (size_t i = 0; i < n; i++) must((unsigned char)err.text[i] >= 0x20);
    }
    close(fd);
    return 0;
}
