#include "core/cli.h"
#include "core/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define CLOSEST_MAX_WORD 48
#define OPTION_COLUMNS 24 /* of a terminal, before the help text */

/* Damerau-free Levenshtein distance over bytes; words longer than the limit never match.
 */
static size_t distance(struct str a, struct str b) {
    size_t row[CLOSEST_MAX_WORD + 1];
    if (a.n > CLOSEST_MAX_WORD || b.n > CLOSEST_MAX_WORD) return SIZE_MAX;
    for (size_t j = 0; j <= b.n; j++) row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t above = row[j];
            size_t best = diagonal + (a.p[i - 1] != b.p[j - 1]);
            if (above + 1 < best) best = above + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[b.n];
}

const char *cli_closest(struct str word, const char *const *names, size_t n) {
    const char *best = NULL;
    size_t least = word.n / 3 + 2;
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(word, str_of(names[i]));
        if (d < least) {
            least = d;
            best = names[i];
        }
    }
    return best;
}

static void print_option(const char *left, const char *help) {
    size_t width = utf8_width(str_of(left));
    int gap = width < OPTION_COLUMNS ? (int)(OPTION_COLUMNS - width) : 0;
    printf("  %s%*s %s\n", left, gap, "", help);
}

static void print_usage(const char *synopsis, const char *about,
                        const struct cli_option *opt, size_t nopt) {
    printf("用法：chengguo %s\n\n%s\n", synopsis, about);
    if (nopt) printf("\n选项：\n");
    for (size_t i = 0; i < nopt; i++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", opt[i].name, opt[i].arg ? " " : "",
                 opt[i].arg ? opt[i].arg : "");
        print_option(left, opt[i].help);
    }
    print_option("--help", "显示这段说明");
}

/* `typed` is the argument as it stands on the command line. */
static enum status unknown(const char *typed, struct str name,
                           const struct cli_option *opt, size_t nopt, struct err *err) {
    const char *names[64];
    size_t n = nopt < ARRAY_LEN(names) ? nopt : ARRAY_LEN(names);
    for (size_t i = 0; i < n; i++) names[i] = opt[i].name;
    const char *near = cli_closest(name, names, n);
    return err_set(err, STATUS_USAGE, "unknown_option", "没有选项 %s%s%s%s", typed,
                   near ? "，是不是 --" : "", near ? near : "",
                   near ? "？" : "；用 --help 查看全部选项；以 - 开头的参数前面要写 --");
}

static enum status store_value(const struct cli_option *o, const char *value,
                               struct err *err) {
    if (o->kind == CLI_TEXT) {
        *(const char **)o->out = value;
        return STATUS_OK;
    }
    if (o->kind == CLI_REPEAT) {
        struct cli_list *list = o->out;
        if (list->n == CLI_MAX_REPEAT)
            return err_set(err, STATUS_USAGE, NULL, "--%s 最多给 %d 次", o->name,
                           CLI_MAX_REPEAT);
        list->v[list->n++] = value;
        return STATUS_OK;
    }
    char *end = NULL;
    errno = 0;
    long long v = strtoll(value, &end, 10);
    if (errno || end == value || *end || v < o->min || v > o->max)
        return err_set(err, STATUS_USAGE, "bad_number",
                       "--%s 要一个 %lld 到 %lld 之间的整数，不是 “%.60s”", o->name,
                       (long long)o->min, (long long)o->max, value);
    *(int64_t *)o->out = v;
    return STATUS_OK;
}

enum status cli_parse(struct cli *cli, const char *synopsis, const char *about,
                      const struct cli_option *opt, size_t nopt, size_t *npos, bool *help,
                      struct err *err) {
    size_t pos = 0;
    bool options = true;
    *help = false;
    for (int i = 1; i < cli->argc; i++) {
        char *a = cli->argv[i];
        if (!options || a[0] != '-' || a[1] == 0) {
            cli->argv[++pos] = a;
            continue;
        }
        if (strcmp(a, "--") == 0) {
            options = false;
            continue;
        }
        if (strcmp(a, "--help") == 0 || strcmp(a, "-h") == 0) {
            print_usage(synopsis, about, opt, nopt);
            *help = true;
            *npos = 0;
            return STATUS_OK;
        }
        /* -o FILE is the one short option: interface.md writes it so. */
        const char *name = strcmp(a, "-o") == 0 ? "output" : a + 2;
        if (a[1] != '-' && strcmp(a, "-o") != 0)
            return unknown(a, str_of(a + 1), opt, nopt, err);
        const char *eq = strchr(name, '=');
        struct str key = str_slice(name, eq ? (size_t)(eq - name) : strlen(name));
        const struct cli_option *o = NULL;
        for (size_t k = 0; k < nopt && !o; k++)
            if (str_eq_z(key, opt[k].name)) o = &opt[k];
        if (!o) return unknown(a, key, opt, nopt, err);
        if (o->kind == CLI_FLAG) {
            if (eq) return err_set(err, STATUS_USAGE, NULL, "--%s 不带值", o->name);
            *(bool *)o->out = true;
            continue;
        }
        const char *value = eq ? eq + 1 : i + 1 < cli->argc ? cli->argv[++i] : NULL;
        if (!value)
            return err_set(err, STATUS_USAGE, NULL, "--%s 后面要有 %s", o->name, o->arg);
        enum status s = store_value(o, value, err);
        if (s != STATUS_OK) return s;
    }
    *npos = pos;
    return STATUS_OK;
}

int cli_fail(const struct err *err) {
    char line[1024];
    fprintf(stderr, "chengguo: %s\n", err_line(err, line, sizeof line));
    return status_exit_code(err->status);
}
