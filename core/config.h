/* config.h - settings of the daemon and of the pages: one table, file values over
 * defaults.
 *
 * File: INI, UTF-8 ([site] name=…). An unknown key is an error that names the closest
 * one. Threads: constant after config_load.
 */
#ifndef CORE_CONFIG_H
#define CORE_CONFIG_H

#include "core/err.h"

C_API_BEGIN

#define CONFIG_TEXT 256

struct config {
    char store[CONFIG_TEXT];        /* [store] dir */
    char registry[8];               /* [store] registry: 140000 */
    char windows[CONFIG_TEXT];      /* [intake] windows: own registration windows */
    char profiles[CONFIG_TEXT];     /* [store] profiles: folder of own profiles */
    char site_name[CONFIG_TEXT];    /* [site] name: 科技成果登记查询 */
    char site_owner[CONFIG_TEXT];   /* [site] owner: 主办单位 */
    char site_place[CONFIG_TEXT];   /* [site] place: 山西省 */
    char site_source[CONFIG_TEXT];  /* [site] source: 数据来源 */
    char site_icp[CONFIG_TEXT];     /* [site] icp */
    char site_police[CONFIG_TEXT];  /* [site] police */
    char site_idcode[CONFIG_TEXT];  /* [site] idcode: 网站标识码 */
    char site_contact[CONFIG_TEXT]; /* [site] contact */
    char site_url[CONFIG_TEXT];     /* [site] url: public base URL, for feeds */
    char synonyms[CONFIG_TEXT];     /* [search] synonyms: own rows (synonym.h) */
    char listen[CONFIG_TEXT];       /* [serve] listen */
    int64_t threads;                /* [serve] threads: 0 = one a core */
    int64_t connections;            /* [serve] connections */
    int64_t deadline_ms;            /* [serve] deadline_ms of a search */
    int64_t bulk;       /* [index] bulk: rows from which a set is built anew */
    int64_t processes;  /* [index] processes of a bulk build, 0 = one a core */
    uint64_t from_file; /* bit i: item i of the table came from the file */
};

struct config_item {
    const char *section, *key;
    bool is_int;
    size_t offset;
    const char *fallback; /* default, as text */
    int64_t min, max;
    const char *help; /* Chinese, one line */
};
/* The table, for `config check` and the documents. */
const struct config_item *config_items(size_t *n);

/* Defaults, then the file (NULL: none). STATUS_INVALID with file and line, STATUS_IO. */
MUST_CHECK enum status config_load(const char *path, struct config *out, struct err *err);
/* "default" or "file": where item i came from in the last load of `c`. */
bool config_is_default(const struct config *c, size_t item);

C_API_END
#endif
