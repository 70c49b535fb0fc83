/* The report beside each file of an inbox; declared in cmd_watch.h. */
#include "core/date.h"
#include "core/utf8.h"
#include "indexer/cmd_watch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const labels[OUTCOME_COUNT] = {
    [OUTCOME_ADDED] = "新增",     [OUTCOME_UPDATED] = "更新",
    [OUTCOME_UNCHANGED] = "未变", [OUTCOME_WITHDRAWN] = "撤回",
    [OUTCOME_SKIPPED] = "跳过",   [OUTCOME_HELD] = "待定",
    [OUTCOME_REJECTED] = "拒收",
};

void watch_show(const char *name, char out[WATCH_NAME]) {
    snprintf(out, WATCH_NAME, "%s", name);
    utf8_make_shown(out);
}

json_t *watch_report_json(const struct watch_report *r) {
    char at[INSTANT_TEXT], name[WATCH_NAME], to[WATCH_NAME];
    watch_show(r->name, name);
    watch_show(r->to, to);
    json_t *o = r->rows ? ingest_report_json(r->rows) : json_object();
    if (!o) return NULL;
    json_object_set_new(o, "file", json_string(name));
    json_object_set_new(o, "at", json_string(instant_text(r->now, at)));
    json_object_set_new(o, "taken", json_boolean(r->fate != WATCH_FAILED));
    json_object_set_new(
        o, "moved_to",
        json_sprintf("%s/%s", r->fate == WATCH_FAILED ? "failed" : "done", to));
    if (r->fate == WATCH_FAILED)
        json_object_set_new(o, "error",
                            json_pack("{s:s,s:s,s:s,s:i}", "code", r->why->code, "text",
                                      r->why->text, "field", r->why->field, "line",
                                      (int)r->why->line));
    json_object_set(o, "problems", r->problems);
    return o;
}

static const char *text_at(const json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static void put_files(const json_t *files, struct buf *out) {
    size_t i, k;
    const json_t *f, *note;
    json_array_foreach(files, i, f) {
        if (text_at(f, "profile")[0])
            buf_add_f(out, "识别：%s，样式 %s", text_at(f, "kind"),
                      text_at(f, "profile"));
        else
            buf_add_f(out, "识别：%s", text_at(f, "kind"));
        if (text_at(f, "encoding")[0])
            buf_add_f(out, "，编码 %s", text_at(f, "encoding"));
        buf_add_char(out, '\n');
        json_array_foreach(json_object_get(f, "notes"), k, note)
            buf_add_f(out, "  %s\n", json_string_value(note));
    }
}

static void put_rows(const struct watch_report *r, struct buf *out) {
    const struct ingest_report *rows = r->rows;
    put_files(rows->files, out);
    buf_add_f(out, "读入 %lld 行：", (long long)rows->read);
    for (int o = 0; o < OUTCOME_COUNT; o++)
        buf_add_f(out, "%s%s %lld", o ? "，" : "", labels[o],
                  (long long)rows->outcome[o]);
    buf_add_f(out, "。忽略（标题、表头、空行等）%lld 行。修订号 %lld。\n",
              (long long)rows->nignored, (long long)rows->revision);
    for (size_t i = 0; i < rows->ncodes; i++)
        buf_add_f(out, "  %s %lld\n", rows->codes[i].code, (long long)rows->codes[i].n);
    for (size_t i = 0; i < rows->nwarnings; i++)
        buf_add_f(out, "  注意 %s %lld\n", rows->warnings[i].code,
                  (long long)rows->warnings[i].n);
}

static void put_problems(const struct watch_report *r, struct buf *out) {
    size_t i;
    const json_t *p;
    if (r->nproblems) buf_add_z(out, "\n拒收和待定的行：\n");
    json_array_foreach(r->problems, i, p)
        buf_add_f(out, "  第 %lld 行 %s：%s [%s]\n",
                  (long long)json_integer_value(json_object_get(p, "line")),
                  strcmp(text_at(p, "outcome"), "held") == 0 ? "待定" : "拒收",
                  text_at(p, "text"), text_at(p, "code"));
    if (r->nproblems > (int64_t)json_array_size(r->problems))
        buf_add_f(out, "  ……另有 %lld 行\n",
                  (long long)(r->nproblems - (int64_t)json_array_size(r->problems)));
    if (r->nproblems)
        buf_add_z(out, "改好后，把改过的行再放进来即可；已接受的行不会重复计入。\n");
}

static void put_text(const struct watch_report *r, struct buf *out) {
    char at[INSTANT_TEXT], name[WATCH_NAME];
    watch_show(r->name, name);
    buf_add_f(out, "%s\n处理时间 %s\n", name, instant_text(r->now, at));
    if (r->fate == WATCH_FAILED) {
        buf_add_f(out, "结果：没有接收，其中任何一行都没有写入。\n原因：%s%s%s%s\n",
                  r->why->text, r->why->code[0] ? " [" : "", r->why->code,
                  r->why->code[0] ? "]" : "");
        buf_add_z(out, "改好后，请把文件再放进收件目录。\n");
        return;
    }
    buf_add_f(out, "结果：%s\n",
              r->fate == WATCH_PARTIAL ? "已接收，部分行被拒收或待定。" : "已全部接收。");
    put_rows(r, out);
    put_problems(r, out);
}

static bool write_all(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t k = write(fd, p, n);
        if (k <= 0) return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

/* "." and the name, so that nobody takes the half of it for a report; then renamed. */
static enum status put_file(int folder, const char *to, const char *suffix,
                            struct str text, struct err *err) {
    char name[WATCH_NAME], temp[WATCH_NAME];
    int n = (int)utf8_clip(str_of(to), NAME_MAX - strlen(suffix) - 2);
    snprintf(name, sizeof name, "%.*s%s", n, to, suffix);
    snprintf(temp, sizeof temp, ".%.*s%s", n, to, suffix);
    int fd =
        openat(folder, temp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (fd < 0) return err_errno(err, "不能写报告 %s", name);
    bool fine = write_all(fd, text.p, text.n) && fsync(fd) == 0;
    if (close(fd) != 0) fine = false;
    if (fine && renameat(folder, temp, folder, name) == 0) return STATUS_OK;
    enum status s = err_errno(err, "不能写报告 %s", name);
    unlinkat(folder, temp, 0);
    return s;
}

enum status watch_report_write(int folder_fd, const struct watch_report *r,
                               struct err *err) {
    struct buf text = buf_init(0);
    put_text(r, &text);
    enum status s = buf_check(&text, "报告", err);
    if (s == STATUS_OK) s = put_file(folder_fd, r->to, ".报告.txt", buf_str(&text), err);
    buf_done(&text);
    if (s != STATUS_OK) return s;
    json_t *o = watch_report_json(r);
    char *json = o ? json_dumps(o, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) : NULL;
    json_decref(o);
    if (!json) return err_set(err, STATUS_NOMEM, NULL, "内存不足：报告");
    s = put_file(folder_fd, r->to, ".report.json", str_of(json), err);
    free(json);
    return s;
}
