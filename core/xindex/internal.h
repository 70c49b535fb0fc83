/* internal.h - what the files of core/xindex share: the reader's state, exceptions to
 * statuses, and the bit windows in which a match is worked out.
 *
 * A match goes through the docids in windows of WINDOW: every node of the tree turns a
 * set of candidates (bits) into the set that matches, so that intersections are a few
 * machine words, a rare term skips whole windows, and nothing is allocated per document.
 *
 * Threads: as xindex.h says. Inside, exceptions are used; none passes an extern "C" edge.
 */
#ifndef CORE_XINDEX_INTERNAL_H
#define CORE_XINDEX_INTERNAL_H

#include "core/xindex/xindex.h"

#include <xapian.h>

#include <memory>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace xi {

constexpr uint32_t WINDOW = COLUMNS_HAN_WINDOW; /* docids */
constexpr uint32_t WORDS = WINDOW / 64;
constexpr uint32_t END = UINT32_MAX; /* beyond every docid */

struct Bits {
    uint64_t word[WORDS];
};

/* Without the machine's popcount, which the base architecture does not promise. */
inline uint32_t count_word(uint64_t w) {
    w -= w >> 1 & 0x5555555555555555u;
    w = (w & 0x3333333333333333u) + (w >> 2 & 0x3333333333333333u);
    w = (w + (w >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return static_cast<uint32_t>(w * 0x0101010101010101u >> 56);
}

inline uint32_t count_bits(const Bits &b) {
    uint32_t n = 0;
    for (uint64_t w : b.word)
        if (w) n += count_word(w);
    return n;
}

inline bool any_bit(const Bits &b) {
    uint64_t all = 0;
    for (uint64_t w : b.word) all |= w;
    return all != 0;
}

/* Calls fn(i) for every set bit, ascending. */
template <class F> inline void each_bit(const Bits &b, F fn) {
    for (uint32_t k = 0; k < WORDS; k++)
        for (uint64_t w = b.word[k]; w; w &= w - 1)
            fn(k * 64 + static_cast<uint32_t>(__builtin_ctzll(w)));
}

inline void set_bit(Bits &b, uint32_t i) {
    b.word[i / 64] |= uint64_t{1} << (i % 64);
}
inline void clear_bit(Bits &b, uint32_t i) {
    b.word[i / 64] &= ~(uint64_t{1} << (i % 64));
}
inline bool has_bit(const Bits &b, uint32_t i) {
    return b.word[i / 64] >> (i % 64) & 1;
}

/* Thrown where err is already filled. */
struct Failure {
    enum status status;
};

/* Inside a catch (...): fills *err and gives the status. */
enum status caught(const char *what, struct err *err) noexcept;

/* Blocks of a request, kept by the reader from one request to the next. */
template <class T> class Pool {
    std::vector<std::unique_ptr<T>> block_;
    size_t used_ = 0;

  public:
    T *take() {
        if (used_ == block_.size()) block_.emplace_back(new T);
        return block_[used_++].get();
    }
    void reset() { used_ = 0; }
};

struct Bytes {
    uint8_t v[WINDOW];
};
struct Floats {
    float v[WINDOW];
};
struct Shorts {
    uint16_t v[WINDOW];
};

/* Docids of a window, ascending. */
struct Ids {
    uint32_t n = 0;
    uint32_t docid[WINDOW];
    void fill(uint32_t start, const Bits &b) {
        uint32_t *out = docid;
        for (uint32_t k = 0; k < WORDS; k++)
            for (uint64_t w = b.word[k]; w; w &= w - 1)
                *out++ = start + k * 64 + static_cast<uint32_t>(__builtin_ctzll(w));
        n = static_cast<uint32_t>(out - docid);
    }
};

/* How a facet is counted; kept by the reader. */
struct Counter {
    std::vector<uint32_t> n;       /* by ordinal, or by group when multi and rolled up */
    std::vector<uint32_t> group;   /* ordinal -> group; empty when not rolled up */
    std::vector<std::string> name; /* of a group */
    std::vector<uint32_t> stamp;   /* by group: last docid counted */
    std::vector<uint32_t> whole; /* counts of all records of each window, of a revision */
};

struct Scratch {
    Pool<Bits> bits;
    Pool<Bytes> bytes;
    Pool<Floats> floats;
    Pool<Shorts> shorts;
    Counter counter[FACET_COUNT];
    Ids ids, rest;
    void reset() {
        bits.reset();
        bytes.reset();
        floats.reset();
        shorts.reset();
    }
};

/* Tells two states of the index apart: every commit renames a new file into place. */
struct Place {
    dev_t dev = 0;
    ino_t ino = 0;
    ino_t folder = 0;
    int64_t sec = 0;
    int64_t nsec = 0;
    bool operator==(const Place &o) const {
        return dev == o.dev && ino == o.ino && folder == o.folder && sec == o.sec &&
               nsec == o.nsec;
    }
};

} // namespace xi

struct xindex_reader {
    std::string dir;
    std::unique_ptr<Xapian::Database> db;
    xi::Place place;
    struct columns columns = {};
    struct rectext text = {};
    struct suggest *suggest = nullptr; /* of columns and text; opened when asked for */
    int64_t revision = -1;
    std::string as_of;
    double average_length = 1;
    xi::Scratch scratch;

    /* Data of a live record. That the document exists is asked only when the data are
     * empty: to ask costs as much as to read. Throws DocNotFoundError. */
    std::string data(uint32_t docid) const {
        std::string s = db->get_document(docid, Xapian::DOC_ASSUME_VALID).get_data();
        return s.empty() ? db->get_document(docid).get_data() : s;
    }

    xindex_reader() = default;
    xindex_reader(const xindex_reader &) = delete;
    xindex_reader &operator=(const xindex_reader &) = delete;
    ~xindex_reader() {
        suggest_close(suggest);
        columns_close(&columns);
        rectext_close(&text);
    }
};

namespace xi {

/* Loads the newest revision; `anew`: even when the files look unchanged, because a read
 * found that they are not. */
enum status reader_load(xindex_reader &r, bool anew, struct err *err);

/* Runs one request against the loaded revision; throws. */
void run_match(xindex_reader &r, void *ctx, const struct xindex_request &req,
               struct xindex_result **out, struct err *err);

} // namespace xi

#endif
