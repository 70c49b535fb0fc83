"""Suggestions by the real program: suggest.py CHENGGUO SET-FOLDER WORK-FOLDER

Brings the names of SET-FOLDER/suggest in as units and keywords of approved registrations,
asks the daemon over HTTP (/suggest.json, ten suggestions) for what every name begins with,
and counts the names found. At most ten names can share what was typed, so the score is
names found by names that could be. Fails below FLOOR.
"""
import collections
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ir  # noqa: E402  (the daemon and the questions are asked as there)

SHOWN = 10
FLOOR = {'text': 0.95, 'pinyin': 0.95, 'initials': 0.90}
KEYWORDS = 20  # of one registration


def names(path):
    for line in list(open(path, encoding='utf-8'))[1:]:
        name, pinyin, initials = line.rstrip('\n').split('\t')[:3]
        yield name, pinyin, initials


def registration(i, units, keywords):
    return json.dumps({
        'kind': 'registration', 'schema': 1, 'uid': f'S-{i:06}', 'regno': f'S{i:06}', 'registry': '140000',
        'state': 'approved', 'consent': 'yes', 'publicity': 'closed', 'secrecy': '非密',
        'category': '应用技术成果', 'title': f'第{i}号', 'stat_year': 2025, 'approved_on': '2025-06-30',
        'abstract': f'第{i}号。', 'keywords': keywords, 'units': [{'name': u} for u in units]}, ensure_ascii=False)


def bring_in(program, orgs, keywords, work):
    store, path = os.path.join(work, 'store'), os.path.join(work, 'records.jsonl')
    with open(path, 'w', encoding='utf-8') as f:
        for i, name in enumerate(orgs):
            print(registration(i, [name], keywords[i * KEYWORDS:(i + 1) * KEYWORDS]), file=f)
    done = subprocess.run([program, '--store', store, 'ingest', '--json', path], capture_output=True, text=True)
    counts = json.loads(done.stdout) if done.returncode in (0, 3) else {}
    if counts.get('added') != len(orgs):
        sys.exit(f'ingest ended with {done.returncode}, {counts}: {done.stderr[-2000:]}')
    return store


def score(daemon, listed, typed):
    """Names found in the answers to what each begins with, and names that could be."""
    sharing = collections.defaultdict(set)
    for name, text in zip(listed, typed):
        if text:
            sharing[text].add(name)
    asked = sorted(sharing)
    answers = daemon.ask_all('/suggest.json', [[('q', q), ('limit', SHOWN)] for q in asked])
    found = could = 0
    missed = []
    for q, a in zip(asked, answers):
        shown = {s['text'] for s in a['suggestions']}
        found += len(sharing[q] & shown)
        could += min(len(sharing[q]), SHOWN)
        if len(sharing[q] & shown) < min(len(sharing[q]), SHOWN):
            missed.append((q, sorted(sharing[q] - shown), sorted(shown)))
    return found, could, missed


def main(program, sets, work):
    folder, own = os.path.join(sets, 'suggest'), os.path.join(work, 'suggest')
    os.makedirs(own, exist_ok=True)
    orgs = list(names(os.path.join(folder, 'org_pinyin.tsv')))
    keywords = list(names(os.path.join(folder, 'keyword_pinyin.tsv')))
    store = os.path.join(own, 'store')
    if not os.path.exists(store):
        bring_in(program, [o[0] for o in orgs], [k[0] for k in keywords], own)
    daemon = ir.Daemon(program, store)
    failed = False
    for kind, least in FLOOR.items():
        found = could = 0
        for label, of, letters in (('units', orgs, 10), ('keywords', keywords, 6)):
            typed = [{'text': n[:3], 'pinyin': p[:letters], 'initials': i[:4]}[kind] for n, p, i in of]
            f, c, missed = score(daemon, [n for n, _, _ in of], typed)
            print(f'  {kind:8} {label:8} {f:5} of {c:5}  {f / c:.4f}')
            if os.environ.get('QUALITY_MISSED'):
                for q, names_missed, shown in missed:
                    print('    ', q, names_missed, shown)
            found += f
            could += c
        share = found / could
        print(f'  {kind:8} all      {found:5} of {could:5}  {share:.4f}  (must be {least})')
        if share < least:
            failed = True
            print(f'  BELOW: {kind} {share:.4f}, must be {least}')
    daemon.close()
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:4]))
