#!/usr/bin/env bats
# Readers while a writer publishes revision after revision, in place and by exchange of the
# whole set: every answer is 200 and of one revision, its totals are exactly those of that
# revision, and for one client revisions never go back.
load lib

INGESTS=24
CLIENTS=3

setup_file() { lib_setup; }
setup() { cd "$BATS_TEST_TMPDIR" && fresh_store; }
teardown() {
    touch "$BATS_TEST_TMPDIR/done"
    drop_daemon
}

# What each client asks, over one connection a round. Revision r holds 5 + 3 (r - 1)
# records, all of which match.
questions() {
    local q
    for q in "q=井筒修复&facets=all" "q=%22煤层气井筒%22&size=5&sort=title" "" "category=A&facets=category,year" \
        "q=装置&sort=-approved&size=3" "q=井筒&year=2015&facets=unit" "q=-小麦&size=1" "q=井筒+NEAR%2F5+装置"; do
        echo "url = \"$URL/search.json?$q\""
        echo 'write-out = "\n%{http_code}\n"'
    done
    echo "url = \"$URL/stats/T01.json?year=2015\""
    echo 'write-out = "\n%{http_code}\n"'
}

client() { # N: rounds until the writer is done, and one more
    local last=0
    for _ in $(seq 2000); do
        [ ! -e done ] || last=1
        curl -s -g -K questions --max-time 60 >>"client-$1" || echo "curl failed $?" >>"client-$1"
        [ "$last" = 0 ] || break
    done
}

# torture PROGRAM: the daemon under readers and a writer; then every answer is judged.
torture() {
    local i clients=() pid
    regs 1 5 >first.jsonl
    ingest first.jsonl
    DAEMON_PROGRAM=$1 start_daemon --quiet --threads 4
    questions >questions
    for i in $(seq $CLIENTS); do
        client "$i" 3>&- &
        clients+=($!)
    done
    printf '[index]\nbulk = 1\nprocesses = 1\n' >bulk.ini
    for i in $(seq $INGESTS); do
        regs $((3 + 3 * i)) $((5 + 3 * i)) >next.jsonl
        "$CG" ingest next.jsonl 2>ingest.err || { cat ingest.err; return 1; }
        # now and then the whole set is exchanged, under the same revision
        [ $((i % 6)) != 0 ] || "$CG" rebuild >/dev/null
    done
    touch done
    for pid in "${clients[@]}"; do wait "$pid"; done
    get "$URL/metrics" >metrics
    stop_daemon
    for i in $(seq $CLIENTS); do
        run ! grep -v -e '^{' -e '^200$' "client-$i"
        grep '^{' "client-$i" | jq -c 'if .extension then
                {stats: true, revision: .extension.revision, total: .extension.records[-3]}
            else {revision, total, facets: ([.facets.category // [] | .[].count] | add), hits: (.hits | length), size} end' >answers
        [ "$(grep -c '^200$' "client-$i")" -eq "$(wc -l <answers)" ]
        jq -s -e 'length > 20 and all(.total == 5 + 3 * (.revision - 1))' answers ||
            { jq -c 'select(.total != 5 + 3 * (.revision - 1))' answers | head -5; return 1; }
        jq -s -e '[.[] | select(.stats | not)] | all(.hits == ([.size, .total] | min) and (.facets == null or .facets == .total))' answers
        # a search and a table come from two files, each of which only moves on
        for kind in true null; do
            jq -s -e "[.[] | select(.stats == $kind) | .revision] | . == sort and .[-1] == $((INGESTS + 1))" answers
        done
        cat answers >>all
    done
    echo "# $(wc -l <all) answers of $CLIENTS clients, $(jq .revision all | sort -u | wc -l) of $((INGESTS + 1)) revisions seen" >&3
    [ "$(jq .revision all | sort -u | wc -l)" -ge $((INGESTS / 2)) ]
    check_deep
}

@test "readers during heavy writing: no mixed revision, no error" { torture "$CG"; }

@test "the same with the daemon under the thread sanitizer" {
    [ -x "${CHENGGUO_TSAN:-$ROOT/build/tsan/chengguo}" ] || skip "no build with the thread sanitizer"
    export TSAN_OPTIONS=${TSAN_OPTIONS:-exitcode=66:second_deadlock_stack=1:suppressions=$ROOT/tests/tsan.supp}
    torture "${CHENGGUO_TSAN:-$ROOT/build/tsan/chengguo}"
}
