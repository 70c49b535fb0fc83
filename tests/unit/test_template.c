/* Templates: the rules of template.h on small templates, and every page over a sample
 * view: well-formed, without inline style or script, and deaf to hostile text. */
#include "web/pages.h"
#include "web/template.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define VIEWS "tests/unit/test_template_views/"

/* ---- a folder like web/ in which one template is replaced ---- */

static void link_all(const struct asset_set *set, const char *dir, const char *but) {
    char cwd[4096], target[4400], path[4400];
    assert_non_null(getcwd(cwd, sizeof cwd));
    static const char *const folders[] = {"css", "icons"};
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        snprintf(target, sizeof target, "%s/web/%s", cwd, folders[i]);
        snprintf(path, sizeof path, "%s/%s", dir, folders[i]);
        assert_int_equal(symlink(target, path), 0);
    }
    snprintf(path, sizeof path, "%s/templates", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    for (size_t i = 0; i < asset_template_count(set); i++) {
        const char *name;
        asset_template_at(set, i, &name);
        snprintf(target, sizeof target, "%s/web/templates/%s.mustache", cwd, name);
        snprintf(path, sizeof path, "%s/templates/%s.mustache", dir, name);
        if (strcmp(name, but) != 0) assert_int_equal(symlink(target, path), 0);
    }
}

static void unlink_all(const struct asset_set *set, const char *dir) {
    char path[4400];
    for (size_t i = 0; i < asset_template_count(set); i++) {
        const char *name;
        asset_template_at(set, i, &name);
        snprintf(path, sizeof path, "%s/templates/%s.mustache", dir, name);
        assert_int_equal(unlink(path), 0);
    }
    static const char *const rest[] = {"/templates", "/css", "/icons", ""};
    for (size_t i = 0; i < ARRAY_LEN(rest); i++) {
        snprintf(path, sizeof path, "%s%s", dir, rest[i]);
        assert_int_equal(remove(path), 0);
    }
}

/* Opens a set whose template "error" has this text. */
static enum status open_with(const char *text, struct template_set **out,
                             struct err *err) {
    struct asset_set *embedded = NULL, *assets = NULL;
    assert_int_equal(asset_set_open(NULL, &embedded, NULL), STATUS_OK);
    char dir[256], path[300];
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%s/chengguo-template-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(dir));
    link_all(embedded, dir, "error");
    snprintf(path, sizeof path, "%s/templates/error.mustache", dir);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(asset_set_open(dir, &assets, NULL), STATUS_OK);
    unlink_all(embedded, dir);
    enum status s = template_set_open(assets, out, err);
    asset_set_close(assets);
    asset_set_close(embedded);
    return s;
}

/* Renders template text over a view given as JSON and compares. */
static void check(const char *text, const char *json, const char *want) {
    struct template_set *set = NULL;
    struct err err = {0};
    if (open_with(text, &set, &err) != STATUS_OK) fail_msg("%s: %s", text, err.text);
    json_t *view = json_loads(json, 0, NULL);
    assert_non_null(view);
    struct buf b = buf_init(0);
    assert_int_equal(template_render(set, "error", view, &b, &err), STATUS_OK);
    assert_string_equal(buf_z(&b), want);
    buf_done(&b);
    json_decref(view);
    template_set_close(set);
}

static void values_are_escaped(void **state) {
    (void)state;
    check("<a title=\"{{x}}\">{{x}}</a>", "{\"x\":\"<b>&\\\"'煤\"}",
          "<a title=\"&lt;b&gt;&amp;&quot;&apos;煤\">&lt;b&gt;&amp;&quot;&apos;煤</a>\n");
    check("{{{title_html}}}", "{\"title_html\":\"<mark>瓦斯</mark>\"}",
          "<mark>瓦斯</mark>\n");
    check("{{n}} {{r}}", "{\"n\":-12345678901,\"r\":3.5}", "-12345678901 3.5\n");
}

