#include "core/xindex/internal.h"

#include <cstdlib>
#include <sstream>
#include <sys/stat.h>

/* Everything between two commits is one Xapian transaction. Inside it Xapian spills the
 * postings it gathered into its tables every XAPIAN_FLUSH_THRESHOLD documents, which
 * bounds memory, but makes nothing visible. Small spills are fastest: at 250 documents
 * 10,000 records take 5.5 s, at Xapian's own 10,000 they take 13.2 s and 260 MB more. */
struct xindex_writer {
    Xapian::WritableDatabase db;

    xindex_writer(const char *dir, bool fresh)
        : db(dir, fresh ? Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_NO_SYNC |
                              Xapian::DB_BACKEND_GLASS
                        : Xapian::DB_CREATE_OR_OPEN | Xapian::DB_BACKEND_GLASS) {
        db.begin_transaction();
    }
    void commit() {
        db.commit_transaction();
        db.begin_transaction();
    }
};

enum status xindex_writer_open(const char *dir, bool fresh, struct xindex_writer **out,
                               struct err *err) {
    try {
        /* Xapian has no other way to set it, and reads it in the constructor. */
        static_assert(XINDEX_FLUSH_DOCS == 250, "the text below");
        setenv("XAPIAN_FLUSH_THRESHOLD", "250", 1);
        *out = new xindex_writer(dir, fresh);
        return STATUS_OK;
    } catch (...) {
        return xi::caught("opening the index", err);
    }
}

void xindex_writer_close(struct xindex_writer *w) {
    if (!w) return;
    try {
        w->db.cancel_transaction();
        w->db.close();
    } catch (...) {
        /* What was not committed is dropped either way; a broken table shows on the next
         * open. */
        (void)xi::caught("closing the index", nullptr);
    }
    delete w;
}

/* A control character or an overlong term would lose the whole commit later. */
static enum status check_term(struct str s, struct err *err) {
    if (s.n == 0 || s.n > XINDEX_TERM_MAX)
        return err_set(err, STATUS_LIMIT, nullptr, "an index term has %zu bytes", s.n);
    for (size_t i = 0; i < s.n; i++)
        if (static_cast<unsigned char>(s.p[i]) < 0x20)
            return err_set(err, STATUS_INVALID, nullptr,
                           "an index term holds a control character");
    return STATUS_OK;
}

enum status xindex_writer_put(struct xindex_writer *w, uint32_t docid,
                              const struct term *terms, size_t nterms, struct str data,
                              struct err *err) {
    if (docid == 0 || docid > COLUMNS_MAX_DOCID)
        return err_set(err, STATUS_LIMIT, nullptr, "docid %lu is out of range",
                       static_cast<unsigned long>(docid));
    if (data.n > XINDEX_DATA_MAX)
        return err_set(err, STATUS_LIMIT, nullptr, "document data of %zu bytes", data.n);
    for (size_t i = 0; i < nterms; i++) {
        enum status s = check_term(terms[i].text, err);
        if (s != STATUS_OK) return s;
    }
    try {
        Xapian::Document doc;
        std::string term;
        for (size_t i = 0; i < nterms; i++) {
            term.assign(terms[i].text.p, terms[i].text.n);
            doc.add_term(term, terms[i].wdf);
        }
        doc.set_data(data.n ? std::string(data.p, data.n) : std::string());
        w->db.replace_document(docid, doc);
        return STATUS_OK;
    } catch (...) {
        return xi::caught("adding to the index", err);
    }
}

enum status xindex_writer_delete(struct xindex_writer *w, uint32_t docid,
                                 struct err *err) {
    if (docid == 0 || docid > COLUMNS_MAX_DOCID)
        return err_set(err, STATUS_LIMIT, nullptr, "docid %lu is out of range",
                       static_cast<unsigned long>(docid));
    try {
        w->db.delete_document(docid);
        return STATUS_OK;
    } catch (const Xapian::DocNotFoundError &) {
        return STATUS_OK;
    } catch (...) {
        return xi::caught("deleting from the index", err);
    }
}

enum status xindex_writer_set_meta(struct xindex_writer *w, const char *key,
                                   struct str value, struct err *err) {
    try {
        w->db.set_metadata(key, value.n ? std::string(value.p, value.n) : std::string());
        return STATUS_OK;
    } catch (...) {
        return xi::caught("writing index metadata", err);
    }
}

enum status xindex_writer_commit(struct xindex_writer *w, struct err *err) {
    try {
        w->commit();
        return STATUS_OK;
    } catch (...) {
        return xi::caught("committing the index", err);
    }
}

enum status xindex_compact(const char *const *shards, size_t n, const char *dest,
                           struct err *err) {
    if (n == 0) return err_set(err, STATUS_INVALID, nullptr, "no shard to compact");
    try {
        Xapian::Database all;
        for (size_t i = 0; i < n; i++) all.add_database(Xapian::Database(shards[i]));
        /* DB_NO_SYNC must not be passed here: it has the value of NO_RENUMBER. */
        all.compact(dest, Xapian::DBCOMPACT_NO_RENUMBER | Xapian::Compactor::STANDARD, 0);
        return STATUS_OK;
    } catch (...) {
        return xi::caught("compacting the index", err);
    }
}

#ifdef __SANITIZE_ADDRESS__
/* Xapian 1.4.22 deletes the table that Database::check opens through a base class without
 * a virtual destructor; the sanitizer must not end the program for that. */
extern "C" __attribute__((weak, visibility("default"))) const char *
__asan_default_options() {
    return "new_delete_type_mismatch=0";
}
#endif

enum status xindex_check(const char *dir, struct err *err) {
    struct stat st;
    if (stat(dir, &st) != 0)
        return err_set(err, STATUS_NOT_FOUND, nullptr, "%s is not there", dir);
    try {
        std::ostringstream said;
        size_t bad = Xapian::Database::check(dir, 0, &said);
        if (bad == 0) return STATUS_OK;
        std::string text = said.str().substr(0, 300);
        return err_set(err, STATUS_CORRUPT, nullptr, "%s: %zu errors: %s", dir, bad,
                       text.c_str());
    } catch (const Xapian::DatabaseError &e) {
        return err_set(err, STATUS_CORRUPT, nullptr, "%s: %s", dir, e.get_msg().c_str());
    } catch (...) {
        return xi::caught("checking the index", err);
    }
}
