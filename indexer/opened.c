#include "indexer/opened.h"
#include "core/utf8.h"
#include "indexer/publish.h"
#include "indexer/signals.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The folder, then what lies in it. */
static enum status open_store(const struct cli *cli, bool write, struct opened *o,
                              struct err *err) {
    enum status s = store_open(cli->store, false, &o->store, err);
    if (s == STATUS_OK && write) {
        store_close(&o->store);
        s = store_open(cli->store, true, &o->store, err);
    }
    if (s != STATUS_OK) return s;
    s = registry_open(&o->store, write, &o->registry, err);
    if (s != STATUS_OK) store_close(&o->store);
    return s;
}

enum status opened_open(const struct cli *cli, bool write, struct opened *out,
                        struct err *err) {
    struct opened o;
    enum status s = windows_load(cli->config->windows, &o.windows, err);
    if (s != STATUS_OK) return s;
    s = open_store(cli, write, &o, err);
    if (s != STATUS_OK) {
        windows_free(o.windows);
        return s;
    }
    /* A run that was killed between its commit and the publishing may be told that all is
     * done already; what it withdrew must not stay public for that. */
    if (write) s = opened_publish(cli, &o, false, err);
    if (s == STATUS_OK)
        *out = o;
    else
        opened_close(&o);
    return s;
}

void opened_close(struct opened *o) {
    registry_close(&o->registry);
    store_close(&o->store);
    windows_free(o->windows);
}

struct validate_options opened_valid(const struct cli *cli, const struct opened *o) {
    return (struct validate_options){.registry = cli->config->registry,
                                     .window = windows_year,
                                     .due = windows_due,
                                     .window_arg = o->windows};
}

static void on_stage(void *arg, const char *stage, int64_t done, int64_t total) {
    (void)arg;
    fprintf(stderr, "\r\033[K%s %lld/%lld", stage, (long long)done, (long long)total);
}

enum status opened_publish(const struct cli *cli, struct opened *o, bool rebuild,
                           struct err *err) {
    bool terminal = isatty(STDERR_FILENO);
    struct publish_options opt = {.bulk = cli->config->bulk,
                                  .processes = cli->config->processes,
                                  .rebuild = rebuild,
                                  .progress = terminal ? on_stage : NULL,
                                  .stop = signals_stop_flag()};
    enum status s = publish_update(&o->store, &o->registry, &opt, err);
    if (terminal) fputs("\r\033[K", stderr);
    return s;
}

const char *opened_actor(const char *by) {
    if (by) return by;
    const char *user = getenv("USER");
    return user && utf8_bad_at(str_of(user)) == strlen(user) ? user : "";
}

enum status opened_check_words(const char *option, const char *words, struct err *err) {
    if (!words) return STATUS_OK;
    struct str s = str_of(words);
    bool fine = utf8_bad_at(s) == s.n;
    for (size_t i = 0; i < s.n; i++)
        fine = fine && ((unsigned char)s.p[i] >= ' ' || s.p[i] == '\n') && s.p[i] != 0x7F;
    if (!fine)
        return err_set(err, STATUS_USAGE, NULL, "%s 不是 UTF-8 文字，或含有控制字符",
                       option);
    if (validate_marking(s, NULL))
        return err_set(err, STATUS_INVALID, "E_CLASSIFIED",
                       "%s 中有密级标志，没有写入；请改写后再办", option);
    return STATUS_OK;
}

enum status opened_print(json_t *json, struct err *err) {
    if (!json) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    bool bad = json_dumpf(json, stdout, JSON_COMPACT) != 0 || putchar('\n') == EOF ||
               fflush(stdout) != 0;
    json_decref(json);
    return bad ? err_errno(err, "不能写标准输出") : STATUS_OK;
}
