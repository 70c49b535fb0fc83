#include "query/server.h"

#include "core/synonym.h"

#include <stdio.h>
#include <xxhash.h>

static void add_line(struct server *s, const char *text, const char *url) {
    if (!text[0] || s->site.nlines == SERVER_SITE_LINES) return;
    s->line[s->site.nlines++] = (struct page_line){text, url};
}

static void make_site(struct server *s) {
    const struct config *c = s->config;
    s->site = (struct page_site){
        .name = c->site_name,
        .strapline = c->site_place[0] ? c->site_place : NULL,
        .source = c->site_source[0] ? c->site_source : NULL,
        .lines = s->line,
    };
    if (c->site_owner[0])
        snprintf(s->owner, sizeof s->owner, "主办单位：%s", c->site_owner);
    if (c->site_contact[0])
        snprintf(s->contact, sizeof s->contact, "联系方式：%s", c->site_contact);
    if (c->site_idcode[0])
        snprintf(s->idcode, sizeof s->idcode, "网站标识码：%s", c->site_idcode);
    add_line(s, s->owner, NULL);
    add_line(s, s->contact, NULL);
    add_line(s, s->idcode, NULL);
    add_line(s, c->site_icp, "https://beian.miit.gov.cn/");
    add_line(s, c->site_police, "https://beian.mps.gov.cn/");
}

static uint64_t seed_of(const struct server *s) {
    struct buf b = buf_init(0);
    buf_add_z(&b, CHENGGUO_VERSION "\nzh-CN\n");
    buf_add_z(&b, audience_row(s->audience)->name);
    for (size_t i = 0; i < s->site.nlines; i++) buf_add_f(&b, "\n%s", s->line[i].text);
    buf_add_f(&b, "\n%s\n%s", s->site.name, s->config->site_place);
    buf_add_f(&b, "\n%llx", (unsigned long long)synonym_fingerprint());
    size_t n = asset_template_count(s->assets);
    for (size_t i = 0; i < n; i++) {
        const char *name;
        buf_add_str(&b, asset_template_at(s->assets, i, &name));
    }
    uint64_t h = XXH64(buf_z(&b), b.n, 0);
    buf_done(&b);
    return h;
}

enum status server_open(const struct config *config, const struct store *store,
                        enum audience audience, const char *draw_program,
                        struct server *out, struct err *err) {
    char cache[PATH_MAX];
    memset(out, 0, sizeof *out);
    out->config = config;
    out->audience = audience;
    snprintf(out->draw_program, sizeof out->draw_program, "%s", draw_program);
    enum status s =
        store_set_path(store, audience, NULL, out->set_dir, sizeof out->set_dir, err);
    if (s == STATUS_OK) s = store_path(store, "cache", cache, sizeof cache, err);
    if (s == STATUS_OK) s = synonym_load(config->synonyms, err);
    if (s == STATUS_OK) s = asset_set_open(NULL, &out->assets, err);
    if (s == STATUS_OK) s = template_set_open(out->assets, &out->templates, err);
    if (s == STATUS_OK) s = chart_cache_open(cache, &out->charts, err);
    if (s != STATUS_OK) {
        server_close(out);
        return s;
    }
    make_site(out);
    out->seed = seed_of(out);
    return STATUS_OK;
}

void server_close(struct server *s) {
    chart_cache_close(s->charts);
    template_set_close(s->templates);
    asset_set_close(s->assets);
    memset(s, 0, sizeof *s);
}
