"""Asks a running daemon what nobody should: hostile.py URL cases|planes|bytes

  cases   every line of tests/cases/hostile/cases.jsonl, of every face that takes text
  planes  every code point once, in queries of at most 4 KB, bare and quoted; surrogates
          (as WTF-8) each refused
  bytes   random bytes, percent-encoded or not, cut anywhere

Each answer must be 200 and whole, or a 4xx problem with a code (a page for HTML), or 503
`deadline`. A connection that breaks, or that is silent for 30 seconds, is a failure.
Prints the figures; the first failures; ends with 1 when there are any.
"""
import collections
import json
import os
import random
import socket
import sys
import urllib.parse

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cases', 'hostile', 'cases.jsonl')
SILENT = 30
SUGGEST_MOST = 1000  # bytes of q that /suggest takes
OF_CONNECTION = (414, 431)  # libmicrohttpd's own answers to what exceeds a connection's memory


class Client:
    """HTTP/1.1 over a socket: it sends any bytes, where a library would object."""

    def __init__(self, url):
        place = urllib.parse.urlsplit(url)
        self.place = (place.hostname, place.port)
        self.socket = None

    def open(self):
        self.socket = socket.create_connection(self.place, SILENT)
        self.reader = self.socket.makefile('rb')

    def ask(self, target):
        """(status, content type, body)"""
        if self.socket is None:
            self.open()
        self.socket.sendall(b'GET ' + target + b' HTTP/1.1\r\nHost: test\r\n\r\n')
        status = int(self.reader.readline().split()[1])
        head = {}
        while (line := self.reader.readline().strip()):
            name, _, value = line.partition(b':')
            head[name.lower()] = value.strip().decode()
        body = self.reader.read(int(head.get(b'content-length', 0)))
        if head.get(b'connection', '').lower() == 'close' or status >= 400:
            self.close()
        return status, head.get(b'content-type', ''), body

    def close(self):
        if self.socket is not None:
            self.reader.close()
            self.socket.close()
        self.socket = None


class Judge:
    def __init__(self, url):
        self.client, self.figures, self.wrong = Client(url), collections.Counter(), []

    def problem_of(self, face, status, kind, body):
        """What is wrong with an answer, and its problem's code."""
        if status in OF_CONNECTION and not body.startswith(b'{'):
            return None, 'uri_too_long'
        if status != 200 and not 400 <= status < 500 and status != 503:
            return f'status {status}', None
        if face == 'html':
            whole = kind.startswith('text/html') and body.rstrip().endswith(b'</html>')
            return None if whole and status != 503 else f'no whole page: {status} {kind}', None
        try:
            answer = json.loads(body.decode())
        except ValueError as e:
            return f'no JSON: {e}', None
        if status == 200:
            return (None if kind.startswith('application/json') else kind), None
        code = answer.get('code')
        if not code or not kind.startswith('application/problem+json') or (status == 503 and code != 'deadline'):
            return f'{status} {kind} {answer}', code
        return None, code

    def ask(self, face, target, note, codes=None):
        try:
            status, kind, body = self.client.ask(target)
            wrong, code = self.problem_of(face, status, kind, body)
        except (OSError, ValueError, IndexError) as e:
            self.client.close()
            wrong, code, status = f'no answer: {e!r}', None, 0
        page = face == 'html' and 400 <= status < 500 and 200 not in (codes or [])
        if not wrong and codes and (code or status) not in codes and not page:
            wrong = f'{status} {code}, should be {codes}'
        self.figures['asked'] += 1
        self.figures[f'{status} {code}' if code else f'answered {status}'] += 1
        if wrong:
            self.wrong.append(f'{note}: {wrong}\n    {target[:300]!r}')

    def end(self):
        print(', '.join(f'{k} {v}' for k, v in sorted(self.figures.items())))
        for line in self.wrong[:20]:
            print(line)
        return 1 if self.wrong or not self.figures['answered 200'] else 0


def query_of(case):
    """The query string of a case, as bytes."""
    if 'bytes' in case:
        return case['bytes'].encode()
    if 'raw' in case:
        again, n = case.get('again', ['', 0])
        return (case['raw'] + ''.join(again.replace('#', str(i)) for i in range(n))).encode()
    times = case.get('times', 1)
    if 'run' in case:
        first, n = case['run']
        case['q'] = ''.join(chr(ord(first) + i) for i in range(n))
    text = (case.get('before', '') + case['q'] * times + case.get('then', '') + case.get('close', '') * times +
            case.get('after', ''))
    return b'q=' + urllib.parse.quote_from_bytes(text.encode('utf-8', 'surrogatepass'), '').encode()


