"""Is search exact? exact.py CHENGGUO WORK-FOLDER [N=10000] [SEED=1]

Every quoted substring of 1 to 6 characters must be found, and total must equal brute
force. Brings the sample and random hard texts in,
serves both audiences, reads every visible record back as JSON, then asks N
strings of the real daemon over HTTP: pieces of random values at token borders, pieces
that cut tokens, pieces typed another way (other case, full width, blanks between Han),
joined pieces that mostly stand nowhere, and Han without quotes (literal as well, with
relax=0 and expand=0); one in ten within a field that is searched by name only. A Python scan
over the same values, with a normaliser of its own (matching.py), says what is right.

Compared for each: total, and the uids where they fit on a page. For one in twenty also
all facet counts, under a filter, and the marks of the highlighted titles. All must be
equal; prints the figures and the first differences.
"""
import collections
import html
import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import urllib.parse

sys.dont_write_bytecode = True  # leaves nothing beside the sources
import matching  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, '..', '..')
PAGE = 100
RANDOM_RECORDS = 240

# What a query without field looks in, and what it looks in by name only (docs/query-language.md).
SEARCHED = {'标题': 'title', '关键词': 'keywords', '单位': 'units.name', '人员': 'people.name', '登记号': 'regno',
            '摘要': 'abstract', '创新点': 'points', '技术指标': 'metrics', '推广前景': 'prospects'}
NAMED = {'推荐单位': 'recommender.name', '登记单位': 'approver.name', '权属单位': 'owner.name',
         '项目名称': 'project_title', '项目编号': 'project_no', '专利号': 'ip.no', '专利名称': 'ip.title',
         '标准号': 'standards.no', '论文': 'papers.title', '分类号': 'clc', '评价单位': 'evaluation.org'}

# Where facets come from, and what a face shows of a code.
FACETS = {'category': 'category', 'year': 'stat_year', 'region': 'units.region', 'first_unit': 'units.name',
          'unit': 'units.name', 'unit_type': 'units.type', 'hitech': 'hitech', 'industry': 'industry',
          'discipline': 'discipline', 'status': 'application.status', 'stage': 'stage', 'maturity': 'maturity',
          'level': 'level', 'form': 'form', 'attribute': 'attribute', 'evaluation': 'evaluation.kind',
          'source': 'source', 'plan': 'plan', 'sei': 'sei', 'ip': 'ip.kind', 'cooperation': 'cooperation',
          'recommender': 'recommender.name', 'person': 'people.name', 'keyword': 'keywords'}
OF_FIRST_UNIT = ('region', 'first_unit', 'unit_type')

PIECES = [
    '研究生命', '南京市长江大桥', '5G通信', 'C60混凝土', 'Al2O3', 'Al₂O₃', '3.5nm', 'ＬＮＧ', 'LNG', '发电', '發電', 'H₂O',
    '一号', '1号', '－Ⅱ型', '-II型', '泵', '閥', '阀', '𠮷', '𠀀', '𪚥', '𫝀', '𬌗', '𮯠', '𰻞', '𱁬', '𰀀', '豈', '更', '丽', '⾦', '⺌',
    '〇', '々', '的', '3D-Var', '底物-酶', '《公羊传》', 'COVID-19', 'IL‑6', 'TiO₂/Fe₃O₄', 'μm', 'µm', '㎛', '10⁻³', '2,4-D',
    'β-环糊精', '㎡', '℃', '°C', 'Ⅳ', '①', '⑳', '㍿', '㏄', '㈱', 'é', 'e\u0301', 'ǰ\u0323', 'Å', 'Å', 'A\u030A', 'ﬁ', 'ß', 'ẞ', 'İ',
    'ſ', 'ǅ', 'か\u3099', 'ガ', 'ｶﾞ', 'ひらがな', '각', '\u1100\u1161\u11A8', 'ﷺ', 'ที่', 'நி', '𝒙', '𝟗', '𐐀', '😀', '👨\u200D👩\u200D👧', '🇨🇳', '✈\uFE0F',
    '葛\U000E0100', '\u200B', '\u00AD', '\uFEFF', '\u2060', '\u202E', ' ', '  ', '\u3000', '\u00A0', '\t', '\n', '\u2028', '，', '。',
    '、', '；', '：', '？', '！', '（', '）', '“', '”', '『', '』', '「', '」', '"', '＂', "'", '·', '・', '‧', '…', '‐', '‑', '–', '—', '－',
    '−', '﹣', '〜', '～', '∼', '×', 'x\u0304', '÷', '±', '≤', '％', '%', '‰', '/', '\\', '*', '＊', '|', '｜', '&', '<', '>', '#', '@', '_',
    '^', '{', '}', '[', ']', '〔', '〕', '【', '】', '12', '３', 'Ａ', 'b', 'ABC', 'π', 'Ω', 'Ω', 'Жуков', 'naïve', '砼', '薴', '苧', '苎',
    '後', '后', '乾', '干', '瓦斯', '煤', '矿', '钢-混凝土', '水—岩', '中科院', '北京市海淀区']
