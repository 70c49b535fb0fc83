#include "core/config.h"

#include "core/cli.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(section, key, member, fallback, help)                                       \
    { section, key, false, offsetof(struct config, member), fallback, 0, 0, help }
#define NUMBER(section, key, member, fallback, lo, hi, help)                             \
    { section, key, true, offsetof(struct config, member), fallback, lo, hi, help }

static const struct config_item items[] = {
    TEXT("store", "dir", store, "./store", "库所在的目录"),
    TEXT("store", "registry", registry, "140000", "登记机关的行政区划代码"),
    TEXT("store", "profiles", profiles, "", "自定义样式（*.ini）所在的目录"),
    TEXT("intake", "windows", windows, "", "自己的登记年度窗口表（CSV），代替内置的"),
    TEXT("site", "name", site_name, "科技成果登记查询", "网站名称"),
    TEXT("site", "owner", site_owner, "", "主办单位"),
    TEXT("site", "place", site_place, "山西省", "统计范围的名称"),
    TEXT("site", "source", site_source, "山西省科技成果登记库",
         "统计表和图注明的数据来源"),
    TEXT("site", "icp", site_icp, "", "ICP 备案号"),
    TEXT("site", "police", site_police, "", "公安备案号"),
    TEXT("site", "idcode", site_idcode, "", "网站标识码"),
    TEXT("site", "contact", site_contact, "", "联系方式"),
    TEXT("site", "url", site_url, "", "网站的公开地址，订阅和引用用它"),
    TEXT("search", "synonyms", synonyms, "", "自己的同义词文件，补充内置的表"),
    TEXT("serve", "listen", listen, "127.0.0.1:8080", "监听的地址和端口"),
    NUMBER("serve", "threads", threads, "0", 0, 256, "工作线程数，0 为每核一个"),
    NUMBER("serve", "connections", connections, "1000", 4, 100000, "同时的连接数上限"),
    NUMBER("serve", "deadline_ms", deadline_ms, "2000", 10, 60000,
           "一次检索的期限（毫秒）"),
    NUMBER("index", "bulk", bulk, "20000", 1, 1000000000,
           "改动多于此数时整体重建而不逐条更新"),
    NUMBER("index", "processes", processes, "0", 0, 256,
           "整体重建的进程数，0 为每核一个"),
};

const struct config_item *config_items(size_t *n) {
    *n = ARRAY_LEN(items);
    return items;
}

static enum status assign(struct config *c, const struct config_item *it,
                          const char *value, struct err *err) {
    char *at = (char *)c + it->offset;
    if (!it->is_int) {
        size_t room = it->offset == offsetof(struct config, registry) ? sizeof c->registry
                                                                      : CONFIG_TEXT;
        if (strlen(value) >= room)
            return err_set(err, STATUS_INVALID, NULL, "%s 太长，最多 %zu 字节", it->key,
                           room - 1);
        memcpy(at, value, strlen(value) + 1);
        return STATUS_OK;
    }
    char *end = NULL;
    errno = 0;
    long long v = strtoll(value, &end, 10);
    if (errno || end == value || *end || v < it->min || v > it->max)
        return err_set(err, STATUS_INVALID, NULL,
                       "%s 要一个 %lld 到 %lld 之间的整数，不是 “%.60s”", it->key,
                       (long long)it->min, (long long)it->max, value);
    int64_t number = v;
    memcpy(at, &number, sizeof number);
    return STATUS_OK;
}

struct reading {
    struct config *config;
    struct err *err;
    enum status status;
    FILE *file;
    int line; /* the one read last */
};

/* As fgets, for inih: its buffer is small, and it would take the rest of a longer line
 * for the next one. */
static char *read_line(char *out, int size, void *arg) {
    struct reading *r = arg;
    if (r->status != STATUS_OK || !fgets(out, size, r->file)) return NULL;
    r->line++;
    size_t n = strlen(out);
    if (n + 1 < (size_t)size || out[n - 1] == '\n') return out;
    r->status =
        err_set(r->err, STATUS_INVALID, NULL, "这一行太长，最多 %d 字节", size - 2);
    return NULL;
}

static int on_value(void *arg, const char *section, const char *name, const char *value) {
    struct reading *r = arg;
    if (r->status != STATUS_OK) return 0;
    const char *names[ARRAY_LEN(items)];
    for (size_t i = 0; i < ARRAY_LEN(items); i++) {
        names[i] = items[i].key;
        if (strcmp(section, items[i].section) != 0 || strcmp(name, items[i].key) != 0)
            continue;
        r->status = assign(r->config, &items[i], value, r->err);
        if (r->status == STATUS_OK)
            r->config->from_file |= UINT64_C(1) << i;
        else
            err_place(r->err, NULL, 0, name);
        return r->status == STATUS_OK;
    }
    const char *near = cli_closest(str_of(name), names, ARRAY_LEN(names));
    r->status = err_set(r->err, STATUS_INVALID, "unknown_setting",
                        "没有设置项 [%s] %s%s%s%s", section, name,
                        near ? "，是不是 " : "", near ? near : "", near ? "？" : "");
    err_place(r->err, NULL, 0, name);
    return 0;
}

enum status config_load(const char *path, struct config *out, struct err *err) {
    struct config c;
    memset(&c, 0, sizeof c);
    for (size_t i = 0; i < ARRAY_LEN(items); i++) {
        enum status s = assign(&c, &items[i], items[i].fallback, err);
        if (s != STATUS_OK) return s;
    }
    if (path) {
        FILE *f = fopen(path, "re");
        if (!f) {
            err_errno(err, "不能读配置文件");
            err_place(err, path, 0, NULL);
            return STATUS_IO;
        }
        struct reading r = {.config = &c, .err = err, .file = f};
        int wrong = ini_parse_stream(read_line, &r, on_value, &r);
        if (ferror(f) && r.status == STATUS_OK) {
            r.status = err_errno(err, "不能读配置文件");
            r.line = 0;
        }
        fclose(f);
        if (wrong != 0 && r.status == STATUS_OK)
            r.status = err_set(err, STATUS_INVALID, NULL, "这一行不是 “名称 = 值”");
        if (r.status != STATUS_OK) {
            err_place(err, path, wrong > 0 ? wrong : r.line, NULL);
            return r.status;
        }
    }
    *out = c;
    return STATUS_OK;
}

bool config_is_default(const struct config *c, size_t item) {
    return !(c->from_file >> item & 1);
}
