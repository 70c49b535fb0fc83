"""Did-you-mean by the real program: spell.py CHENGGUO SET-FOLDER WORK-FOLDER

Takes words that the registry has, damages each in every way that query/spell.h promises
to mend, and asks the daemon over HTTP whether it offers the word again; and takes right
words that the registry has once or twice, or not at all, and counts the offers, which
are all held for false. Words are the authors' keywords of SET-FOLDER/../corpus, asked of
its documents; without it, the keywords of data/sample. Readings for wrong characters of the same
sound come from ICU (uconv), not from the program. Fails below RIGHT or above FALSE.
"""
import collections
import json
import os
import random
import re
import subprocess
import sys

from ir import Daemon, registration

CORPUS = ['sci_abstracts', 'sci_titles', 'nsfc_projects', 'patent_titles']
HELD_OUT = 10     # of every so many documents one is not brought in: its keywords are right words
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
WORDS = 500       # of each test
OFTEN = 5         # SPELL_LEAST: what is rarer is never offered
BELOW = 3         # SPELL_BELOW: a damaged word that finds more is another word
RIGHT = 0.85      # of one-character slips in words of three characters and more
FALSE = 0.02      # of right words that the registry has once or twice
SEED = 20251231
HAN = re.compile('[\u4e00-\u9fff]+')
LETTERS = re.compile('[a-z]{4,}')


def documents(sets, work):
    """The file to bring in, and the keywords of its documents and of those held out."""
    path, words, folder = os.path.join(work, 'spell.jsonl'), set(), os.path.join(sets, '..', 'corpus')
    if not os.path.isdir(folder):
        print('  no corpus: words of data/sample')
        path = os.path.join(ROOT, 'data', 'sample', 'registrations.jsonl')
        for line in open(path, encoding='utf-8'):
            words.update(json.loads(line).get('keywords', []))
        return path, words
    n = 0
    with open(path, 'w', encoding='utf-8') as out:
        for name in CORPUS:
            plain = subprocess.run(['zstd', '-dcq', os.path.join(folder, name + '.jsonl.zst')],
                                   capture_output=True, check=True).stdout.decode()
            for line in plain.splitlines():
                d, n = json.loads(line), n + 1
                words.update(d.get('keywords') or [])
                if n % HELD_OUT:
                    r = json.loads(registration({'id': d['id'], 'title': d.get('title'), 'abstract': d.get('abstract')}))
                    r.update({'regno': f'S{n:06}', 'keywords': d.get('keywords') or None,
                              'title': r['title'] if d.get('title') else (d.get('abstract') or '')[:20]})
                    print(json.dumps({k: v for k, v in r.items() if v}, ensure_ascii=False), file=out)
    return path, words


def homophones(chars):
    """Character -> others of the same sound, by ICU."""
    chars = sorted(chars)
    read = subprocess.run(['uconv', '-x', 'Han-Latin; Latin-ASCII'], input='\n'.join(chars), capture_output=True,
                          text=True, check=True).stdout.split()
    by_sound = collections.defaultdict(list)
    for c, sound in zip(chars, read):
        by_sound[sound].append(c)
    return {c: [x for x in by_sound[sound] if x != c] for c, sound in zip(chars, read)}


def damages(word, rng, chars, same):
    """kind -> the damaged word; kinds that the word does not allow are left out."""
    out, n = {}, len(word)
    letters = 'abcdefghijklmnopqrstuvwxyz'
    i = rng.randrange(1 if LETTERS.fullmatch(word) else 0, n)
    if LETTERS.fullmatch(word):
        out['letter wrong'] = word[:i] + rng.choice(letters) + word[i + 1:]
        out['letter missing'] = word[:i] + word[i + 1:]
        out['letter doubled'] = word[:i] + word[i] + word[i:]
    else:
        if same.get(word[i]):
            out['same sound'] = word[:i] + rng.choice(same[word[i]]) + word[i + 1:]
        out['other character'] = word[:i] + rng.choice(chars) + word[i + 1:]
        if n > 2:
            k = rng.randrange(1, n - 1)
            out['missing'] = word[:k] + word[k + 1:]
            out['extra'] = word[:k] + rng.choice(chars) + word[k:]
        out['doubled'] = word[:i] + word[i] + word[i:]
    k = rng.randrange(0, n - 1)
    out['letters exchanged' if LETTERS.fullmatch(word) else 'exchanged'] = \
        word[:k] + word[k + 1] + word[k] + word[k + 2:]
    return {kind: text for kind, text in out.items() if text != word}


