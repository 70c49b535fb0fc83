#include "core/xindex/internal.h"

#include <new>

namespace xi {

static enum status set(struct err *err, enum status s, const char *what,
                       const Xapian::Error &e) {
    const char *more = e.get_error_string();
    return err_set(err, s, nullptr, "%s: %s%s%s", what, e.get_msg().c_str(),
                   more ? ": " : "", more ? more : "");
}

enum status caught(const char *what, struct err *err) noexcept {
    try {
        throw;
    } catch (const Failure &f) {
        return f.status;
    } catch (const Xapian::DatabaseModifiedError &e) {
        return set(err, STATUS_STALE, what, e);
    } catch (const Xapian::DatabaseLockError &e) {
        return set(err, STATUS_BUSY, what, e);
    } catch (const Xapian::DatabaseNotFoundError &e) {
        return set(err, STATUS_NOT_FOUND, what, e);
    } catch (const Xapian::DatabaseCorruptError &e) {
        return set(err, STATUS_CORRUPT, what, e);
    } catch (const Xapian::DatabaseOpeningError &e) {
        return set(err, STATUS_CORRUPT, what, e);
    } catch (const Xapian::DatabaseError &e) {
        /* With an error number the disk failed; without, a file is not what it was. */
        return set(err, e.get_error_string() ? STATUS_IO : STATUS_CORRUPT, what, e);
    } catch (const Xapian::RangeError &e) { /* thrown while damaged blocks are decoded */
        return set(err, STATUS_CORRUPT, what, e);
    } catch (const Xapian::SerialisationError &e) {
        return set(err, STATUS_CORRUPT, what, e);
    } catch (const Xapian::InvalidArgumentError &e) {
        return set(err, STATUS_INVALID, what, e);
    } catch (const Xapian::InvalidOperationError &e) {
        return set(err, STATUS_CONFLICT, what, e);
    } catch (const Xapian::Error &e) {
        return set(err, STATUS_INTERNAL, what, e);
    } catch (const std::bad_alloc &) {
        return err_set(err, STATUS_NOMEM, nullptr, "%s: out of memory", what);
    } catch (const std::exception &e) {
        return err_set(err, STATUS_INTERNAL, nullptr, "%s: %s", what, e.what());
    } catch (...) {
        return err_set(err, STATUS_INTERNAL, nullptr, "%s: unknown exception", what);
    }
}

} // namespace xi