def faces(judge):
    """(face, path, name of the text) of all that take a text, and the similar records of one."""
    hit = json.loads(judge.client.ask(b'/search.json?size=1')[2])['hits'][0]
    return [('json', b'/search.json', b'q'), ('html', b'/search', b'q'), ('json', b'/suggest.json', b'q'),
            ('json', b'/similar.json', b'text')], hit['url'].replace('/achievement/', '/similar/').encode()


def cases(judge):
    known, similar = faces(judge)
    judge.ask('json', similar + b'.json', 'similar records', [200])
    judge.ask('json', b'/similar.json?text=%E7%93%A6%E6%96%AF', 'records like a text', [200])
    judge.ask('json', b'/suggest.json?q=a', 'suggestions', [200])
    for line in open(CASES, encoding='utf-8'):
        case = json.loads(line)
        query = query_of(case)
        for face, path, name in known:
            search = path.startswith(b'/search')
            if case.get('only') == 'search' and not search:
                continue
            asked = query.replace(b'q=', name + b'=', 1) if name != b'q' else query
            judge.ask(face, path + b'?' + asked, case['note'], case.get('code') if search else None)
        judge.ask('json', similar + b'.json?' + query, case['note'])
    # The text as a path: a record that is not there, whatever it holds.
    for line in open(CASES, encoding='utf-8'):
        query = query_of(json.loads(line))
        if query.startswith(b'q='):
            for place in (b'/similar/', b'/achievement/'):
                judge.ask('json', place + query[2:] + b'.json', 'as a path')


def chunks(most):
    """All code points but the surrogates, in texts of at most so many bytes."""
    part, size = [], 0
    for c in map(chr, range(0x110000)):
        if '\uD800' <= c <= '\uDFFF' or c in '\0"':
            continue
        n = len(c.encode())
        if size + n > most:
            yield ''.join(part)
            part, size = [], 0
        part.append(c)
        size += n
    yield ''.join(part)


def planes(judge):
    for text in chunks(4000):
        coded = urllib.parse.quote(text, '').encode()
        judge.ask('json', b'/search.json?size=1&q=' + coded, 'code points')
        judge.ask('json', b'/search.json?size=1&q=%22' + coded + b'%22', 'code points, quoted')
        judge.ask('json', b'/similar.json?text=' + coded, 'code points')
    for text in chunks(SUGGEST_MOST):
        coded = urllib.parse.quote(text, '').encode()
        judge.ask('json', b'/suggest.json?q=' + coded, 'code points', [200])
    for c in range(0xD800, 0xE000, 16):
        wtf8 = urllib.parse.quote_from_bytes(chr(c).encode('utf-8', 'surrogatepass')).encode()
        for path in (b'/search.json?q=', b'/suggest.json?q=', b'/similar.json?text='):
            judge.ask('json', path + b'a' + wtf8, 'surrogate', ['invalid_utf8'])


def random_bytes(judge):
    rng = random.Random(int(os.environ.get('CHENGGUO_SEED') or 38))
    words = ['瓦斯', '煤矿', '技术', 'OR', 'AND', 'NEAR/2', '-', '"', '(', ')', '*', ':', '标题', '年度:2020..', ' ', 'a', '1']
    for _ in range(1500):
        raw = bytearray(''.join(rng.choice(words) for _ in range(rng.randint(1, 60))).encode())
        for _ in range(rng.choice([0, 0, 1, 3])):
            raw[rng.randrange(len(raw))] = rng.randrange(256)
        coded = urllib.parse.quote_from_bytes(bytes(raw[:rng.randint(1, len(raw))]), '').encode()
        if rng.random() < 0.1:
            coded = coded[:-1]
        path = rng.choice([b'/search.json?size=2&q=', b'/search.json?size=2&facets=all&q=', b'/suggest.json?q=',
                           b'/similar.json?text=', b'/search.json?unit=', b'/search.json?sort=title&q='])
        judge.ask('json', path + coded, 'random bytes')


if __name__ == '__main__':
    it = Judge(sys.argv[1])
    {'cases': cases, 'planes': planes, 'bytes': random_bytes}[sys.argv[2]](it)
    sys.exit(it.end())
