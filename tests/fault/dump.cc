// dump.cc - chengguo-dump SET [UID]: all that a published set holds, as text that two
// sets with the same records share, whatever the way they were made: no document numbers,
// no revision, no place in a file.
//
//   doc UID DOCLEN DATA TERMS TEXT COLUMNS   hashes (xxh64) of each part
//   term TERM DOCUMENTS OCCURRENCES          every term of the index
//   han CODE RECORDS                         every single character of the columns
//   row TABLE VALUE|VALUE…                   every row of data.db, sorted
//
// With UID the parts of that one record are printed in full, with * those of all.
#include "core/columns.h"
#include "core/pubdata.h"

#include <xapian.h>
#include <xxhash.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace {

struct columns cols;
std::string text;

[[noreturn]] void fail(const std::string &why) {
    fprintf(stderr, "chengguo-dump: %s\n", why.c_str());
    exit(1);
}

std::string slurp(const std::string &path) {
    FILE *f = fopen(path.c_str(), "rb");
    if (!f) fail("cannot read " + path);
    std::string out;
    char chunk[65536];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) out.append(chunk, n);
    fclose(f);
    return out;
}

std::string terms_of(const Xapian::Database &db, Xapian::docid id) {
    std::string out;
    for (auto t = db.termlist_begin(id); t != db.termlist_end(id); ++t)
        out += *t + " " + std::to_string(t.get_wdf()) + "\n";
    return out;
}

std::string columns_of(uint32_t id) {
    std::string out;
    for (int d = 0; d < DATE_COLUMN_COUNT; d++)
        out += "date " + std::to_string(cols.date[d][id]) + "\n";
    for (int k = 0; k < FACET_COUNT; k++) {
        const struct columns_facet *f = &cols.facet[k];
        uint32_t from = id, to = id + 1;
        std::vector<std::string> values;
        if (f->multi) {
            from = f->start[id];
            to = f->start[id + 1];
        }
        for (uint32_t i = from; i < to; i++) {
            uint32_t ord = columns_ord(f, i);
            if (ord == 0) continue;
            struct str v = columns_value(f, ord);
            values.emplace_back(v.p, v.n);
        }
        std::sort(values.begin(), values.end());
        for (const auto &v : values) out += "facet " + std::to_string(k) + " " + v + "\n";
    }
    return out;
}

std::string hash(const std::string &s) {
    char out[24];
    snprintf(out, sizeof out, "%016llx",
             (unsigned long long)XXH64(s.data(), s.size(), 0));
    return out;
}

void dump_characters() {
    for (uint32_t i = 0; i < cols.han.nkeys; i++) {
        struct columns_han_list l = columns_han_find(&cols.han, cols.han.key[i]);
        std::vector<std::string> uids;
        for (uint32_t id = columns_han_next(&l, 1); id < cols.size;
             id = columns_han_next(&l, id + 1)) {
            struct str u = columns_uid(&cols, id);
            uids.emplace_back(u.p, u.n);
        }
        std::sort(uids.begin(), uids.end());
        std::string all;
        for (const auto &u : uids) all += u + "\n";
        printf("han %x %zu %s\n", cols.han.key[i], uids.size(), hash(all).c_str());
    }
}

void dump_index(const Xapian::Database &db, const char *only) {
    std::map<std::string, std::string> lines;
    for (auto p = db.postlist_begin(""); p != db.postlist_end(""); ++p) {
        uint32_t id = *p;
        if (!columns_is_live(&cols, id)) fail("a document without columns");
        struct str u = columns_uid(&cols, id);
        std::string uid(u.p, u.n), data = db.get_document(id).get_data();
        std::string body = text.substr(cols.text_at[id], cols.text_len[id]);
        std::string terms = terms_of(db, id), row = columns_of(id);
        if (only && (uid == only || std::string("*") == only))
            printf("%s\n%s\n%s\n%s", data.c_str(), terms.c_str(), body.c_str(),
                   row.c_str());
        lines[uid] = std::to_string(cols.doclen[id]) + " " +
                     std::to_string(db.get_doclength(id)) + " " + hash(data) + " " +
                     hash(terms) + " " + hash(body) + " " + hash(row);
    }
    if (only) return;
    for (const auto &l : lines) printf("doc %s %s\n", l.first.c_str(), l.second.c_str());
    for (auto t = db.allterms_begin(); t != db.allterms_end(); ++t) {
        std::string name = *t;
        std::replace(name.begin(), name.end(), '\n', ' ');
        printf("term %s %u %u\n", name.c_str(), t.get_termfreq(),
               (unsigned)db.get_collection_freq(*t));
    }
    uint32_t live = 0;
    for (uint32_t id = 1; id < cols.size; id++) live += columns_is_live(&cols, id);
    if (live != lines.size()) fail("columns and index differ in number");
    printf("live %u\n", live);
    dump_characters();
}

void dump_data(const std::string &dir) {
    struct db db;
    struct err err;
    std::vector<std::string> names, rows;
    sqlite3_stmt *q = nullptr;
    bool row = false;
    if (pubdata_open(dir.c_str(), &db, &err) != STATUS_OK) fail(err.text);
    if (db_prepare(&db,
                   "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
                   &q, &err) != STATUS_OK)
        fail(err.text);
    while (db_step(&db, q, &row, &err) == STATUS_OK && row) {
        struct str s = db_column(q, 0);
        names.emplace_back(s.p, s.n);
    }
    sqlite3_finalize(q);
    for (const auto &name : names) {
        std::string sql = "SELECT * FROM \"" + name + "\"";
        if (db_prepare(&db, sql.c_str(), &q, &err) != STATUS_OK) fail(err.text);
        while (db_step(&db, q, &row, &err) == STATUS_OK && row) {
            std::string line = "row " + name + " ";
            for (int i = 0; i < sqlite3_column_count(q); i++) {
                struct str s = db_column(q, i);
                line += (i ? "|" : "") + (s.n ? std::string(s.p, s.n) : std::string());
            }
            std::replace(line.begin(), line.end(), '\n', ' ');
            /* what says when and as which revision, not what */
            if (name != "meta") rows.push_back(line);
        }
        sqlite3_finalize(q);
    }
    std::sort(rows.begin(), rows.end());
    for (const auto &r : rows) puts(r.c_str());
    db_close(&db);
}

} // namespace

int main(int argc, char **argv) {
    if (argc < 2 || argc > 3) fail("chengguo-dump SET [UID]");
    std::string dir = argv[1];
    try {
        Xapian::Database db(dir + "/index");
        struct err err;
        std::string name = db.get_metadata("columns");
        if (columns_open((dir + "/" + name).c_str(), &cols, &err) != STATUS_OK)
            fail(err.text);
        text = slurp(dir + "/" + cols.text_name);
        dump_index(db, argc > 2 ? argv[2] : nullptr);
        columns_close(&cols);
    } catch (const Xapian::Error &e) {
        fail(e.get_description());
    }
    if (argc == 2) dump_data(dir);
    return 0;
}
