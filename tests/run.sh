#!/bin/bash
# run.sh all|unit|e2e: runs the test programs that `make` built, and counts.
# The last line is "N passed, N failed, N skipped"; a skip says why and is not a pass.
# Exit code 1 when anything failed or nothing ran.
set -u
cd "$(dirname "$0")/.." || exit 1
what=${1:-all}
bin=build/asan
export CMOCKA_MESSAGE_OUTPUT=TAP LC_ALL=C.UTF-8 TZ=UTC
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0:strict_string_checks=1}
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
export TSAN_OPTIONS=${TSAN_OPTIONS:-exitcode=66:suppressions=$PWD/tests/tsan.supp}
export CHENGGUO=$PWD/$bin/chengguo CHENGGUO_DRAW=$PWD/$bin/chengguo-draw
export CHENGGUO_DUMP=$PWD/$bin/chengguo-dump
export CHENGGUO_GEN=$PWD/$bin/chengguo-gen CHENGGUO_TSAN=$PWD/build/tsan/chengguo
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# tally NAME EXIT-CODE: counts the TAP lines in $log; a program that dies without a
# "not ok" is a failure of its own.
tally() {
    local ok bad skip
    skip=$(grep -c '^ok .*# [Ss][Kk][Ii][Pp]' "$log")
    ok=$(($(grep -c '^ok ' "$log") - skip))
    bad=$(grep -c '^not ok ' "$log")
    if [ "$2" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
    if [ "$2" = 0 ] && [ $((ok + bad + skip)) = 0 ]; then
        echo "no test ran" >>"$log"
        bad=1
    fi
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
    printf '%-44s %4d passed %3d failed %3d skipped\n' "$1" "$ok" "$bad" "$skip"
    [ "$skip" = 0 ] || grep '^ok .*# [Ss][Kk][Ii][Pp]' "$log"
    [ "$bad" = 0 ] || tail -n 80 "$log"
    # figures that an end-to-end test counted: kills, cells, answers
    [ "$bad" != 0 ] || grep '^# .*[0-9]' "$log" | grep -v '^# ok' | head -n 8
}

run() { # NAME COMMAND...
    local name=$1 code=0
    shift
    "$@" >"$log" 2>&1 || code=$?
    tally "$name" "$code"
}

if [ "$what" != e2e ]; then
    for f in tests/unit/test_*.c tests/prop/test_*.c; do
        run "$f" timeout 600 "$bin/${f%.c}"
    done
    for f in tests/fuzz/fuzz_*.c; do
        name=$(basename "$f" .c)
        run "$f" timeout 600 "$bin/tests/fuzz/$name" "tests/fuzz/corpus/${name#fuzz_}"
    done
fi
if [ "$what" != unit ]; then
    for f in tests/e2e/*.bats; do
        run "$f" timeout 900 bats --tap "$f"
    done
    for f in tests/browser/test_*.mjs; do
        [ -e "$f" ] || continue
        run "$f" timeout 600 node "$f"
    done
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
