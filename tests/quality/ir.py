"""Search quality by the real program: ir.py CHENGGUO SET-FOLDER WORK-FOLDER [SET…]

Brings each set of SET-FOLDER/ir in as approved registrations, asks every query of the
daemon over HTTP (/search.json, relevance order, 100 hits), and scores the answers:
MRR@10, nDCG@10 and Recall@100, each a mean over the judged queries. A set may hold its
queries in other scripts (queries.traditional.tsv). Options of the request come from
QUALITY_PARAMS (say, relax=0), so that what a part buys can be measured. Fails below the
figures of FLOOR.
"""
import collections
import concurrent.futures
import http.client
import json
import math
import os
import subprocess
import sys
import tempfile
import urllib.parse

# What each set must reach: (measure, at least).
FLOOR = {
    'csl_keyword': ('nDCG@10', 0.645),
    'csl_title2abstract': ('MRR@10', 0.965),
    'nsfc_keyword2title': ('nDCG@10', 0.325),
    'stard_statutes': ('nDCG@10', 0.555),
    'drcd_qa_traditional': ('MRR@10', 0.950),
}
FOLDED = 0.01  # the other script may differ by so much
THREADS = 2
HITS = 100


def registration(d):
    return json.dumps({
        'kind': 'registration', 'schema': 1, 'uid': d['id'], 'regno': d['id'], 'registry': '140000',
        'state': 'approved', 'consent': 'yes', 'publicity': 'closed', 'secrecy': '非密',
        'category': '应用技术成果', 'title': d.get('title') or d['id'], 'stat_year': 2025,
        'approved_on': '2025-06-30', 'abstract': d.get('abstract') or d.get('text'),
        'units': [{'name': d['organization'] + ' ' + d['id'] if d.get('organization') else '评测' + d['id']}]},
        ensure_ascii=False)


def bring_in(program, folder, work):
    store, path = os.path.join(work, 'store'), os.path.join(work, 'records.jsonl')
    if os.path.exists(store):
        return store
    plain = subprocess.run(['zstd', '-dcq', os.path.join(folder, 'docs.jsonl.zst')],
                           capture_output=True, check=True).stdout.decode()
    docs = [json.loads(line) for line in plain.splitlines()]
    with open(path, 'w', encoding='utf-8') as f:
        for d in docs:
            print(registration(d), file=f)
    done = subprocess.run([program, '--store', store, 'ingest', '--json', path], capture_output=True, text=True)
    if done.returncode not in (0, 3):
        sys.exit(f'ingest ended with {done.returncode}: {done.stderr[-2000:]}')
    counts = json.loads(done.stdout)
    if counts['added'] != len(docs):
        print(f"  {len(docs) - counts['added']} of {len(docs)} documents were not taken: {counts['codes']}")
    return store


class Daemon:
    def __init__(self, program, store):
        self.ready = os.path.join(tempfile.mkdtemp(dir=os.path.dirname(store)), 'ready')
        os.mkfifo(self.ready + '.fifo')
        self.process = subprocess.Popen([program, '--store', store, 'serve', '--listen', '127.0.0.1:0',
                                         '--ready-file', self.ready],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not os.path.exists(self.ready) and self.process.poll() is None:
            pass
        self.host = urllib.parse.urlsplit(open(self.ready).read().strip()).netloc

    def close(self):
        self.process.terminate()
        self.process.wait()

    def ask_all(self, path, asked):
        """Answers of the parameter lists `asked`, in their order."""
        def some(part):
            c = http.client.HTTPConnection(self.host)
            out = []
            for params in part:
                c.request('GET', path + '?' + urllib.parse.urlencode(params))
                r = c.getresponse()
                body = r.read()
                if r.status != 200:
                    sys.exit(f'{r.status} for {params}: {body[:500]!r}')
                out.append(json.loads(body))
            return out
        size = (len(asked) + THREADS - 1) // THREADS or 1
        parts = [asked[i:i + size] for i in range(0, len(asked), size)]
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            return [a for part in pool.map(some, parts) for a in part]


def gain(grades):
    return sum((2 ** g - 1) / math.log2(i + 2) for i, g in enumerate(grades))


def score(qrels, run):
    mrr = ndcg = recall = n = 0
    for qid, grades in qrels.items():
        relevant = {d for d, g in grades.items() if g > 0}
        if not relevant:
            continue
        n += 1
        hits = run.get(qid, [])
        mrr += next((1 / (i + 1) for i, d in enumerate(hits[:10]) if d in relevant), 0)
        ndcg += gain([grades.get(d, 0) for d in hits[:10]]) / gain(sorted(grades.values(), reverse=True)[:10])
        recall += len(relevant & set(hits[:100])) / len(relevant)
    return {'queries': n, 'MRR@10': mrr / n, 'nDCG@10': ndcg / n, 'Recall@100': recall / n}


def read_queries(path):
    return [line.rstrip('\n').split('\t', 1) for line in open(path, encoding='utf-8')]


def main(program, sets, work, only):
    extra = urllib.parse.parse_qsl(os.environ.get('QUALITY_PARAMS', ''))
    failed = []
    for name, (measure, least) in FLOOR.items():
        folder = os.path.join(sets, 'ir', name)
        if (only and name not in only) or not os.path.isdir(folder):
            continue
        own = os.path.join(work, name)
        os.makedirs(own, exist_ok=True)
        daemon = Daemon(program, bring_in(program, folder, own))
        qrels = collections.defaultdict(dict)
        for line in open(os.path.join(folder, 'qrels.txt'), encoding='utf-8'):
            qid, _, doc, grade = line.split()
            qrels[qid][doc] = int(grade)
        first = None
        for path in ['queries.tsv'] + sorted(p for p in os.listdir(folder)
                                             if p.startswith('queries.') and p != 'queries.tsv'):
            queries = read_queries(os.path.join(folder, path))
            answers = daemon.ask_all('/search.json', [
                [('q', text), ('size', HITS), ('highlight', 0)] + extra for _, text in queries])
            run = {qid: [h['uid'] for h in a['hits']] for (qid, _), a in zip(queries, answers)}
            with open(os.path.join(own, path.replace('queries', 'run')), 'w', encoding='utf-8') as f:
                for qid, hits in run.items():
                    for d in hits:
                        print(qid, d, file=f)
            s = score(qrels, run)
            took = sorted(a['took_ms'] for a in answers)
            print(f"  {name + ' ' + path[8:-4]:36} queries {s['queries']:5}  MRR@10 {s['MRR@10']:.3f}  "
                  f"nDCG@10 {s['nDCG@10']:.3f}  Recall@100 {s['Recall@100']:.3f}  "
                  f"p99 {took[len(took) * 99 // 100]:.1f} ms", flush=True)
            if s[measure] < least:
                failed.append(f'{name} {path}: {measure} {s[measure]:.4f}, must be {least}')
            if first is None:
                first = s[measure]
            elif abs(s[measure] - first) > FOLDED:
                failed.append(f'{name} {path}: {measure} {s[measure]:.4f} against {first:.4f} of the plain queries')
        daemon.close()
    for line in failed:
        print('  BELOW:', line)
    return 1 if failed and not extra else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:4], sys.argv[4:]))
