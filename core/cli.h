/* cli.h - command table, options, usage text.
 *
 * A command is a row of main.c's table. Options are rows too, so that --help and parsing
 * cannot disagree. Data goes to stdout, talk to stderr.
 */
#ifndef CORE_CLI_H
#define CORE_CLI_H

#include "core/config.h"
#include "core/err.h"
#include "core/str.h"

C_API_BEGIN

/* What every command gets. */
struct cli {
    const char *program;      /* argv[0], to find chengguo-draw beside it */
    const char *store;        /* resolved: flag, CHENGGUO_STORE, config, ./store */
    const char *store_source; /* "--store", "CHENGGUO_STORE", "file", "default" */
    const char *config_file;  /* configuration file or NULL */
    const struct config *config;
    int argc; /* of the command: argv[0] is its name */
    char **argv;
    int64_t now; /* seconds since 1970; the only clock commands read (--now for tests) */
};

enum cli_kind { CLI_FLAG, CLI_TEXT, CLI_INT, CLI_REPEAT };

struct cli_option {
    const char *name; /* "limit": --limit N or --limit=N */
    enum cli_kind kind;
    const char *arg;  /* "N", for the usage text */
    const char *help; /* Chinese, one line */
    void *out;        /* bool *, const char **, int64_t *, struct cli_list * */
    int64_t min, max; /* CLI_INT */
};

#define CLI_MAX_REPEAT 256
struct cli_list {
    const char *v[CLI_MAX_REPEAT];
    size_t n;
};

/* Parses the command's arguments; positional ones are moved to cli->argv[1 .. *npos].
 * "--" ends options, "-" is positional. Unknown option: STATUS_USAGE with the closest
 * known one. --help prints usage to stdout and sets *help. */
MUST_CHECK enum status cli_parse(struct cli *cli, const char *synopsis, const char *about,
                                 const struct cli_option *opt, size_t nopt, size_t *npos,
                                 bool *help, struct err *err);

/* The closest of n names to `word` by edit distance, or NULL when none is near. */
const char *cli_closest(struct str word, const char *const *names, size_t n);

/* Prints "chengguo: place: text [code]" to stderr and returns the exit code. */
int cli_fail(const struct err *err);

/* config check: every setting, its value and where it came from. */
int cmd_config(struct cli *cli);

C_API_END
#endif
