"""Similar records by the real program: similar.py CHENGGUO SET-FOLDER WORK-FOLDER

The papers of SET-FOLDER/ir/csl_keyword are brought in without their keywords; of each that
a keyword of the judgements belongs to, the first SIZE similar records are asked for. Printed
is the mean share of them that have a keyword in common with it, beside the share among
records drawn at random and the largest that the judgements allow; and how often the
abstract, pasted as a text, has its own record first. Fails below FLOOR.
"""
import collections
import http.client
import json
import os
import random
import subprocess
import sys
import urllib.parse

import ir

SET = 'csl_keyword'
SIZE = 5
FLOOR = {'share': 0.115, 'own': 0.99}


def read_docs(folder):
    plain = subprocess.run(['zstd', '-dcq', os.path.join(folder, 'docs.jsonl.zst')],
                           capture_output=True, check=True).stdout.decode()
    return [json.loads(line) for line in plain.splitlines()]


def ask(connection, path, **params):
    connection.request('GET', path + '?' + urllib.parse.urlencode(params))
    r = connection.getresponse()
    body = r.read()
    if r.status != 200:
        sys.exit(f'{r.status} for {path}: {body[:500]!r}')
    return [h['uid'] for h in json.loads(body)['hits']]


def keywords(folder):
    of = collections.defaultdict(set)
    for line in open(os.path.join(folder, 'qrels.txt'), encoding='utf-8'):
        keyword, _, doc, grade = line.split()
        if int(grade) > 0:
            of[doc].add(keyword)
    return of


def attainable(of):
    """Mean share of SIZE that could have a keyword in common."""
    docs = collections.defaultdict(set)
    for doc, words in of.items():
        for w in words:
            docs[w].add(doc)
    return sum(min(SIZE, len(set().union(*(docs[w] for w in words)) - {doc})) / SIZE
               for doc, words in of.items()) / len(of)


def main(program, sets, work):
    folder, own = os.path.join(sets, 'ir', SET), os.path.join(work, SET)
    os.makedirs(own, exist_ok=True)
    daemon = ir.Daemon(program, ir.bring_in(program, folder, own))
    of = keywords(folder)
    ids = sorted(of)
    docs = {d['id']: d for d in read_docs(folder)}
    all_ids = sorted(docs)
    rng = random.Random(1)
    c = http.client.HTTPConnection(daemon.host)
    near = chance = first = 0
    for i in ids:
        hits = ask(c, f'/similar/{i}.json', size=SIZE)
        near += sum(bool(of[i] & of.get(h, set())) for h in hits) / SIZE
        chance += sum(bool(of[i] & of.get(rng.choice(all_ids), set())) for _ in range(SIZE)) / SIZE
        first += ask(c, '/similar.json', size=1, text=docs[i]['abstract'][:4000])[:1] == [i]
    daemon.close()
    share = near / len(ids)
    print(f'  {SET:36} records {len(ids):5}  a keyword in common {share:.3f}  by chance {chance / len(ids):.4f}  '
          f'attainable {attainable(of):.3f}  own record first {first / len(ids):.3f}')
    return 1 if share < FLOOR['share'] or first / len(ids) < FLOOR['own'] else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:4]))
