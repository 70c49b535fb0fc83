/* tsv.h - converts the benchmark TSV of other engines into registrations, so that all
 * engines hold the same records and their totals and facet counts can be compared.
 *
 * Columns: id, title, abstract, keywords (;), units (;), then numbers: category, year,
 * region, unit_type, hitech, status, level, evaluation, source, stage, industry, and ip
 * (list with commas). Each number maps one-to-one onto a value of the product:
 *
 *   category    0 A, 1 B, 2 S
 *   year        n: stat_year 2001 + n; approved_on is a day of that year by id
 *   region      n: county n of regions.c (GB/T 2260 order), 121 of them
 *   unit_type   0 独立科研机构 1 大专院校 2 医疗机构 3 企业 4 其他
 *   hitech      n: code n + 1 (1 电子信息 … 12 其他)
 *   status, level, evaluation, source, stage, ip
 *               n: label n of the lists in labels.c, in their printed order
 *   industry    n: the first division of section n ('A' + n): A01 B06 C13 D44 E47 …
 *
 * Fields that exist for applied technology only (hitech, status, stage) are written for
 * every record as the source has them; the product keeps no value of them for categories
 * B and S, so these three facets compare over category A.
 * uid: the id in 8 digits. regno: 914, year, letter, id in 6 digits (id modulo 10^6).
 * state approved, consent yes, publicity closed, secrecy 非密.
 */
#ifndef GEN_TSV_H
#define GEN_TSV_H

#include "core/err.h"

/* STATUS_INVALID (names the line), STATUS_IO, STATUS_NOMEM. */
MUST_CHECK enum status tsv_convert(const char *in, const char *out, struct err *err);

#endif