RANGES = [(0x20, 0x7E), (0xA1, 0x17F), (0x370, 0x3FF), (0x2010, 0x205E), (0x2070, 0x209C), (0x2100, 0x218B),
          (0x2460, 0x24FF), (0x2E80, 0x2EF3), (0x3001, 0x303F), (0x3041, 0x30FF), (0x3220, 0x33FF), (0x3400, 0x4DBF),
          (0x4E00, 0x9FFC), (0x7D00, 0x7EFF), (0xAC00, 0xAC80), (0xF900, 0xFAD9), (0xFE30, 0xFE6B), (0xFF01, 0xFFEE),
          (0x1D400, 0x1D7FF), (0x1F300, 0x1F64F), (0x20000, 0x200FF), (0x2A700, 0x2A7FF), (0x2F800, 0x2FA1D),
          (0x30000, 0x3134A), (0x300, 0x33F)]


def random_text(rng, pieces):
    out = []
    for _ in range(rng.randint(1, pieces)):
        out.append(rng.choice(PIECES) if rng.random() < 0.8 else chr(rng.randint(*rng.choice(RANGES))))
    return ''.join(out)


def random_record(rng, i):
    return {
        'kind': 'registration', 'schema': 1, 'uid': f'RANDOM-{i:04}', 'regno': f'9149925Y{i:04}', 'registry': '140000',
        'state': 'approved', 'consent': 'yes', 'publicity': rng.choice(['closed', 'closed', 'site_open']), 'secrecy': '非密',
        'category': rng.choice('ABS'), 'title': f'第{i}号' + random_text(rng, 12), 'stat_year': rng.randint(2020, 2025),
        'approved_on': f'{rng.randint(2020, 2025)}-06-{rng.randint(10, 28)}', 'abstract': random_text(rng, 160),
        'keywords': ['词' + random_text(rng, 4) for _ in range(rng.randint(1, 4))],
        'points': random_text(rng, 60), 'prospects': random_text(rng, 60), 'project_title': '题' + random_text(rng, 10),
        'units': [{'name': f'太原第{i}厂' + random_text(rng, 3), 'type': '企业', 'region': '140100'}]}


def run(program, store, *args):
    done = subprocess.run([program, '--store', store, *args], capture_output=True, text=True)
    if done.returncode not in (0, 3):
        sys.exit(f'{args[0]} ended with {done.returncode}: {done.stderr[-2000:]}')
    return done.stdout


def bring_in(program, work, rng):
    store, path = os.path.join(work, 'store'), os.path.join(work, 'random.jsonl')
    with open(path, 'w', encoding='utf-8') as f:
        for i in range(1, RANDOM_RECORDS + 1):
            print(json.dumps(random_record(rng, i), ensure_ascii=False), file=f)
    for file in [os.path.join(ROOT, 'data', 'sample', 'registrations.jsonl'), path]:
        counts = json.loads(run(program, store, 'ingest', '--json', file))
        if file == path and counts['added'] < RANDOM_RECORDS * 0.95:
            sys.exit(f'most of the random records were not taken: {counts}')
    return store


class Daemon:
    def __init__(self, program, store, audience):
        ready = os.path.join(tempfile.mkdtemp(dir=os.path.dirname(store)), 'ready')
        self.log = open(ready + '.log', 'w', encoding='utf-8')
        self.process = subprocess.Popen([program, '--store', store, 'serve', '--audience', audience, '--listen',
                                         '127.0.0.1:0', '--ready-file', ready, '--quiet'],
                                        stdout=subprocess.DEVNULL, stderr=self.log)
        while not os.path.exists(ready) and self.process.poll() is None:
            pass
        if self.process.poll() is not None:
            sys.exit(f'the daemon ended with {self.process.returncode}; see {self.log.name}')
        self.http = http.client.HTTPConnection(urllib.parse.urlsplit(open(ready).read().strip()).netloc)

    def get(self, path, params=()):
        self.http.request('GET', path + ('?' + urllib.parse.urlencode(params) if params else ''))
        r = self.http.getresponse()
        body = r.read()
        if r.status != 200:
            sys.exit(f'{r.status} for {path} {params}: {body[:500]!r}')
        return json.loads(body)

    def close(self):
        self.http.close()
        self.process.terminate()
        if self.process.wait() != 0:
            sys.exit(f'the daemon ended with {self.process.returncode}: {open(self.log.name).read()[-3000:]}')


