#include "core/xindex/internal.h"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <talloc.h>

namespace xi {

constexpr int MAX_TRIES = 5; /* the index may move on while it is opened */

static bool find_place(const std::string &dir, Place &out) {
    struct stat folder, version;
    std::string index = dir + "/index";
    if (stat(index.c_str(), &folder) != 0 ||
        stat((index + "/iamglass").c_str(), &version) != 0)
        return false;
    out.dev = version.st_dev;
    out.ino = version.st_ino;
    out.folder = folder.st_ino;
    out.sec = version.st_ctim.tv_sec;
    out.nsec = version.st_ctim.tv_nsec;
    return true;
}

/* Names come from the index: they must be file names, never paths. */
static bool is_name(const std::string &s) {
    return !s.empty() && s.size() < COLUMNS_NAME_MAX && s[0] != '.' &&
           s.find('/') == s.npos && s.find('\0') == s.npos;
}

struct Loaded {
    std::unique_ptr<Xapian::Database> db;
    struct columns columns = {};
    struct rectext text = {};
    int64_t revision = 0;
    std::string as_of;
    bool missing = false;
    ~Loaded() {
        columns_close(&columns);
        rectext_close(&text);
    }
};

static enum status read_meta(Loaded &l, std::string &columns, std::string &text,
                             struct err *err) {
    std::string format = l.db->get_metadata("format"), seq = l.db->get_metadata("seq");
    if (format.empty() && l.db->get_doccount() == 0)
        return err_set(err, STATUS_NOT_FOUND, nullptr, "还没有发布任何数据");
    if (format != XINDEX_FORMAT)
        return err_set(err, STATUS_CORRUPT, nullptr,
                       "索引的格式是 “%.20s”，本程序读的是 %s；"
                       "请运行 chengguo rebuild",
                       format.c_str(), XINDEX_FORMAT);
    columns = l.db->get_metadata("columns");
    text = l.db->get_metadata("text");
    char *end = nullptr;
    errno = 0;
    l.revision = strtoll(seq.c_str(), &end, 10);
    if (!is_name(columns) || !is_name(text) || seq.empty() || *end || errno)
        return err_set(err, STATUS_CORRUPT, nullptr,
                       "索引没有注明修订、列文件和文本文件");
    l.as_of = l.db->get_metadata("as_of");
    return STATUS_OK;
}

/* STATUS_STALE when a file that the index names has gone: an older revision's. */
static enum status load(const std::string &dir, Loaded &l, struct err *err) {
    l.db.reset(new Xapian::Database(dir + "/index"));
    std::string columns, text;
    enum status s = read_meta(l, columns, text, err);
    if (s != STATUS_OK) return s;
    s = columns_open((dir + "/" + columns).c_str(), &l.columns, err);
    if (s == STATUS_OK &&
        (l.columns.revision != l.revision || l.columns.text_name != text))
        return err_set(err, STATUS_CORRUPT, nullptr,
                       "%s belongs to another revision than the index", columns.c_str());
    if (s == STATUS_OK)
        s = rectext_open((dir + "/" + text).c_str(), l.columns.text_end, &l.text, err);
    l.missing = s == STATUS_NOT_FOUND;
    return l.missing ? STATUS_STALE : s;
}

static void take(xindex_reader &r, Loaded &l, const Place &place) {
    suggest_close(r.suggest); /* it points into what goes */
    r.suggest = nullptr;
    r.db.swap(l.db);
    std::swap(r.columns, l.columns);
    std::swap(r.text, l.text);
    r.revision = l.revision;
    r.as_of = l.as_of;
    r.place = place;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < r.columns.size; i++) sum += r.columns.doclen[i];
    r.average_length = r.columns.live_count && sum
                           ? static_cast<double>(sum) / r.columns.live_count
                           : 1.0;
    for (Counter &c : r.scratch.counter) c = Counter();
}

enum status reader_load(xindex_reader &r, bool anew, struct err *err) {
    bool missing = false;
    for (int i = 0; i < MAX_TRIES; i++) {
        Place before, after;
        if (!find_place(r.dir, before))
            return err_set(err, STATUS_NOT_FOUND, nullptr, "no index in %s",
                           r.dir.c_str());
        if (r.db && !anew && before == r.place && !r.db->reopen()) return STATUS_OK;
        Loaded l;
        enum status s;
        try {
            s = load(r.dir, l, err);
        } catch (...) {
            s = caught("opening the index", err);
        }
        /* Only what was read while the folder stood still belongs together. */
        if (!find_place(r.dir, after) || !(after == before))
            s = STATUS_STALE;
        else
            missing = l.missing;
        if (s == STATUS_OK) {
            take(r, l, before);
            return STATUS_OK;
        }
        if (s != STATUS_STALE) return s;
        anew = true;
    }
    if (missing)
        return err_set(err, STATUS_CORRUPT, nullptr,
                       "%s 里缺少索引所指的列文件或文本文件；"
                       "请运行 chengguo rebuild",
                       r.dir.c_str());
    return err_set(err, STATUS_STALE, nullptr, "索引正在不断更新；请稍后再试");
}

} // namespace xi

enum status xindex_reader_open(const char *set_dir, struct xindex_reader **out,
                               struct err *err) {
    try {
        std::unique_ptr<xindex_reader> r(new xindex_reader);
        r->dir = set_dir;
        enum status s = xi::reader_load(*r, true, err);
        if (s == STATUS_OK) *out = r.release();
        return s;
    } catch (...) {
        return xi::caught("opening the index", err);
    }
}

