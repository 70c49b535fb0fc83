#!/usr/bin/env python3
"""verify.py RUN_DIR COUNT: totals and all 12 facet counts of COUNT sampled queries (every
class, filters included) against a linear scan of the records by an independent rule.

A term must stand within one value (title, abstract, a keyword, a unit) of the matching text:
NFKC, case folded, spaces dropped between Han and at the border of Han and other text, dashes
and the like unified; and it may not cut a run of letters and digits. Traditional characters
are folded by the product only, so terms and records that differ by that are left out of the
sample. Fields that exist for applied technology only count for category A."""
import random, re, sqlite3, sys, unicodedata

run, count = sys.argv[1], int(sys.argv[2])
HAN = '\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff'
SPACE = re.compile(rf'(?<=[{HAN}])\s+|\s+(?=[{HAN}])')
FACETS = 'category year region unit_type hitech status level evaluation source stage industry ip'.split()
ONLY_A = {'hitech', 'status', 'stage'}


def norm(s):
    s = unicodedata.normalize('NFKC', s.replace('×', 'x')).casefold()
    s = ''.join('-' if unicodedata.category(c) == 'Pd' and c != '〜' or c == '−' else c for c in s)
    s = s.replace('〜', '~').replace('∼', '~').replace('\u200b', '')
    return re.sub(r'\s+', ' ', SPACE.sub('', s.strip()))


def word(c):
    return unicodedata.category(c)[0] in 'LNM' and not re.match(f'[{HAN}]', c)


def stands(term, text):
    i = text.find(term)
    while i >= 0:
        j = i + len(term)
        if not (i and word(text[i - 1]) and word(term[0])) and not (
                j < len(text) and word(text[j]) and word(term[-1])):
            return True
        i = text.find(term, i + 1)
    return False


queries = [l.rstrip('\n').split('\t') for l in open(f'{run}/queries.tsv')]
out = [l.rstrip('\n').split('\t') for l in open(f'{run}/out-chengguo-full-1')]
r, ids = random.Random(5), []
for c in ('kw1', 'kw23', 'title', 'unit', 'filter', 'broad'):
    mine = [i for i, q in enumerate(queries) if q[0] == c]
    ids += r.sample(mine, min(len(mine), max(1, count * len(mine) // len(queries))))
terms = {i: [norm(t) for t in queries[i][1].split('|') if t] for i in ids}
filters = {i: [(FACETS.index(p.split('=')[0]), p.split('=')[1]) for p in queries[i][2].split(',') if p]
           if len(queries[i]) > 2 else [] for i in ids}
total, check = dict.fromkeys(ids, 0), dict.fromkeys(ids, 0)
sums = {i: {} for i in ids}
# Rows that were refused as duplicates are not in the registry, hence not in the truth.
store = sqlite3.connect(f'file:{run}/ix-chengguo/registry.db?mode=ro', uri=True)
registered = {int(uid) for uid, in store.execute('SELECT uid FROM record')}
for line in open(f'{run}/data.tsv'):
    f = line.rstrip('\n').split('\t')
    values = [norm(f[1]), norm(f[2])] + [norm(v) for k in (3, 4) for v in f[k].split(';')]
    if int(f[0]) not in registered:
        continue
    text = '\n'.join(values)
    codes = [f[5 + k].split(',') if not (FACETS[k] in ONLY_A and f[5] != '0') else [] for k in range(12)]
    for i in ids:
        if not all(stands(t, text) for t in terms[i]):
            continue
        failing = [k for k, v in filters[i] if v not in codes[k]]
        total[i] += not failing
        # A facet ignores its own filter: a record that fails just that one counts for it.
        for k in range(12):
            if not failing or failing == [k]:
                for v in set(codes[k]) - {''}:
                    check[i] += (k + 1) * 1000003 + (int(v) + 1) * 7919
bad_total = [i for i in ids if total[i] != int(out[i][3])]
bad_facet = [i for i in ids if check[i] % 2**64 != int(out[i][4]) and i not in bad_total]
print(f'\nverified against a linear scan: {len(ids)} queries, totals {min(total.values())} to {max(total.values())}; '
      f'totals wrong {len(bad_total)}, facets wrong {len(bad_facet)}')
for i in (bad_total + bad_facet)[:8]:
    print('  ', queries[i], 'scan', total[i], 'chengguo', out[i][3])
sys.exit(1 if bad_total or bad_facet else 0)