def values(record, path):
    """The strings at a path; a list of objects gives one each."""
    outer, _, key = path.partition('.')
    v = record.get(outer)
    for one in v if isinstance(v, list) else [v]:
        one = one.get(key) if key and isinstance(one, dict) else None if key else one
        if isinstance(one, (str, int)) and not isinstance(one, bool) and one != '':
            yield str(one)


class Truth:
    """All that one audience may see, read from its daemon, and scans over it."""

    def __init__(self, daemon):
        self.daemon, self.records, self.facet = daemon, [], []
        answer = daemon.get('/search.json', [('sort', 'approved'), ('size', PAGE), ('highlight', 0)])
        self.total = answer['total']
        while True:
            for hit in answer['hits']:
                record = daemon.get(hit['url'] + '.json')
                self.records.append(record | {'units_as': hit.get('units_as')})
            if not answer['next_cursor']:
                break
            answer = daemon.get('/search.json', [('sort', 'approved'), ('size', PAGE), ('highlight', 0),
                                                 ('cursor', answer['next_cursor'])])
        self.uid = [r['uid'] for r in self.records]
        if len(set(self.uid)) != self.total:
            sys.exit(f'{len(set(self.uid))} records listed, {self.total} promised')
        self.everywhere, self.field, self.pool = matching.Texts(), {}, collections.defaultdict(list)
        for name, path in (SEARCHED | NAMED).items():
            self.field[name] = matching.Texts()
            for i, record in enumerate(self.records):
                for v in values(record, path):
                    self.field[name].add(i, v)
                    if name in SEARCHED:
                        self.everywhere.add(i, v)
                    self.pool[name].append(v)
        self.titles = [matching.matching_text(r['title']) for r in self.records]
        self.facets = [{f: set(self.facet_values(r, f)) for f in FACETS} for r in self.records]

    @staticmethod
    def facet_values(record, name):
        found = list(values(record, FACETS[name]))
        if name in ('unit', 'first_unit') and record['units_as']:
            found = record['units_as']
        if name in OF_FIRST_UNIT:
            found = found[:1]
        if name == 'region':
            return [v[:4] + '00' if v[:2] + '0000' != v else v for v in found]
        if name == 'discipline':
            return [v[:3] for v in found]
        if name == 'industry':
            return [v[:1] for v in found]
        return found

    def count_facet(self, name, among):
        return dict(collections.Counter(v for i in among for v in self.facets[i][name]))


def at_border(text, i):
    return i in (0, len(text)) or not (matching.is_word(text[i - 1]) and matching.is_word(text[i]))


def piece(rng, value, most, cut):
    for _ in range(30):
        a = rng.randrange(len(value))
        b = min(len(value), a + rng.randint(1, most))
        if cut or (at_border(value, a) and at_border(value, b)):
            return value[a:b]
    return ''


def retype(rng, text):
    way = rng.randrange(4)
    if way == 0:
        return text.swapcase()
    if way == 1:
        return ''.join(chr(ord(c) + 0xFEE0) if '!' <= c <= '~' else c for c in text)
    if way == 2:
        return ' '.join(text) if all(matching.is_han(c) for c in text) else text
    return '\u3000' + text + ' '


def draw(rng, truth):
    """One string to ask: (kind, field or None, text, q), or None when it cannot be asked."""
    name = rng.choice([f for f in (NAMED if rng.random() < 0.1 else SEARCHED) if truth.pool[f]])
    value = rng.choice(truth.pool[name])
    dice = rng.random()
    kind = ('border' if dice < 0.6 else 'cut' if dice < 0.7 else 'retyped' if dice < 0.8 else
            'bare' if dice < 0.85 else 'joined')
    if kind == 'joined':
        text = piece(rng, value, 3, True) + piece(rng, rng.choice(truth.pool[name]), 3, True)
    else:
        text = piece(rng, value, 6, kind == 'cut')
        text = retype(rng, text) if kind == 'retyped' else text
    field = name if name in NAMED or rng.random() < 0.05 else None
    prefix = '' if field is None else field + ':'
    if not matching.is_searchable(matching.matching_text(text)) or '\0' in text:
        return None
    if kind == 'bare':
        return (kind, field, text, prefix + text) if all(map(matching.is_han, text)) else None
    straight, curly = '"' in text or '\uFF02' in text, '\u201D' in text
    if straight and curly:
        return None
    return kind, field, text, prefix + ('\u201C' + text + '\u201D' if straight else '"' + text + '"')


