"""Duplicates by the real program: near.py CHENGGUO SET-FOLDER WORK-FOLDER

The set: near_duplicates.jsonl (id, title, unit, year) and near_duplicates.pairs.tsv
(a, b, same, kind). All records go in as one file, first sides before second sides, so
that each labelled pair meets; held rows are accepted one after another (which says that
they are different), so that every pair that the program takes for nearly the same comes
to light, cross pairs too. A pair is E_DUP when the second side is rejected as such.

Prints the figures; fails when a refusal is wrong, or on the pairs that are no E_DUP
recall is below 0.95 or precision below 0.85.
"""
import collections
import json
import os
import subprocess
import sys

program, folder, work = sys.argv[1:4]
store = os.path.join(work, 'store')


def run(*args, ok=(0,)):
    done = subprocess.run([program, '--store', store, *args], capture_output=True, text=True)
    if done.returncode not in ok:
        sys.exit(f'{args[0]} ended with {done.returncode}: {done.stderr[-2000:]}')
    return done.stdout


def line(r):
    return json.dumps({
        'kind': 'registration', 'schema': 1, 'uid': r['id'], 'registry': '140000',
        'state': 'approved', 'consent': 'yes', 'publicity': 'closed', 'secrecy': '非密',
        'category': '应用技术成果', 'title': r['title'], 'stat_year': r['year'],
        'approved_on': f"{r['year']}-06-30", 'units': [{'name': r['unit']}]}, ensure_ascii=False)


records = [json.loads(s) for s in open(os.path.join(folder, 'near_duplicates.jsonl'), encoding='utf-8')]
pairs = {}
for s in list(open(os.path.join(folder, 'near_duplicates.pairs.tsv'), encoding='utf-8'))[1:]:
    a, b, same, kind = s.rstrip('\n').split('\t')
    pairs[frozenset((a, b))] = (same == '1', kind)
second = {max(p) for p in pairs}
path = os.path.join(work, 'records.jsonl')
with open(path, 'w', encoding='utf-8') as f:
    for r in sorted(records, key=lambda r: (r['id'] in second, r['id'])):
        print(line(r), file=f)
counts = json.loads(run('ingest', '--json', path, ok=(0, 3)))

refused, alarms = set(), set()
while True:
    held = []
    for row in json.loads(run('review', 'list', '--json', '--limit', '100000')):
        pair = frozenset((row['uid'], row['other']['uid']))
        if row['code'] == 'E_DUP':
            refused.add(pair)
        elif row['code'] == 'H_SIMILAR':
            alarms.add(pair)
            held.append(str(row['id']))
        else:
            sys.exit(f"unexpected {row['code']}: {row['text']}")
    if not held:
        break
    run('review', 'accept', '--by', 'quality', *held, ok=(0, 3))

wrong = [p for p in refused if not pairs.get(p, (False,))[0]]
left = {p: v for p, v in pairs.items() if p not in refused}
found = {p for p in alarms if left.get(p, (False,))[0]}
false = alarms - found
total = sum(same for same, _ in left.values())
recall = len(found) / total if total else 1.0
precision = len(found) / len(alarms) if alarms else 1.0
title = {r['id']: r['title'] for r in records}

kinds = collections.Counter(kind for _, kind in pairs.values())
print(f'{len(records)} records, {len(pairs)} labelled pairs; outcomes added {counts["added"]}, '
      f'held {counts["held"]}, rejected {counts["rejected"]}')
print(f'{"kind":16}{"pairs":>7}{"E_DUP":>7}{"held":>7}{"neither":>9}')
for kind, n in sorted(kinds.items()):
    mine = [p for p, v in pairs.items() if v[1] == kind]
    dup, near = sum(p in refused for p in mine), sum(p in alarms for p in mine)
    print(f'{kind:16}{n:7}{dup:7}{near:7}{n - dup - near:9}')
print(f'E_DUP: {len(refused)} refusals, {len(wrong)} wrong')
print(f'H_SIMILAR: {len(found)} of {total} found, {len(false)} alarms wrong '
      f'({sum(p not in pairs for p in false)} of them cross pairs)')
print(f'recall {recall:.3f}, precision {precision:.3f}')
for name, group in (('wrong refusal', wrong), ('wrong alarm', false),
                    ('missed', [p for p, v in left.items() if v[0] and p not in alarms])):
    for p in sorted(map(sorted, group))[:20]:
        print(f'  {name}: {" | ".join(title[i] for i in p)}')
sys.exit(1 if wrong or recall < 0.95 or precision < 0.85 else 0)