static void nothing_is_false(void **state) {
    (void)state;
    check("{{#x}}yes{{/x}}{{^x}}no{{/x}}[{{x}}]", "{\"x\":null}", "no[]\n");
    check("{{#x}}yes{{/x}}{{^x}}no{{/x}}[{{x}}]", "{\"x\":\"\"}", "no[]\n");
    check("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":[]}", "no\n");
    check("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{}", "no\n");
    check("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":0}", "yes\n");
    check("{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":true}", "yes\n");
    /* A null in the item hides an outer value of the same name. */
    check("{{#l}}({{x}}{{#x}}!{{/x}}){{/l}}", "{\"x\":\"out\",\"l\":[{\"x\":null}]}",
          "()\n");
}

static void lists_repeat_and_say_whether_they_hold_any(void **state) {
    (void)state;
    check("{{#has_l}}<ul>{{#l}}<li>{{.}}</li>{{/l}}</ul>{{/has_l}}",
          "{\"l\":[\"a\",\"<\"]}", "<ul><li>a</li><li>&lt;</li></ul>\n");
    check("{{#has_l}}<ul>{{#l}}<li>{{.}}</li>{{/l}}</ul>{{/has_l}}.", "{\"l\":[]}",
          ".\n");
}

static void comments_indents_and_blank_lines_vanish(void **state) {
    (void)state;
    check("{{! a comment\nof two lines }}\n\n   <p>\n\t{{x}}\n   </p>\n", "{\"x\":\"1\"}",
          "<p>\n1\n</p>\n");
}

static void refused(const char *text, enum status want, const char *why) {
    struct template_set *set = NULL;
    struct err err = {0};
    assert_int_equal(open_with(text, &set, &err), want);
    assert_null(set);
    assert_string_equal(err.file, "error");
    if (!strstr(err.text, why)) fail_msg("\"%s\" does not say \"%s\"", err.text, why);
}

static void broken_templates_fail_the_open(void **state) {
    (void)state;
    refused("{{#x}}", STATUS_INVALID, "x");
    refused("{{/x}}", STATUS_INVALID, "x");
    refused("{{#x}}{{/y}}", STATUS_INVALID, "x");
    refused("{{x", STATUS_INVALID, "not closed");
    refused("{{{title_html}}", STATUS_INVALID, "not closed");
    refused("{{> absent}}", STATUS_INVALID, "absent");
    refused("{{> error}}", STATUS_INVALID, "without end");
    refused("{{{title}}}", STATUS_INVALID, "title");
    refused("{{& title}}", STATUS_INVALID, "title");
    refused("{{=<% %>=}}", STATUS_INVALID, "delimiters");
}

static void failed_renders_leave_the_buffer_alone(void **state) {
    (void)state;
    struct template_set *set = NULL;
    struct err err = {0};
    assert_int_equal(open_with("{{#a}}{{x}}{{/a}}\n{{x}}", &set, &err), STATUS_OK);
    struct buf b = buf_init(40);
    buf_add_z(&b, "kept");

    json_t *view =
        json_loads("{\"x\":\"0123456789012345678901234567890123456789\"}", 0, NULL);
    assert_int_equal(template_render(set, "error", view, &b, &err), STATUS_LIMIT);
    assert_string_equal(buf_z(&b), "kept");
    assert_false(b.failed);
    assert_int_equal(template_render(set, "absent", view, &b, &err), STATUS_NOT_FOUND);
    json_decref(view);

    view = json_array();
    assert_int_equal(template_render(set, "error", view, &b, &err), STATUS_INVALID);
    json_decref(view);

    view = json_string("deep");
    for (int i = 0; i <= TEMPLATE_MAX_DEPTH; i++) {
        json_t *outer = json_object();
        json_object_set_new(outer, "a", view);
        view = outer;
    }
    assert_int_equal(template_render(set, "error", view, &b, &err), STATUS_LIMIT);
    json_decref(view);
    assert_string_equal(buf_z(&b), "kept");
    buf_done(&b);
    template_set_close(set);
}

