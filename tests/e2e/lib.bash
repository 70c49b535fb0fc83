# lib.bash - what the end-to-end tests share: stores, rows, dumps, the daemon.
#
# `load lib` in a .bats file, and `lib_setup` in its setup_file. run.sh says which programs
# to use; a file run by hand with bats takes those of build/$FLAVOUR.
# Nothing here sleeps for a guessed time: waiting is for a condition, with a limit.

bats_require_minimum_version 1.5.0

lib_setup() {
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    local bin="$ROOT/build/${FLAVOUR:-asan}"
    export ROOT CG=${CHENGGUO:-$bin/chengguo} GEN=${CHENGGUO_GEN:-$bin/chengguo-gen}
    export DUMP=${CHENGGUO_DUMP:-$bin/chengguo-dump}
    export SAMPLE=$ROOT/data/sample/registrations.jsonl TRUTH=$ROOT/data/sample/truth.json
    export LC_ALL=C.UTF-8 TZ=UTC
    export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}
    export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$ROOT/tests/lsan.supp:print_suppressions=0}
    export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
    unset CHENGGUO_STORE
    if [ ! -x "$CG" ] || [ ! -x "$GEN" ]; then
        echo "no $CG or $GEN: run make FLAVOUR=asan test-programs" >&2
        return 1
    fi
}

# An empty place for the store of one test.
fresh_store() {
    export CHENGGUO_STORE="$BATS_TEST_TMPDIR/${1:-store}"
    rm -rf "$CHENGGUO_STORE"
}

# regs FROM TO [JQ-OBJECT]: one valid public registration a line, numbered FROM..TO; the
# object (it may use $i) is laid over each.
regs() {
    jq -cn --argjson a "$1" --argjson b "$2" 'range($a; $b + 1) as $i | ($i + 100000 | tostring | .[2:]) as $n
        | {kind: "registration", schema: 1, uid: "T-\($n)", rev: 1,
           updated_at: "2016-01-01T00:00:00+08:00", registry: "140000", state: "approved",
           consent: "yes", publicity: "closed", secrecy: "非密", regno: "9142015Y\($n)",
           approved_on: "2015-12-\(10 + $i % 20)", stat_year: 2015, category: "A",
           title: "第\($n)号煤层气井筒修复装置", keywords: ["井筒修复"],
           abstract: "编号\($n)的装置用于煤层气井筒修复。",
           units: [{name: "太原第\($i % 7)试验厂", type: "企业", region: "140100"}]}
        | . + ('"${3:-"{}"}"')'
}

# ingest FILE…: brings files in; rows that are refused are no failure here.
ingest() {
    "$CG" ingest "$@" >/dev/null 2>"$BATS_TEST_TMPDIR/ingest.err" || [ $? = 3 ] ||
        { cat "$BATS_TEST_TMPDIR/ingest.err" >&2; return 1; }
}

search() { "$CG" search --json "$@"; }
total() { search --limit 0 "$@" | jq .total; }
records() { jq -c 'select(.kind == "registration")' "$@"; }

# dump: all that a store answers, without what may differ between two ways to the same
# records: revision, instant, time taken, and the order of things nobody ordered.
dump() {
    local a t
    for a in public internal; do
        search --audience "$a" --facets all --sort -approved --limit 10000 |
            jq -S "{a: \"$a\", total, next_cursor: (.next_cursor != null), hits: (.hits | map(del(.score))), facets, facets_other}"
    done
    for t in T01 T02; do "$CG" stats "$t" --format csv; done
}

check_deep() {
    "$CG" check --deep --json >"$BATS_TEST_TMPDIR/check.json" ||
        { cat "$BATS_TEST_TMPDIR/check.json"; return 1; }
    jq -e '.problems == 0' "$BATS_TEST_TMPDIR/check.json" >/dev/null
}

# nap: the pause between two looks at a condition; a read that nothing answers.
nap() {
    local fd
    [ -p "$BATS_TEST_TMPDIR/nap" ] || mkfifo "$BATS_TEST_TMPDIR/nap"
    exec {fd}<>"$BATS_TEST_TMPDIR/nap"
    read -r -t 0.05 -u "$fd" || true
    exec {fd}>&-
}

# wait_for SECONDS COMMAND…: until the command succeeds; fails after the time.
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || { echo "waited in vain for: $*" >&2; return 1; }
        nap
    done
}

# start_daemon [OPTION…]: serves $CHENGGUO_STORE on a free port; sets URL, DAEMON and
# DAEMON_LOG. ${DAEMON_PROGRAM:-$CG} is what runs. stop_daemon ends it as an administrator
# would and fails unless it ended well, which includes what the sanitizers found.
start_daemon() {
    local ready="$BATS_TEST_TMPDIR/ready"
    rm -f "$ready"
    DAEMON_LOG="$BATS_TEST_TMPDIR/daemon.log"
    "${DAEMON_PROGRAM:-$CG}" serve --listen 127.0.0.1:0 --ready-file "$ready" "$@" \
        >/dev/null 2>"$DAEMON_LOG" 3>&- &
    DAEMON=$!
    if ! wait_for 30 daemon_is_ready "$ready"; then
        cat "$DAEMON_LOG" >&2
        return 1
    fi
    URL=$(cat "$ready")
    export URL
}
daemon_is_ready() {
    [ -s "$1" ] && return 0
    kill -0 "$DAEMON" 2>/dev/null || { echo "the daemon died" >&2; exit 1; }
    return 1
}
stop_daemon() {
    local code=0
    [ -n "${DAEMON:-}" ] || return 0
    kill -TERM "$DAEMON"
    wait "$DAEMON" || code=$?
    DAEMON=
    [ "$code" = 0 ] || { echo "the daemon ended with $code" >&2; tail -n 40 "$DAEMON_LOG" >&2; return 1; }
}
# For teardown: whatever still runs is ended.
drop_daemon() {
    [ -z "${DAEMON:-}" ] || { kill -KILL "$DAEMON" 2>/dev/null; wait "$DAEMON" 2>/dev/null; } || true
    DAEMON=
}

get() { curl -fsS --max-time 30 -g "$@"; }

# Every byte below a folder, inflated ones too. Without compiling in the background, for
# whose end Node may wait for ever when it ends itself (nodejs/node#54918).
inflate() { # FOLDER
    node --no-concurrent-recompilation "$ROOT/tests/e2e/inflate.mjs" "$1"
}
