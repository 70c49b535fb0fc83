#include "query/problem.h"

#include "query/json_out.h"
#include "query/view.h"

#include <stdio.h>

static const struct {
    unsigned status;
    const char *code, *title;
} known[] = {
    {400, "bad_request", "请求有误"},
    {404, "not_found", "没有找到"},
    {405, "method_not_allowed", "不支持这种请求方法"},
    {409, "conflict", "与现有数据冲突"},
    {410, "gone", "不再公开"},
    {413, "content_too_large", "请求太大"},
    {414, "uri_too_long", "地址太长"},
    {500, "internal", "程序出错"},
    {503, "unavailable", "暂时不能提供服务"},
};

static const char *title_of(unsigned status, const char **code) {
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (known[i].status == status) {
            *code = known[i].code;
            return known[i].title;
        }
    *code = "error";
    return "请求没有完成";
}

/* What went wrong inside is for the log of the operator, not for the client. */
static const char *sentence_of(unsigned status, const struct err *err) {
    if (status == 500) return "程序内部出错，请稍后再试；如果一再出现，请告知管理员。";
    if (err->status == STATUS_CORRUPT) return "数据正在维护，请稍后再试。";
    return err->text;
}

static void put_json(const struct call *c, struct response *r, const struct err *err,
                     unsigned status, const char *code, const char *title) {
    struct buf *b = &r->body;
    buf_add_z(b, "{\"type\":\"about:blank\",\"title\":");
    json_out_string(b, str_of(title));
    buf_add_f(b, ",\"status\":%u,\"detail\":", status);
    json_out_string(b, str_of(sentence_of(status, err)));
    buf_add_z(b, ",\"code\":");
    json_out_string(b, str_of(code));
    if (err->field[0]) {
        buf_add_z(b, ",\"param\":");
        json_out_string(b, str_of(err->field));
    }
    if (c->suggestion[0]) {
        buf_add_z(b, ",\"suggestion\":");
        json_out_string(b, str_of(c->suggestion));
    }
    buf_add_z(b, "}\n");
    r->type = "application/problem+json; charset=utf-8";
}

static bool put_page(struct call *c, struct response *r, const struct err *err,
                     unsigned status, const char *title) {
    char code[8];
    snprintf(code, sizeof code, "%u", status);
    struct view v = view_open(c, PAGE_OTHER, title, NULL, 0, NULL);
    json_object_set_new(v.j, "noindex", json_true());
    view_text(&v, "code", code);
    view_text(&v, "heading", title);
    view_text(&v, "sentence", sentence_of(status, err));
    view_text(&v, "param", err->field[0] ? err->field : NULL);
    view_text(&v, "detail", NULL);
    view_text(&v, "request_id", NULL);
    view_set(&v, v.j, "suggestion_link", json_null());
    json_t *ways = json_array();
    view_set(&v, v.j, "ways", ways);
    if (c->suggestion[0]) {
        char text[FILTER_SUGGESTION_MAX + 32];
        snprintf(text, sizeof text, "也许您要的是：%s", c->suggestion);
        view_text(&v, "detail", text);
    }
    view_add(&v, ways, view_link("检索成果", "/search"));
    view_add(&v, ways, view_link("查看统计", "/stats"));
    view_add(&v, ways, view_link("回到首页", "/"));
    struct err ignored;
    return view_render(c, &v, "error", r, &ignored) == STATUS_OK;
}

void problem_set(struct call *c, struct response *r, const struct err *err,
                 unsigned http) {
    unsigned status = http ? http : (unsigned)status_http_code(err->status);
    const char *code;
    const char *title = title_of(status, &code);
    if (err->code[0]) code = err->code;
    const char *allow = r->allow;
    size_t route = r->route;
    enum face face = r->face;
    response_done(r);
    *r = (struct response){.status = status,
                           .body = buf_init(ROUTE_MAX_BODY),
                           .cache_control = "no-store",
                           .allow = allow,
                           .retry = status == 503,
                           .route = route,
                           .face = face};
    if (c->face == FACE_HTML && put_page(c, r, err, status, title)) return;
    buf_clear(&r->body);
    r->page = false;
    put_json(c, r, err, status, code, title);
}