def check_marks(truth, hit, needle, field, i):
    """Differences in the highlighted title of a record that was found."""
    marked = hit['title_html']
    if html.unescape(marked.replace('<mark>', '').replace('</mark>', '')) != truth.records[i]['title']:
        yield 'title_html is not the title'
    spans = [matching.matching_text(html.unescape(m)) for m in re.findall('<mark>(.*?)</mark>', marked, re.S)]
    if any(needle not in s for s in spans):
        yield f'marked without a match: {spans}'
    one = matching.Texts()
    one.add(0, truth.records[i]['title'])
    if bool(spans) != bool(one.find(needle)) and field in (None, '标题'):
        yield f'title marked {spans}'


def check_facets(rng, truth, params, found):
    """All facets of the same question, half of the time under a filter."""
    where = {}
    if rng.random() < 0.5:
        record = rng.choice(truth.records)
        where = {'category': record.get('category'), 'year': str(record.get('stat_year'))}
        where = {k: v for k, v in where.items() if v and v != 'None' and rng.random() < 0.7}
    got = truth.daemon.get('/search.json', params + [('facets', 'all'), ('facet_size', 1000)] + list(where.items()))

    def passing(but=None):
        return [i for i in found if all(v in truth.facets[i][f] for f, v in where.items() if f != but)]
    if got['total'] != len(passing()):
        yield f'under {where} total {got["total"]}, should be {len(passing())}'
    for f in FACETS:
        given = {v['value']: v['count'] for v in got['facets'].get(f, []) if v['value'] != 'none' and v['count']}
        want = truth.count_facet(f, passing(f))
        if len(want) <= 1000 and given != want:
            odd = {v: (given.get(v), want.get(v)) for v in given.keys() | want.keys() if given.get(v) != want.get(v)}
            yield f'under {where} facet {f} (given, should be): {dict(list(odd.items())[:5])}'


def ask(rng, truth, figures):
    """Asks one string; yields what is wrong."""
    drawn = None
    while drawn is None:
        drawn = draw(rng, truth)
    kind, field, text, q = drawn
    needle = matching.matching_text(text)
    found = (truth.everywhere if field is None else truth.field[field]).find(needle)
    closer = rng.random() < 0.05
    params = [('q', q), ('highlight', int(closer)), ('size', PAGE if closer or len(found) <= 20 else 1)]
    if kind == 'bare':
        params[:0] = [('relax', 0), ('expand', 0)]
    answer = truth.daemon.get('/search.json', params)
    figures['asked ' + kind] += 1
    figures['asked'] += 1
    figures['in a named field'] += field is not None
    figures['found somewhere'] += bool(found)
    figures['records found'] += len(found)
    wrong = []
    if answer['total'] != len(found) or answer['query']['relaxed']:
        wrong.append(f"total {answer['total']}, should be {len(found)}")
    elif len(found) <= params[-1][1] and {h['uid'] for h in answer['hits']} != {truth.uid[i] for i in found}:
        wrong.append('other records than brute force')
    if closer:
        figures['with all facets and marks'] += 1
        at = {truth.uid[i]: i for i in found}
        for hit in answer['hits']:
            if hit['uid'] in at:
                wrong += check_marks(truth, hit, needle, field, at[hit['uid']])
        wrong += check_facets(rng, truth, params[:-1] + [('size', 1)], found)
    figures['equal'] += not wrong
    return [f'{q!r}: {w}' for w in wrong]


def main(program, work, n='10000', seed='1'):
    rng = random.Random(int(seed))
    os.makedirs(work, exist_ok=True)
    store = bring_in(program, work, rng)
    truths = [Truth(Daemon(program, store, a)) for a in ('public', 'internal')]
    figures, wrong = collections.Counter(), []
    for i in range(int(n)):
        wrong += ask(rng, truths[i % 5 == 4], figures)
    for t in truths:
        t.daemon.close()
    print('  records: public {}, internal {}'.format(*(len(t.records) for t in truths)))
    print('  ' + ', '.join(f'{k} {v}' for k, v in figures.items()))
    for line in wrong[:20]:
        print('  WRONG', line)
    print(f"  exactness {figures['equal'] / figures['asked']:.2%} of {figures['asked']}")
    if figures['found somewhere'] < figures['asked'] / 2:
        sys.exit('too few of the strings stand anywhere: this proves little')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