/* ---- the pages ---- */

static const struct sample {
    const char *view, *name;
    enum page_section section;
} SAMPLES[] = {
    {"home", "home", PAGE_HOME},
    {"search", "search", PAGE_SEARCH},
    {"search_zero", "search", PAGE_SEARCH},
    {"record", "record", PAGE_OTHER},
    {"stats", "stats", PAGE_STATS},
    {"charts", "charts", PAGE_CHARTS},
    {"table", "table", PAGE_STATS},
    {"chart", "chart", PAGE_CHARTS},
    {"error", "error", PAGE_OTHER},
    {"help", "help", PAGE_HELP},
};

struct site {
    struct asset_set *assets;
    struct template_set *templates;
};

static int open_site(void **state) {
    static struct site site;
    struct err err;
    if (asset_set_open(NULL, &site.assets, &err) != STATUS_OK ||
        template_set_open(site.assets, &site.templates, &err) != STATUS_OK)
        return -1;
    *state = &site;
    return 0;
}

static int close_site(void **state) {
    struct site *site = *state;
    template_set_close(site->templates);
    asset_set_close(site->assets);
    return 0;
}

static json_t *sample_view(const struct site *site, const struct sample *s) {
    char path[256];
    snprintf(path, sizeof path, VIEWS "%s.json", s->view);
    json_error_t e;
    json_t *own = json_load_file(path, 0, &e);
    if (!own) fail_msg("%s:%d: %s", path, e.line, e.text);
    static const struct page_line lines[] = {{"主办单位：某厅", NULL}};
    const struct page_site config = {"科技成果登记检索", "试运行", "登记库", 1, lines};
    json_t *view = page_view_new(site->assets, &config, s->section, "页名", NULL, 42,
                                 "2026-01-20T08:00:00Z");
    assert_non_null(view);
    assert_int_equal(json_object_update(view, own), 0);
    json_decref(own);
    return view;
}

static void render(const struct site *site, const char *name, const json_t *view,
                   struct buf *b) {
    struct err err = {0};
    if (template_render(site->templates, name, view, b, &err) != STATUS_OK)
        fail_msg("%s: %s", name, err.text);
}

static bool is_void(const char *name, size_t n) {
    static const char *const names[] = {"meta", "link", "img", "input", "br"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strlen(names[i]) == n && strncmp(names[i], name, n) == 0) return true;
    return false;
}

/* End of the tag that begins at p: the '>' outside quotes. */
static const char *tag_end(const char *p) {
    char quote = 0;
    for (; *p; p++) {
        if (quote ? *p == quote : *p == '"' || *p == '\'')
            quote = quote ? 0 : *p;
        else if (!quote && *p == '>')
            return p;
    }
    return NULL;
}

/* Every element is closed in order; returns how many h1 there are. */
static int check_nesting(const char *page, const char *html) {
    struct {
        const char *name;
        size_t n;
    } open[64];
    size_t depth = 0;
    int h1 = 0;
    for (const char *p = html; (p = strchr(p, '<'));) {
        const char *end = tag_end(p);
        if (!end) fail_msg("%s: a tag does not end: %.60s", page, p);
        bool closing = p[1] == '/';
        const char *name = p + 1 + closing;
        size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789");
        if (p[1] == '!' || is_void(name, n) || end[-1] == '/') {
            p = end;
            continue;
        }
        if (n == 0) fail_msg("%s: a stray '<': %.60s", page, p);
        if (closing) {
            if (depth == 0 || open[depth - 1].n != n ||
                strncmp(open[depth - 1].name, name, n) != 0)
                fail_msg("%s: unexpected %.60s", page, p);
            depth--;
        } else {
            h1 += n == 2 && strncmp(name, "h1", 2) == 0;
            assert_true(depth < ARRAY_LEN(open));
            open[depth].name = name;
            open[depth++].n = n;
        }
        p = end;
    }
    if (depth != 0) fail_msg("%s: %.20s is not closed", page, open[depth - 1].name);
    return h1;
}

