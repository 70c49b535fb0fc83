#!/usr/bin/env bats
# A record that is un-approved is gone in one revision from search, facets, tables and feeds;
# a rebuild gives the same public set, without a byte of it; and what is left is what a store
# holds that never had it.
#
# ERASE_N: how many other records (default 2000; 100000 for acceptance).
load lib

setup_file() { lib_setup; }
setup() {
    cd "$BATS_TEST_TMPDIR" && fresh_store
    "$GEN" --seed 7 --count "${ERASE_N:-2000}" --clean --out all.jsonl --truth truth.json 2>/dev/null
    regs 1 1 '{uid: "qverase-1", regno: "9142016Y9999", title: "qverase2装置的罕见名称", abstract: "qverase3的罕见说明",
        keywords: ["qverase4"], units: [{name: "qverase5单位", type: "企业", region: "140100"}],
        people: [{name: "qverase6", unit: 1}], ip: [{kind: "发明专利", no: "qverase7"}], clc: "qverase8",
        recommender: {name: "qverase9局"}, project_title: "qverase10项目"}' >one.jsonl
    head -n "$((${ERASE_N:-2000} / 2))" all.jsonl >with.jsonl
    cat one.jsonl >>with.jsonl
    tail -n +"$((${ERASE_N:-2000} / 2 + 1))" all.jsonl >>with.jsonl
}
teardown() { drop_daemon; }

# holds SET: does any byte below it, or any document as it reads, show the record?
holds() {
    grep -r -a -i -q qverase "$1" || "$DUMP" "$1" '*' | grep -a -i -c qverase >/dev/null
}
# The same, with everything that inflates at any offset: for small sets.
holds_deflated() { inflate "$1" | grep -a -i -c qverase >/dev/null; }
public_total() { get "$URL/search.json?size=0&$1" | jq .total; }
# A fingerprint of the first table.
counted() { "$CG" stats T01 --format csv | sed 1d | cut -d, -f2- | paste -sd' ' | cksum; }

@test "an un-approved record is gone in one revision, and a rebuild leaves no byte of it" {
    ingest with.jsonl
    all=$(total)
    counted_with=$(counted)
    revision=$(search --limit 0 | jq .revision)
    holds "$CHENGGUO_STORE/public"
    start_daemon
    [ "$(public_total q=qverase2)" = 1 ]
    get "$URL/search.json?facets=all&facet_size=1000&q=qverase2" | jq -e '[.facets.unit[].value] | any(contains("qverase5"))'
    [ "$(get "$URL/achievement/9142016Y9999.json" | jq -r .uid)" = qverase-1 ]
    get "$URL/stats/T01.json" >table.with

    "$CG" record unapprove 9142016Y9999 --by 登记员 --opinion 批复信息有误 --at 2026-01-05 >/dev/null

    # one revision later, everywhere, in the daemon that runs
    [ "$(search --limit 0 | jq .revision)" = "$((revision + 1))" ]
    get "$URL/search.json?size=0" | jq -e --argjson n "$((all - 1))" --argjson r "$((revision + 1))" '.total == $n and .revision == $r'
    for q in qverase2 qverase3 qverase4 qverase5 qverase6 qverase7 9142016Y9999 罕见名称; do
        [ "$(public_total "relax=0&q=$(jq -rn --arg q "$q" '$q | @uri')")" = 0 ]
    done
    get "$URL/search.json?facets=all&facet_size=1000&size=100" >facets
    run ! grep -q qverase facets
    get "$URL/stats/T01.json" >table.without
    run ! cmp -s table.with table.without
    [ "$(counted)" != "$counted_with" ]
    [ "$(curl -s -g -o gone -w '%{http_code}' "$URL/achievement/9142016Y9999.json")" = 410 ]
    run ! grep -q qverase gone
    [ "$(curl -s -g -o gone -w '%{http_code}' "$URL/achievement/qverase-1.json")" = 410 ] || [ "$(curl -s -o gone -w '%{http_code}' "$URL/achievement/qverase-1.json")" = 404 ]
    for face in json atom; do
        get "$URL/withdrawals.$face" >feed
        grep -q 9142016Y9999 feed
        run ! grep -q qverase feed
    done
    get "$URL/withdrawals.json" | jq -e '[.. | objects | select(.regno? == "9142016Y9999")] | length == 1 and .[0].reason == "withdrawn"'
    stop_daemon

    dump >answers.before
    "$DUMP" "$CHENGGUO_STORE/public" >dump.before
    run ! grep -i -q qverase dump.before
    check_deep
    "$CG" rebuild >/dev/null 2>&1
    "$DUMP" "$CHENGGUO_STORE/public" >dump.after
    cmp dump.before dump.after
    dump >answers.after
    cmp answers.before answers.after
    # its number stands in the list of withdrawals, and only there
    run ! holds "$CHENGGUO_STORE/public"
    check_deep

    # a store that never held it, but for the withdrawal
    fresh_store never
    ingest all.jsonl
    "$DUMP" "$CHENGGUO_STORE/public" >dump.never
    diff <(grep -v '9142016Y9999' dump.after) dump.never
    [ "$(grep -c '9142016Y9999' dump.after)" = 1 ]
    search --facets all --sort -approved --limit 1000 | jq -S '{total, facets, hits: (.hits | map(del(.score)))}' >answers.never
    CHENGGUO_STORE="$BATS_TEST_TMPDIR/store" search --facets all --sort -approved --limit 1000 |
        jq -S '{total, facets, hits: (.hits | map(del(.score)))}' >answers.once
    cmp answers.once answers.never
}

@test "--erase does both at once" {
    ingest one.jsonl
    regs 1 3 >more.jsonl
    ingest more.jsonl
    holds_deflated "$CHENGGUO_STORE/public"
    "$CG" record unapprove qverase-1 --erase >/dev/null 2>&1
    run ! holds "$CHENGGUO_STORE/public"
    run ! holds_deflated "$CHENGGUO_STORE/public"
    [ "$(total)" = 3 ]
    [ "$("$CG" show qverase-1 --audience internal --json | jq -r .title)" = qverase2装置的罕见名称 ]
    check_deep
}