def ask(daemon, words):
    answers = daemon.ask_all('/search.json', [[('q', w), ('size', 0), ('relax', 0), ('highlight', 0)] for w in words])
    return [(a['total'], a['suggestion'], a['took_ms']) for a in answers]


def main(program, sets, work):
    path, words = documents(sets, work)
    store = os.path.join(work, 'spell-store')
    if not os.path.exists(store):
        done = subprocess.run([program, '--store', store, 'ingest', path], capture_output=True, text=True)
        if done.returncode not in (0, 3):
            sys.exit(f'ingest ended with {done.returncode}: {done.stderr[-2000:]}')
    rng = random.Random(SEED)
    words = sorted(w for w in {w.strip().lower() for w in words} if 2 <= len(w) <= 8 and HAN.fullmatch(w) or LETTERS.fullmatch(w))
    rng.shuffle(words)
    daemon = Daemon(program, store)
    total = {w: t for w, (t, _, _) in zip(words, ask(daemon, words))}
    chars = sorted({c for w in words for c in w if HAN.fullmatch(c)})
    same = homophones(chars)
    slips = []
    often = [w for w in words if total[w] >= OFTEN]
    for group in ([w for w in often if HAN.fullmatch(w) and len(w) > 2][:WORDS],
                  [w for w in often if HAN.fullmatch(w) and len(w) == 2][:WORDS],
                  [w for w in often if LETTERS.fullmatch(w)][:WORDS]):
        for w in group:
            for kind, text in damages(w, rng, chars, same).items():
                slips.append((kind, len(w), w, text))
    seen = collections.Counter()
    right = collections.Counter()
    wrong = collections.Counter()
    took = []
    log = open(os.path.join(work, 'spell.tsv'), 'w', encoding='utf-8')
    for (kind, n, word, text), (found, offer, ms) in zip(slips, ask(daemon, [s[3] for s in slips])):
        if found >= BELOW:
            continue
        took.append(ms)
        name = kind if LETTERS.fullmatch(word) else f"{kind}, {'3 and more' if n > 2 else '2'} characters"
        seen[name] += 1
        right[name] += offer == word
        wrong[name] += offer not in (word, None)
        print('slip', kind, word, text, found, offer, sep='\t', file=log)
    failed = []
    for name in sorted(seen):
        print(f'  {name:38} asked {seen[name]:4}  right {right[name] / seen[name]:.3f}  '
              f'another word {wrong[name] / seen[name]:.3f}')
    long = [name for name in seen if '3 and more' in name]
    share = sum(right[n] for n in long) / max(1, sum(seen[n] for n in long))
    print(f'  {"all slips in 3 and more characters":38} asked {sum(seen[n] for n in long):4}  right {share:.3f}')
    if share < RIGHT:
        failed.append(f'right offers {share:.3f}, must be {RIGHT}')
    for name, group in (('right words found once or twice', [w for w in words if 0 < total[w] < BELOW]),
                        ('right words not found', [w for w in words if total[w] == 0])):
        group = group[:WORDS]
        answers = ask(daemon, group)
        false = [(w, offer) for w, (_, offer, _) in zip(group, answers) if offer]
        took += [ms for _, _, ms in answers]
        for w, offer in false:
            print('false', name, w, offer, sep='\t', file=log)
        print(f'  {name:38} asked {len(group):4}  offers {len(false) / max(1, len(group)):.3f}')
        if 'once' in name and len(false) > FALSE * len(group):
            failed.append(f'false offers {len(false) / len(group):.3f}, at most {FALSE}')
    took.sort()
    print(f'  time of these searches: median {took[len(took) // 2]:.1f} ms, p99 {took[len(took) * 99 // 100]:.1f} ms')
    daemon.close()
    for line in failed:
        print('  BELOW:', line)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:4]))
