#include "web/template.h"

#include <kainjow/mustache.hpp>

#include <cstdio>
#include <map>
#include <new>
#include <string>
#include <unordered_set>

namespace {

namespace km = kainjow::mustache;
using names = std::unordered_set<std::string>;

/* What went wrong, on its way to the extern "C" edge. */
struct failure {
    enum status status;
    std::string text;
};

struct page {
    km::mustache tree;
    names used; /* every part of every name the template mentions */
};

const char *const TRUSTED[] = {"title_html", "snippet_html", "svg_html"};

bool trusted(const std::string &name) {
    for (const char *t : TRUSTED)
        if (name == t) return true;
    return false;
}

std::string trimmed(const std::string &s) {
    size_t a = s.find_first_not_of(" \t\r\n");
    size_t b = s.find_last_not_of(" \t\r\n");
    return a == std::string::npos ? std::string() : s.substr(a, b - a + 1);
}

/* A tag {{…}}: its sigil ('\0' for a plain variable, '{' for {{{x}}}), name and extent.
 */
struct tag {
    char sigil;
    std::string name;
    size_t begin, end;
};

bool next_tag(const std::string &text, size_t from, tag *out) {
    size_t begin = text.find("{{", from);
    if (begin == std::string::npos) return false;
    bool triple = text.compare(begin, 3, "{{{") == 0;
    const char *close = triple ? "}}}" : "}}";
    size_t end = text.find(close, begin + 2);
    if (end == std::string::npos) throw failure{STATUS_INVALID, "a tag is not closed"};
    size_t skip = triple ? 3 : 2;
    std::string inner = trimmed(text.substr(begin + skip, end - begin - skip));
    char sigil = '\0';
    if (triple) {
        sigil = '{';
    } else if (!inner.empty() &&
               std::string("#^/>&!=").find(inner[0]) != std::string::npos) {
        sigil = inner[0];
        inner = trimmed(inner.substr(1));
    }
    *out = tag{sigil, inner, begin, end + skip};
    return true;
}

using sources = std::map<std::string, std::string>;

/* The text of a template with comments taken out and partials put in their place. The
 * library would parse a partial again at every use of it. */
std::string expand(const sources &all, const std::string &name, int depth) {
    auto it = all.find(name);
    if (it == all.end()) throw failure{STATUS_INVALID, "there is no partial " + name};
    if (depth > TEMPLATE_MAX_DEPTH)
        throw failure{STATUS_INVALID, "partials contain each other without end"};
    const std::string &text = it->second;
    std::string out;
    size_t done = 0;
    for (tag t; next_tag(text, done, &t); done = t.end) {
        out.append(text, done, t.begin - done);
        if (t.sigil == '>')
            out += expand(all, t.name, depth + 1);
        else if (t.sigil != '!')
            out.append(text, t.begin, t.end - t.begin);
        if (out.size() > TEMPLATE_MAX_BYTES)
            throw failure{STATUS_LIMIT, "the template is too large"};
    }
    return out.append(text, done, std::string::npos);
}

/* Without indentation and empty lines: the library walks every blank as a node. */
std::string compact(const std::string &text) {
    std::string out;
    for (size_t at = 0; at < text.size();) {
        size_t eol = text.find('\n', at);
        size_t end = eol == std::string::npos ? text.size() : eol;
        size_t first = text.find_first_not_of(" \t\r", at);
        if (first != std::string::npos && first < end) {
            out.append(text, first, end - first);
            out += '\n';
        }
        at = end + 1;
    }
    return out;
}

names names_used(const std::string &text) {
    names used;
    tag t;
    for (size_t at = 0; next_tag(text, at, &t); at = t.end) {
        if (t.sigil == '=')
            throw failure{STATUS_INVALID, "other delimiters are not allowed"};
        if ((t.sigil == '{' || t.sigil == '&') && !trusted(t.name))
            throw failure{STATUS_INVALID, t.name + " is not a name of trusted HTML"};
        for (size_t from = 0; from <= t.name.size();) {
            size_t dot = std::min(t.name.find('.', from), t.name.size());
            used.insert(t.name.substr(from, dot - from));
            from = dot + 1;
        }
    }
    return used;
}

page parse(const sources &all, const std::string &name) {
    std::string text = compact(expand(all, name, 0));
    names used = names_used(text);
    km::mustache tree{text};
    if (!tree.is_valid()) throw failure{STATUS_INVALID, tree.error_message()};
    return page{std::move(tree), std::move(used)};
}

km::data to_data(const json_t *v, const names &used, int depth);

km::data object_data(const json_t *v, const names &used, int depth) {
    km::data out{km::data::type::object};
    const char *key;
    json_t *value;
    json_object_foreach(const_cast<json_t *>(v), key, value) {
        std::string name{key}, has = "has_" + name;
        if (used.count(name)) out[name] = to_data(value, used, depth + 1);
        if (json_is_array(value) && used.count(has))
            out[has] = km::data{json_array_size(value) > 0};
    }
    return out;
}

km::data list_data(const json_t *v, const names &used, int depth) {
    km::data out{km::data::type::list};
    /* push_back copies whole trees; the list is ours, so fill it in place. */
    auto &items = const_cast<km::list &>(out.list_value());
    size_t n = json_array_size(v);
    items.reserve(n);
    for (size_t i = 0; i < n; i++)
        items.push_back(to_data(json_array_get(v, i), used, depth + 1));
    return out;
}

std::string real_text(double d) {
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", d);
    return text;
}

km::data to_data(const json_t *v, const names &used, int depth) {
    if (depth > TEMPLATE_MAX_DEPTH)
        throw failure{STATUS_LIMIT, "the view is nested too deeply"};
    switch (json_typeof(v)) {
        case JSON_OBJECT:
            return object_data(v, used, depth);
        case JSON_ARRAY:
            return list_data(v, used, depth);
        case JSON_STRING:
            if (json_string_length(v) == 0) return km::data{false};
            return km::data{std::string(json_string_value(v), json_string_length(v))};
        case JSON_INTEGER:
            return km::data{std::to_string(json_integer_value(v))};
        case JSON_REAL:
            return km::data{real_text(json_real_value(v))};
        case JSON_TRUE:
            return km::data{true};
        case JSON_FALSE:
        case JSON_NULL:
            break;
    }
    return km::data{false};
}

/* Runs `body` and turns whatever it throws into a status. */
template <typename body_type> enum status guarded(struct err *err, body_type body) {
    try {
        body();
        return STATUS_OK;
    } catch (const failure &f) {
        return err_set(err, f.status, nullptr, "%s", f.text.c_str());
    } catch (const std::bad_alloc &) {
        return err_set(err, STATUS_NOMEM, nullptr, "out of memory for a page");
    } catch (const std::exception &e) {
        return err_set(err, STATUS_INTERNAL, nullptr, "template: %s", e.what());
    } catch (...) {
        return err_set(err, STATUS_INTERNAL, nullptr, "template: unknown exception");
    }
}

} // namespace

