#!/usr/bin/env bats
# What no honest reader types: tests/cases/hostile, every code point, random bytes. Each
# gets an answer or a problem, and the daemon ends well, which the sanitizers check.
load lib

setup_file() {
    lib_setup
    export CHENGGUO_STORE="$BATS_FILE_TMPDIR/store"
    "$CG" ingest "$SAMPLE" >/dev/null 2>&1
}
setup() {
    export CHENGGUO_STORE="$BATS_FILE_TMPDIR/store"
    start_daemon --quiet
}
teardown() { drop_daemon; }

hostile() {
    python3 "$ROOT/tests/e2e/hostile.py" "$URL" "$1" >"$BATS_TEST_TMPDIR/figures" ||
        { cat "$BATS_TEST_TMPDIR/figures"; tail -n 60 "$DAEMON_LOG"; return 1; }
    echo "# $1: $(cat "$BATS_TEST_TMPDIR/figures")" >&3
    [ "$(get "$URL/healthz")" = ok ]
    [ "$(get "$URL/search.json?size=0" | jq .total)" = "$(jq .visible "$TRUTH")" ]
    stop_daemon
}

@test "hostile requests get an answer or a problem, from every face" { hostile cases; }

@test "every code point is an answer, every surrogate is refused" { hostile planes; }

@test "random bytes get an answer or a problem" { hostile bytes; }
