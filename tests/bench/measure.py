#!/usr/bin/env python3
"""measure.py LABEL OUT.tsv COMMAND...: wall and CPU seconds and peak memory of a command and
all its children. Appends a line: label, wall, CPU, peak resident MB, peak anonymous MB, last
line of output, CPU seconds that other jobs took meanwhile (replaces an older line of LABEL)."""
import os, resource, subprocess, sys, time


def tree(pid):
    todo, out = [pid], []
    while todo:
        p = todo.pop()
        out.append(p)
        try:
            for t in os.listdir(f'/proc/{p}/task'):
                todo += map(int, open(f'/proc/{p}/task/{t}/children').read().split())
        except OSError:
            pass
    return out


def memory(pid):
    resident = anonymous = 0
    for p in tree(pid):
        try:
            for line in open(f'/proc/{p}/status'):
                key, _, value = line.partition(':')
                if key == 'VmRSS':
                    resident += int(value.split()[0])
                elif key == 'RssAnon':
                    anonymous += int(value.split()[0])
        except OSError:
            pass
    return resident, anonymous


def busy():
    v = [int(x) for x in open('/proc/stat').readline().split()[1:9]]
    return (sum(v) - v[3] - v[4]) / os.sysconf('SC_CLK_TCK')


label, path, command = sys.argv[1], sys.argv[2], sys.argv[3:]
start, others = time.monotonic(), busy()
child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
peak = [0, 0]
while child.poll() is None:
    peak = [max(a, b) for a, b in zip(peak, memory(child.pid))]
    time.sleep(.05)
wall = time.monotonic() - start
last = child.stdout.read().strip().split('\n')[-1]
print(last)
if child.returncode:
    sys.exit(child.returncode)
use = resource.getrusage(resource.RUSAGE_CHILDREN)
cpu = use.ru_utime + use.ru_stime
old = [l for l in open(path)] if os.path.exists(path) else []
with open(path, 'w') as f:
    f.writelines(l for l in old if not l.startswith(label + '\t'))
    f.write('\t'.join(map(str, [label, round(wall, 2), round(cpu, 2), peak[0] // 1024,
                                peak[1] // 1024, last, round(busy() - others - cpu, 1)])) + '\n')