static void check_page(const char *page, const char *html) {
    static const char *const never[] = {
        "{{",       "}}",       " style=",   "<style",  "<script",
        " onclick", " onload=", "href=\"\"", "src=\"\""};
    for (size_t i = 0; i < ARRAY_LEN(never); i++)
        if (strstr(html, never[i])) fail_msg("%s holds %s", page, never[i]);
    static const char *const always[] = {"<!DOCTYPE html>\n<html lang=\"zh-CN\">",
                                         "class=\"skip\" href=\"#main\"",
                                         "id=\"main\"",
                                         "<header",
                                         "<footer",
                                         "</html>\n"};
    for (size_t i = 0; i < ARRAY_LEN(always); i++)
        if (!strstr(html, always[i])) fail_msg("%s lacks %s", page, always[i]);
    assert_int_equal(check_nesting(page, html), 1);
}

static void sample_pages_are_well_formed(void **state) {
    for (size_t i = 0; i < ARRAY_LEN(SAMPLES); i++) {
        json_t *view = sample_view(*state, &SAMPLES[i]);
        struct buf b = buf_init(0);
        render(*state, SAMPLES[i].name, view, &b);
        check_page(SAMPLES[i].view, buf_z(&b));
        buf_done(&b);
        json_decref(view);
    }
}

/* Every value of the sample reaches its page: nothing of the view model is left unshown.
 */
