/* replay.c - runs a fuzz target over files and folders with an ordinary compiler, so that
 * every input that once broke something is tried in each test run. Prints TAP. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int cases;

static void one(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f) {
        printf("not ok %d - %s cannot be read\n", ++cases, path);
        exit(1);
    }
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    /* Exactly as many bytes as the file has: the sanitizer then sees an overrun. */
    uint8_t *data = malloc(n > 0 ? (size_t)n : 1);
    if (!data || fread(data, 1, (size_t)n, f) != (size_t)n) exit(1);
    fclose(f);
    LLVMFuzzerTestOneInput(data, (size_t)n);
    free(data);
    printf("ok %d - %s\n", ++cases, path);
}

static void all(const char *path) {
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
        one(path);
        return;
    }
    struct dirent **names;
    int n = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char sub[1024];
        if (names[i]->d_name[0] != '.') {
            snprintf(sub, sizeof sub, "%s/%s", path, names[i]->d_name);
            all(sub);
        }
        free(names[i]);
    }
    if (n >= 0) free(names);
}

int main(int argc, char **argv) {
    static const uint8_t empty[1];
    LLVMFuzzerTestOneInput(empty, 0);
    printf("ok %d - no bytes\n", ++cases);
    for (int i = 1; i < argc; i++) all(argv[i]);
    printf("1..%d\n", cases);
    return 0;
}
