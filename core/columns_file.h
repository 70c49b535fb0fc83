/* columns_file.h - the layout of columns-N, shared by columns.c and columns_build.c only.
 *
 * Little-endian, every section 8-byte aligned, gaps zero:
 *
 *   struct columns_head       magic, version, sizes, section table, checksum of the head
 *   sections                  in the order of enum columns_section; facet f has the four
 *                             sections SECTION_FACETS + 4 * f + enum columns_facet_part
 *   uint64_t                  XXH3 of every byte before it
 *
 * Threads: constant layout.
 */
#ifndef CORE_COLUMNS_FILE_H
#define CORE_COLUMNS_FILE_H

#include "core/columns.h"

#define COLUMNS_MAGIC "CGCOLS\r\n"
#define COLUMNS_VERSION 2u
#define COLUMNS_ORDER 0x01020304u /* a file of the other byte order is refused */

enum columns_section {
    SECTION_LIVE,
    SECTION_DOCLEN,
    SECTION_TEXT_AT,
    SECTION_TEXT_LEN,
    SECTION_DATES, /* one section per date column */
    SECTION_UID_RANK = SECTION_DATES + DATE_COLUMN_COUNT,
    SECTION_TITLE_RANK,
    SECTION_TITLE_ORDER,
    SECTION_UID_AT,
    SECTION_UID_BYTES,
    SECTION_KEY_AT,
    SECTION_KEY_BYTES,
    SECTION_HAN, /* a block of columns_han.h */
    SECTION_FACETS,
    SECTION_COUNT = SECTION_FACETS + 4 * FACET_COUNT
};

enum columns_facet_part { PART_ORD, PART_START, PART_VALUE_AT, PART_VALUE_BYTES };

struct columns_section_place {
    uint64_t at, bytes;
};

struct columns_facet_head {
    uint32_t nvalues;
    uint16_t width;
    uint16_t multi;
};

struct columns_head {
    char magic[8];
    uint32_t version, order;
    uint32_t size, live_count;
    int64_t revision;
    uint64_t text_end;
    uint64_t file_bytes;
    uint32_t nsections, nfacets;
    char text_name[COLUMNS_NAME_MAX];
    struct columns_facet_head facet[FACET_COUNT];
    struct columns_section_place section[SECTION_COUNT];
    uint64_t checksum; /* XXH3 of the head before this member */
};

static inline size_t columns_section_of(unsigned facet, enum columns_facet_part part) {
    return (size_t)SECTION_FACETS + 4u * facet + (size_t)part;
}

#endif