static void sample_values_are_shown(void **state) {
    static const struct {
        size_t sample;
        const char *text;
    } cases[] = {
        {0, "1,872"},
        {0, "最新登记"},
        {1, "<mark>瓦斯</mark>"},
        {1, "公示中"},
        {1, "瓦斯 AND 抽采"},
        {1, "括号没有成对"},
        {1, "另有 310 个单位"},
        {1, "name=\"stage\" value=\"初期阶段\""},
        {1, "第 2 页，共 7 页"},
        {1, "relax=0"},
        {1, "<li>不要求“<a"},
        {1, "<li>也不要求“瓦斯”"},
        {2, "瓦斯抽采</a>？"},
        {1, "查看这 12 项</a>"},
        {2, "没有登记它的单位。</p>"},
        {2, "没有找到符合的成果"},
        {3, "登记证明不作为权属依据；登记不代表对成果水平的认定。"},
        {3, "ZL202310000000.0"},
        {3, "批准登记，登记号 9142025Y0123"},
        {4, "href=\"/stats/T01\""},
        {5, "href=\"/charts/C01\""},
        {6, "其中可查 1,860"},
        {6, "135 / 1,320"},
        {6, "<abbr title=\"暂定\">p</abbr>"},
        {6, "scope=\"colgroup\" colspan=\"4\""},
        {6, "<svg "},
        {7, "1,320 项增至 2025 年"},
        {8, "404"},
        {9, "理解为 <span class=\"code\">煤矿 AND 瓦斯</span>"},
        {9, "href=\"/search?region=140100&amp;sort=title\""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct sample *s = &SAMPLES[cases[i].sample];
        json_t *view = sample_view(*state, s);
        struct buf b = buf_init(0);
        render(*state, s->name, view, &b);
        if (!strstr(buf_z(&b), cases[i].text))
            fail_msg("%s does not show %s", s->view, cases[i].text);
        buf_done(&b);
        json_decref(view);
    }
}

#define HOSTILE "\"'><script>alert(1)</script><b onclick=x style=y>{{q}}"

static bool ends_with(const char *key, const char *tail) {
    size_t n = strlen(key), m = strlen(tail);
    return n >= m && strcmp(key + n - m, tail) == 0;
}

/* Makes every string but the ready HTML hostile. */
static void poison(json_t *v) {
    const char *key;
    json_t *value;
    void *tmp;
    size_t i;
    json_object_foreach_safe(v, tmp, key, value) {
        if (!json_is_string(value))
            poison(value);
        else if (!ends_with(key, "_html") && strcmp(key, "lang") != 0)
            json_object_set_new(v, key, json_string(HOSTILE));
    }
    json_array_foreach(v, i, value) {
        if (json_is_string(value))
            json_array_set_new(v, i, json_string(HOSTILE));
        else
            poison(value);
    }
}

static void hostile_text_stays_text(void **state) {
    for (size_t i = 0; i < ARRAY_LEN(SAMPLES); i++) {
        json_t *view = sample_view(*state, &SAMPLES[i]);
        poison(view);
        struct buf b = buf_init(0);
        render(*state, SAMPLES[i].name, view, &b);
        assert_non_null(strstr(buf_z(&b), "&lt;script&gt;"));
        assert_null(strstr(buf_z(&b), "<script"));
        assert_null(strstr(buf_z(&b), "<b on"));
        assert_int_equal(check_nesting(SAMPLES[i].view, buf_z(&b)), 1);
        buf_done(&b);
        json_decref(view);
    }
}

/* A view of nulls and empty lists, as a sparse record or a bare error gives. */
static void hollow(json_t *v) {
    const char *key;
    json_t *value;
    void *tmp;
    json_object_foreach_safe(v, tmp, key, value) {
        if (json_is_array(value))
            json_object_set_new(v, key, json_array());
        else if (!json_is_string(value) || strcmp(key, "lang") != 0)
            json_object_set_new(v, key, json_null());
    }
}

static void empty_views_leave_their_blocks_out(void **state) {
    for (size_t i = 0; i < ARRAY_LEN(SAMPLES); i++) {
        json_t *view = sample_view(*state, &SAMPLES[i]);
        hollow(view);
        struct buf b = buf_init(0);
        render(*state, SAMPLES[i].name, view, &b);
        assert_int_equal(check_nesting(SAMPLES[i].view, buf_z(&b)), 1);
        assert_null(strstr(buf_z(&b), "关键词</h2>"));
        assert_null(strstr(buf_z(&b), "下载"));
        buf_done(&b);
        json_decref(view);
    }
}

struct job {
    const struct site *site;
    const json_t *view;
    const char *want;
    int wrong;
};

static void *render_often(void *arg) {
    struct job *job = arg;
    struct buf b = buf_init(0);
    for (int i = 0; i < 20; i++) {
        buf_clear(&b);
        if (template_render(job->site->templates, "search", job->view, &b, NULL) !=
                STATUS_OK ||
            strcmp(buf_z(&b), job->want) != 0)
            job->wrong++;
    }
    buf_done(&b);
    return NULL;
}

static void threads_share_a_set(void **state) {
    json_t *view = sample_view(*state, &SAMPLES[1]);
    struct buf want = buf_init(0);
    render(*state, "search", view, &want);
    pthread_t thread[4];
    struct job job[4];
    for (size_t i = 0; i < ARRAY_LEN(thread); i++) {
        job[i] = (struct job){*state, view, buf_z(&want), 0};
        assert_int_equal(pthread_create(&thread[i], NULL, render_often, &job[i]), 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(thread); i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        assert_int_equal(job[i].wrong, 0);
    }
    buf_done(&want);
    json_decref(view);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_escaped),
        cmocka_unit_test(nothing_is_false),
        cmocka_unit_test(lists_repeat_and_say_whether_they_hold_any),
        cmocka_unit_test(comments_indents_and_blank_lines_vanish),
        cmocka_unit_test(broken_templates_fail_the_open),
        cmocka_unit_test(failed_renders_leave_the_buffer_alone),
        cmocka_unit_test(sample_pages_are_well_formed),
        cmocka_unit_test(sample_values_are_shown),
        cmocka_unit_test(hostile_text_stays_text),
        cmocka_unit_test(empty_views_leave_their_blocks_out),
        cmocka_unit_test(threads_share_a_set),
    };
    return cmocka_run_group_tests_name("template", tests, open_site, close_site);
}