void xindex_reader_close(struct xindex_reader *r) {
    delete r;
}

enum status xindex_reader_refresh(struct xindex_reader *r, struct err *err) {
    try {
        return xi::reader_load(*r, false, err);
    } catch (...) {
        return xi::caught("reopening the index", err);
    }
}

int64_t xindex_reader_revision(const struct xindex_reader *r) {
    return r->revision;
}

const char *xindex_reader_as_of(const struct xindex_reader *r) {
    return r->as_of.c_str();
}

const struct columns *xindex_reader_columns(const struct xindex_reader *r) {
    return &r->columns;
}

enum status xindex_reader_suggest(struct xindex_reader *r, const struct suggest **out,
                                  struct err *err) {
    try {
        enum status s = STATUS_OK;
        if (!r->suggest) {
            std::string path = r->dir + "/suggest-" + std::to_string(r->revision);
            s = suggest_open(path.c_str(), &r->columns, &r->text, &r->suggest, err);
        }
        if (s == STATUS_OK) *out = r->suggest;
        return s;
    } catch (...) {
        return xi::caught("opening the suggestions", err);
    }
}

struct str xindex_reader_text(const struct xindex_reader *r, uint32_t docid) {
    if (!columns_is_live(&r->columns, docid)) return str_slice("", 0);
    return str_slice(r->text.p + r->columns.text_at[docid], r->columns.text_len[docid]);
}

/* Runs fn against one revision, again when the index moved on under it. */
template <class F>
static enum status retried(struct xindex_reader *r, const char *what, struct err *err,
                           F fn) {
    bool anew = false;
    for (int i = 0; i < xi::MAX_TRIES; i++) {
        try {
            enum status s = xi::reader_load(*r, anew, err);
            return s == STATUS_OK ? fn() : s;
        } catch (const Xapian::DatabaseModifiedError &) {
            anew = true;
        } catch (...) {
            return xi::caught(what, err);
        }
    }
    return err_set(err, STATUS_STALE, nullptr, "%s: the index keeps changing", what);
}

enum status xindex_search(struct xindex_reader *r, void *ctx,
                          const struct xindex_request *req, struct xindex_result **out,
                          struct err *err) {
    return retried(r, "searching", err, [&] {
        xi::run_match(*r, ctx, *req, out, err);
        return STATUS_OK;
    });
}

enum status xindex_lookup(struct xindex_reader *r, void *ctx, struct str term,
                          uint32_t *docid, struct str *data, struct err *err) {
    return retried(r, "looking up a record", err, [&] {
        std::string name(term.p ? term.p : "", term.n);
        Xapian::PostingIterator end;
        if (name.empty() || name.size() > XINDEX_TERM_MAX)
            return err_set(err, STATUS_NOT_FOUND, nullptr, "没有这条记录");
        Xapian::PostingIterator it = r->db->postlist_begin(name);
        while (it != end && !columns_is_live(&r->columns, *it)) ++it;
        if (it == end) return err_set(err, STATUS_NOT_FOUND, nullptr, "没有这条记录");
        std::string bytes = r->db->get_document(*it).get_data();
        char *copy = static_cast<char *>(talloc_size(ctx, bytes.size() + 1));
        if (!copy) throw std::bad_alloc();
        memcpy(copy, bytes.c_str(), bytes.size() + 1);
        *docid = *it;
        *data = str_slice(copy, bytes.size());
        return STATUS_OK;
    });
}

static uint32_t count_of(const xindex_reader &r, struct str term) {
    uint32_t key = terms_char_key(term);
    if (key) return columns_han_find(&r.columns.han, key).n;
    if (term.n > XINDEX_TERM_MAX) return 0;
    return r.db->get_termfreq(std::string(term.p ? term.p : "", term.n));
}

enum status xindex_term_count(struct xindex_reader *r, struct str term, uint32_t *out,
                              struct err *err) {
    return xindex_terms_count(r, &term, 1, out, err);
}

enum status xindex_terms_count(struct xindex_reader *r, const struct str *term, size_t n,
                               uint32_t *out, struct err *err) {
    return retried(r, "counting terms", err, [&] {
        std::vector<uint32_t> counts(n);
        for (size_t i = 0; i < n; i++) counts[i] = count_of(*r, term[i]);
        for (size_t i = 0; i < n; i++) out[i] = counts[i];
        return STATUS_OK;
    });
}

enum status xindex_terms_from(struct xindex_reader *r, struct str prefix, size_t max,
                              xindex_term_fn fn, void *arg, struct err *err) {
    std::vector<std::pair<std::string, uint32_t>> found; /* told when all are read */
    enum status s = retried(r, "listing terms", err, [&] {
        found.clear();
        std::string start(prefix.p ? prefix.p : "", prefix.n);
        Xapian::TermIterator it = r->db->allterms_begin(start),
                             end = r->db->allterms_end(start);
        for (; it != end && found.size() < max; ++it)
            found.emplace_back(*it, it.get_termfreq());
        return STATUS_OK;
    });
    if (s != STATUS_OK) return s;
    for (const auto &f : found)
        if (!fn(arg, str_slice(f.first.data(), f.first.size()), f.second)) break;
    return STATUS_OK;
}
