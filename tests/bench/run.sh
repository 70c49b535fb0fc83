#!/bin/bash
# run.sh N: builds and measures Chengguo beside other engines on the same N records and
# queries, and prints machine, sizes and ratios. The harness of the other engines lies in
# ../shared/peers (or $PEERS); without it only Chengguo's own figures are printed, over
# records of chengguo-gen. Work goes to build/bench. docs/performance.md says how to read it.
set -eu
cd "$(dirname "$0")/../.."
n=${1:?usage: run.sh N}
peers=${PEERS:-$PWD/../shared/peers}
work=$PWD/build/bench
run=$work/$n
bin=$PWD/build/release
mkdir -p "$run"
export LC_ALL=C.UTF-8

echo "machine: $(nproc) x $(awk -F': ' '/model name/{print $2; exit}' /proc/cpuinfo), $(free -g | awk '/Mem:/{print $2}') GiB, $(. /etc/os-release && echo "$PRETTY_NAME")"
echo "load before: $(cut -d' ' -f1-3 /proc/loadavg)"

others="lucene lucene-arrays proto-best"
if [ -d "$peers" ]; then
    PEERS_DIR=$work BUILD_ONLY=1 sh "$peers/run.sh" "$n" $others
    [ -s "$run/tsv.jsonl" ] || "$bin/chengguo-gen" --from-tsv "$run/data.tsv" --out "$run/tsv.jsonl"
else
    others=
    echo "no $peers: other engines are left out, records are generated"
    [ -s "$run/tsv.jsonl" ] || "$bin/chengguo-gen" --clean --count "$n" --out "$run/tsv.jsonl" --truth "$run/truth.json"
    [ -s "$run/queries.tsv" ] || printf 'kw1\t瓦斯\t\nkw23\t煤矿|瓦斯\t\nbroad\t技术\t\nfilter\t\tcategory=0,year=24\n' >"$run/queries.tsv"
fi

# Build: wall, CPU and memory of the whole process tree, as for the other engines.
store=$run/ix-chengguo
rm -rf "$store"
sync
python3 tests/bench/measure.py chengguo "$run/build.tsv" sh -c "'$bin/chengguo' --store '$store' ingest --json '$run/tsv.jsonl' 2>/dev/null || [ \$? = 3 ]"
sed -i '/^chengguo\t/d' "$run/size.tsv" 2>/dev/null || true
(cd "$store/public" && du -skc index text-* columns-* suggest-* | awk 'END{print "chengguo\t" $1}') >>"$run/size.tsv"

# Queries, engines in turn, twice.
peer() { # ENGINE MODE THREADS WARM OUT
    case $1 in
    chengguo) "$bin/chengguo-peer" query "$store" "$run/queries.tsv" "$2" "$3" "$4" "$5" ;;
    lucene | lucene-arrays)
        jars=$(ls /usr/share/java/lucene-core-8.*.jar /usr/share/java/lucene-analyzers-common-8.*.jar /usr/share/java/lucene-facet-8.*.jar | tr '\n' ':')
        arrays=; [ "$1" = lucene ] || arrays=-Dfacets=arrays
        java -Xmx3g $arrays -cp "$jars:$work/bin/java" LucenePeer query "$run/ix-lucene" "$run/queries.tsv" "$2" "$3" "$4" "$5" ;;
    proto-best) PROTO_TWO=300 "$work/bin/proto" query "$run/ix-proto-best" "$run/queries.tsv" "$2" "$3" "$4" "$5" ;;
    esac
}
: >"$run/qps.tsv"
for pass in 1 2; do
    for mode in full top; do
        for p in $others chengguo; do
            case $p in lucene*) warm=3 ;; *) warm=1 ;; esac
            peer "$p" $mode 1 $warm "$run/out-$p-$mode-$pass" >/dev/null
            line=$(peer "$p" $mode 2 $warm /dev/null)
            printf '%s\t%s\t%s\t0\n' "$p" $mode "${line##*qps }" >>"$run/qps.tsv"
        done
    done
done
# What the public gets for bare words: expansion, relaxing, spelling, marks besides.
for pass in 1 2; do
    peer chengguo answer 1 1 "$run/out-chengguo-answer-$pass" >/dev/null
done
[ -z "$others" ] || python3 "$peers/report.py" "$run" "$others chengguo"
[ -z "$others" ] || python3 tests/bench/verify.py "$run" 200
python3 tests/bench/ratios.py "$run"

# 1,000 more records into the store, as a small batch.
"$bin/chengguo-gen" --clean --seed 99 --count 1000 --out "$run/more.jsonl" --truth "$run/more-truth.json" >/dev/null
rm -rf "$run/ix-more"
cp -r "$store" "$run/ix-more"
start=$(date +%s.%N)
"$bin/chengguo" --store "$run/ix-more" ingest "$run/more.jsonl" >/dev/null 2>&1
echo "incremental: 1,000 records into $n: $(echo "$(date +%s.%N) - $start" | bc) s until visible"
rm -rf "$run/ix-more"

# Office files through source and profile, up to the text that is validated.
tables=$work/tables
if [ ! -s "$tables/rows.xlsx" ]; then
    mkdir -p "$tables"
    python3 tests/bench/tables.py 1000000 "$tables"
fi
for f in rows.csv rows-gb.csv rows.xlsx; do
    echo "reader: $("$bin/chengguo-readers" --profile canonical "$tables/$f")"
done

# Suggestions over a million entries, through the library.
rm -rf "$work/suggest"
mkdir -p "$work/suggest"
"$bin/chengguo-suggest" "$work/suggest" | sed 's/^/suggest: /'
rm -rf "$work/suggest"

# The daemon on one thread, keep-alive on loopback, the same queries, against the library.
"$bin/chengguo" --store "$store" --config tests/bench/serve.ini serve --listen 127.0.0.1:0 --ready-file "$run/ready" 2>/dev/null &
pid=$!
trap 'kill $pid 2>/dev/null || true' EXIT
for _ in $(seq 400); do [ -s "$run/ready" ] && break; sleep 0.05; done
python3 tests/bench/daemon.py "$run" "$(cat "$run/ready")" $pid
kill $pid
wait $pid 2>/dev/null || true
trap - EXIT
rm -f "$run/ready"
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)"
