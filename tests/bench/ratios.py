#!/usr/bin/env python3
"""ratios.py RUN_DIR: the figures that issue and documents speak of, from one run."""
import sys

run = sys.argv[1]


def rows(name):
    try:
        return [l.rstrip('\n').split('\t') for l in open(f'{run}/{name}')]
    except OSError:
        return []


def times(p, mode):
    best = {}
    for k in (1, 2):
        for r in rows(f'out-{p}-{mode}-{k}'):
            best[int(r[0])] = min(best.get(int(r[0]), 1 << 60), int(r[2]))
    return sorted(best.values())


def qps(p, mode):
    v = times(p, mode)
    return 1e6 * len(v) / sum(v) if v else 0


def two(p, mode):
    return max([float(r[2]) for r in rows('qps.tsv') if r[0] == p and r[1] == mode] or [0])


def at(v, q):
    return v[min(len(v) - 1, int(len(v) * q))] / 1000 if v else 0


n = sum(1 for _ in open(f'{run}/tsv.jsonl', 'rb'))
build = {r[0]: r for r in rows('build.tsv')}
size = {r[0]: int(r[1]) * 1024 / n for r in rows('size.tsv')}
print(f'\n### Ratios, {n} records\n')
c = build['chengguo']
print(f'build: {n / float(c[1]):.0f} records/s, {float(c[2]):.0f} CPU s, peak resident {c[3]} MB, anonymous {c[4]} MB, '
      f'other jobs took {c[6]} CPU s')
if 'lucene' in build:
    print(f'build, records/s over lucene: {float(build["lucene"][1]) / float(c[1]):.2f}  (lucene: {n / float(build["lucene"][1]):.0f})')
    print(f'index + text + columns of the public set over lucene: {size["chengguo"] / size["lucene"]:.2f}  '
          f'({size["chengguo"]:.0f} and {size["lucene"]:.0f} bytes a record)')
full = times('chengguo', 'full')
print(f'top 10 + total + 12 facets: {qps("chengguo", "full"):.0f} queries/s, p50 {at(full, .5):.2f} p95 {at(full, .95):.2f} '
      f'p99 {at(full, .99):.2f} ms, worst {full[-1] / 1000:.2f}')
for p in ('lucene-arrays', 'lucene', 'proto-best'):
    if times(p, 'full'):
        print(f'  over {p}: queries/s {qps("chengguo", "full") / qps(p, "full"):.2f}, p99 {at(full, .99) / at(times(p, "full"), .99):.2f}')
print(f'facets: full over top, mean time: {qps("chengguo", "top") / qps("chengguo", "full"):.2f}')
print(f'two threads over one: {two("chengguo", "full") / qps("chengguo", "full"):.2f}')


answer = times('chengguo', 'answer')
if answer:
    print(f'bare words, as the public asks (expanded, relaxed, spelled, marked): p50 {at(answer, .5):.2f} p95 {at(answer, .95):.2f} '
          f'p99 {at(answer, .99):.2f} ms, worst {answer[-1] / 1000:.2f}')
    for p in ('lucene-arrays', 'lucene'):
        if times(p, 'full'):
            print(f'  p99 over {p}: {at(answer, .99) / at(times(p, "full"), .99):.2f}')
    by = {}
    for r in rows('out-chengguo-answer-1'):
        by.setdefault(r[1], []).append(int(r[2]))
    for cls, v in by.items():
        v.sort()
        print(f'  {cls:10} p50 {at(v, .5):.2f} p95 {at(v, .95):.2f} p99 {at(v, .99):.2f} ms')