struct template_set {
    /* Rendering writes to a tree only where a partial or lambda fails; expanded templates
     * hold neither, so threads may share it. */
    mutable std::map<std::string, page> pages;
};

extern "C" enum status template_set_open(const struct asset_set *assets,
                                         struct template_set **out, struct err *err) {
    struct template_set *set = nullptr;
    std::string name;
    enum status s = guarded(err, [&] {
        sources all;
        for (size_t i = 0; i < asset_template_count(assets); i++) {
            const char *z;
            struct str text = asset_template_at(assets, i, &z);
            all[z] = std::string(text.p, text.n);
        }
        set = new template_set;
        for (const auto &source : all) {
            name = source.first;
            set->pages.emplace(name, parse(all, name));
        }
    });
    if (s != STATUS_OK) {
        err_place(err, name.c_str(), 0, nullptr);
        delete set;
        return s;
    }
    *out = set;
    return STATUS_OK;
}

extern "C" void template_set_close(struct template_set *set) {
    delete set;
}

extern "C" enum status template_render(const struct template_set *set, const char *name,
                                       const json_t *view, struct buf *out,
                                       struct err *err) {
    if (!json_is_object(view))
        return err_set(err, STATUS_INVALID, nullptr, "a view must be an object");
    size_t before = out->n;
    enum status s = guarded(err, [&] {
        auto it = set->pages.find(name);
        if (it == set->pages.end())
            throw failure{STATUS_NOT_FOUND, std::string("there is no template ") + name};
        km::data data = to_data(view, it->second.used, 0);
        it->second.tree.render(data, [out](const std::string &piece) {
            if (piece.size() > out->max - out->n)
                throw failure{STATUS_LIMIT, "the page is larger than its limit"};
            buf_add(out, piece.data(), piece.size());
        });
    });
    if (s == STATUS_OK) s = buf_check(out, "the page", err);
    if (s != STATUS_OK && out->n > before) {
        out->n = before;
        out->p[before] = 0;
    }
    return s;
}
