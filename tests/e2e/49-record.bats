#!/usr/bin/env bats
# The life of a record, step by step, by hand and by event lines: after each step search,
# facets, tables, the record's number and a rebuild say the same.
load lib

setup_file() { lib_setup; }
setup() {
    set -o pipefail # a command that fails in front of jq is a failure
    cd "$BATS_TEST_TMPDIR" && fresh_store
}
teardown() { drop_daemon; }

record() { "$CG" record "$@" --by 厅 --json; }
status_of() { curl -s -o /dev/null -w '%{http_code} %{redirect_url}' "$URL/achievement/$1"; }
# seen ID PUBLIC INTERNAL REGISTERED: records found in each set and counted in the table of
# the year; and the facet of the year agrees with the public search.
seen() {
    [ "$(total "\"$1\"")" -eq "$2" ]
    [ "$(total --audience internal "\"$1\"" --where state=approved)" -eq "$3" ]
    local n
    n=$("$CG" stats T01 --format csv 2>/dev/null | awk -F, '$1 == 2015 && $2 == "n" {print $3}') || true
    [ "${n:-0}" -eq "$4" ]
    search --facets year --limit 0 | jq -e '.total == ([.facets.year[].count] | add // 0)' >/dev/null
    check_deep
}
# lost JQ: what the daemon says of /withdrawals.
lost() {
    get "$URL/withdrawals.json" >lost.json || return 1
    jq -e ".withdrawals | $1" lost.json >/dev/null || { cat lost.json; return 1; }
}
# rebuilt: all that the store answers is the same after a rebuild.
rebuilt() {
    dump >before.txt
    "$CG" rebuild >/dev/null
    dump >after.txt
    diff before.txt after.txt
}

@test "un-approval: gone from search, facets, tables at once; approved again: back" {
    regs 1 3 >a.jsonl
    ingest a.jsonl
    seen 第0002号 1 1 3
    record unapprove 9142015Y0002 --at 2016-02-01 --opinion 批复信息有误 |
        jq -e '.uid == "T-0002" and .state == "unapproved" and .changed and .revision == 2'
    seen 第0002号 0 0 2
    start_daemon --quiet
    [[ "$(status_of 9142015Y0002)" == 410* ]]
    [[ "$(status_of T-0002)" == 404* ]]
    lost '. == [{regno: "9142015Y0002", at: "2016-02-01T00:00:00Z", reason: "withdrawn"}]'
    stop_daemon
    rebuilt
    # the number leads to the record still, for the registry
    record approve 9142015Y0002 --at 2016-03-01 | jq -e '.state == "approved" and .regno == "9142015Y0002"'
    seen 第0002号 1 1 3
    start_daemon --quiet
    [[ "$(status_of 9142015Y0002)" == 200* ]]
    lost '. == []'
    stop_daemon
    rebuilt
    "$CG" audit --json | jq -e 'map(select(.command == "record"))[0] | .detail == "approve 9142015Y0002" and .actor == "厅"'
    "$CG" batch list --json | jq -e '.[0].kind == "step"'
}

@test "approval gives number, date and year where they are missing" {
    regs 1 1 '{state: "paper_ok", regno: null, approved_on: null, stat_year: null, updated_at: "2015-12-01T00:00:00+08:00"}' >a.jsonl
    ingest a.jsonl
    seen 第0001号 0 0 0
    run -2 --separate-stderr record approve T-0001
    [[ "$stderr" == *--regno* ]]
    record approve T-0001 --regno '914 2015 y 0042' --at 2015-12-20 | jq -e '.regno == "9142015Y0042"'
    "$CG" show 9142015Y0042 --json | jq -e '.approved_on == "2015-12-20" and .stat_year == 2015'
    seen 第0001号 1 1 1
    # the office's old file changes nothing of it
    "$CG" ingest --json a.jsonl | jq -e '.unchanged == 1'
    # a letter that does not fit the category is told
    regs 2 2 '{state: "paper_ok", regno: null, approved_on: null}' >b.jsonl
    ingest b.jsonl
    run -0 --separate-stderr "$CG" record approve T-0002 --regno 9142015J0043
    [[ "$stderr" == *W_REGNO_LETTER* ]]
    rebuilt
}

@test "renumbering: the old number leads on with 301" {
    regs 1 2 >a.jsonl
    ingest a.jsonl
    record approve T-0001 --regno 9142015Y0777 | jq -e '.regno == "9142015Y0777" and .changed'
    start_daemon --quiet
    [[ "$(status_of 9142015Y0001)" == "301 $URL/achievement/9142015Y0777" ]]
    [[ "$(status_of 9142015Y0777)" == 200* ]]
    lost '. == []'
    stop_daemon
    run -1 --separate-stderr record approve T-0001 --regno 9142015Y0002
    [[ "$stderr" == *E_REGNO* && "$stderr" == *T-0002* ]]
    seen 第0001号 1 1 2
    rebuilt
    # an issued-again number answers for its new owner
    record unapprove 9142015Y0002 >/dev/null
    record approve T-0001 --regno 9142015Y0002 >/dev/null
    start_daemon --quiet
    [[ "$(status_of 9142015Y0002)" == 200* ]]
    [[ "$(status_of 9142015Y0777)" == "301 $URL/achievement/9142015Y0002" ]]
    stop_daemon
    run -1 --separate-stderr record approve T-0002
    [[ "$stderr" == *E_REGNO* ]]
    rebuilt
}

@test "cancelled for good" {
    regs 1 2 >a.jsonl
    ingest a.jsonl
    record cancel T-0001 --opinion 弄虚作假 | jq -e '.state == "cancelled"'
    seen 第0001号 0 0 1
    run -1 --separate-stderr record approve T-0001
    [[ "$stderr" == *不能从“注销”变为“已批复（通过）”*不再改变*E_STATE* ]]
    start_daemon --quiet
    [[ "$(status_of 9142015Y0001)" == 410* ]]
    # why is nobody's business
    run ! grep -q 弄虚作假 <(curl -s "$URL/achievement/9142015Y0001")
    stop_daemon
    rebuilt
}

@test "objection: hidden but counted, ended: shown again" {
    regs 1 2 >a.jsonl
    ingest a.jsonl
    record object 9142015Y0001 --opinion 单位有异议 | jq -e '.publicity == "objected" and .state == "approved"'
    seen 第0001号 0 1 2
    start_daemon --quiet
    [[ "$(status_of 9142015Y0001)" == 410* ]]
    lost 'length == 1 and .[0].reason == "objected"'
    stop_daemon
    rebuilt
    record object T-0001 --end | jq -e '.publicity == "closed"'
    seen 第0001号 1 1 2
    regs 3 3 '{publicity: "none"}' >b.jsonl
    ingest b.jsonl
    run -1 --separate-stderr record object T-0003 --end
    [[ "$stderr" == *没有正在处理的异议* ]]
}

@test "consent given and taken" {
    regs 1 2 '{consent: "unknown"}' >a.jsonl
    ingest a.jsonl
    seen 第0001号 0 1 2
    start_daemon --quiet
    [[ "$(status_of 9142015Y0001)" == 404* ]]
    stop_daemon
    record consent T-0001 yes | jq -e '.consent == "yes"'
    seen 第0001号 1 1 2
    record consent T-0001 no | jq -e '.consent == "no"'
    seen 第0001号 0 1 2
    start_daemon --quiet
    [[ "$(status_of 9142015Y0001)" == 410* ]]
    [[ "$(status_of 9142015Y0002)" == 404* ]]
    lost 'map([.regno, .reason]) == [["9142015Y0001", "consent"]]'
    stop_daemon
    rebuilt
}

@test "publicity runs: the title is public, the rest not yet; papers pending: nothing, not even counted" {
    regs 1 1 '{publicity: "site_open", points: "qvzpoints创新"}' >a.jsonl
    regs 2 2 '{paper_pending: true}' >>a.jsonl
    ingest a.jsonl
    [ "$(total)" -eq 1 ]
    "$CG" show T-0001 --json | jq -e '.publicity == "site_open" and .points == null'
    seen 第0002号 0 0 1
    [ "$(total --audience internal --where state=paper_pending)" -eq 1 ]
    start_daemon --quiet
    [[ "$(status_of 9142015Y0002)" == 404* ]]
    grep -q 公示中 <(get "$URL/achievement/9142015Y0001")
    stop_daemon
    # the papers pass
    record approve T-0002 | jq -e '.changed'
    seen 第0002号 1 1 2
    record object T-0001 --end >/dev/null || true
    echo '{"kind":"event","uid":"T-0001","publicity":"closed","at":"2016-02-01"}' >e.jsonl
    ingest e.jsonl
    "$CG" show T-0001 --json | jq -e '.points == "qvzpoints创新"'
    rebuilt
}

@test "the whole way of an application, and what is refused on it" {
    regs 1 1 '{state: "draft", regno: null, approved_on: null}' >a.jsonl
    ingest a.jsonl
    run -1 --separate-stderr record approve T-0001 --regno 9142015Y0001
    [[ "$stderr" == *不能从“草稿”变为“已批复（通过）”，只能变为“已提交”* ]]
    n=1
    for to in submitted unit_review returned submitted unit_review desk_review paper_wait paper_ok rejected submitted \
        unit_review desk_review paper_wait paper_ok; do
        printf '{"kind":"event","uid":"T-0001","to":"%s","at":"2016-01-%02d"}\n' "$to" "$((n += 1))" >e.jsonl
        "$CG" ingest --json e.jsonl | jq -e '.skipped == 1'
        "$CG" show --audience internal T-0001 --json | jq -e --arg to "$to" '.state == $to'
    done
    seen 第0001号 0 0 0
    record approve T-0001 --regno 9142015Y0001 --at 2016-02-01 >/dev/null
    seen 第0001号 1 1 1
    rebuilt
}

@test "a step that is no step: said, and nothing written" {
    regs 1 1 >a.jsonl
    ingest a.jsonl
    record approve T-0001 | jq -e '(.changed | not) and .revision == 1'
    record consent T-0001 yes | jq -e '.changed | not'
    run -4 record unapprove T-9999
    run -2 record approve
    run -2 --separate-stderr record aprove T-0001
    [[ "$stderr" == *approve* ]]
    run -2 record consent T-0001 vielleicht
    run -2 record unapprove T-0001 --regno 9142015Y0009
    run -2 record unapprove T-0001 --end
    run -2 --separate-stderr record unapprove T-0001 --at morgen
    [[ "$stderr" == *--at* ]]
    # dated before what is known: overruled, and told
    record unapprove T-0001 --at 2016-03-01 >/dev/null
    record approve T-0001 --at 2016-04-01 >/dev/null
    run -1 --separate-stderr record unapprove T-0001 --at 2016-03-15
    [[ "$stderr" == *不起作用* ]]
    run -1 --separate-stderr record consent T-0001 no --at 2015-01-01
    [[ "$stderr" == *不起作用* ]]
    [ "$("$CG" audit --json | jq length)" -eq 3 ]
    seen 第0001号 1 1 1
    exec 9>"$CHENGGUO_STORE/lock"
    flock 9
    run -5 record cancel T-0001
    exec 9>&-
}

@test "a step is a batch: it is taken back like one" {
    regs 1 1 '{state: "paper_ok", regno: null}' >a.jsonl
    regs 2 2 >>a.jsonl
    ingest a.jsonl
    dump >want.txt
    record approve T-0001 --regno 9142015Y0042 >/dev/null
    record consent T-0001 no >/dev/null
    "$CG" batch withdraw 3 >/dev/null
    "$CG" show 9142015Y0042 --json | jq -e '.uid == "T-0001"'
    "$CG" batch withdraw 2 >/dev/null
    dump >got.txt
    diff want.txt got.txt
    check_deep
}

@test "erased on the step: no byte is left in the published set" {
    regs 1 2 >a.jsonl
    regs 3 3 '{title: "qvzstep封孔器", abstract: "qvzstep装置"}' >>a.jsonl
    ingest a.jsonl
    record unapprove T-0003 --erase >/dev/null
    inflate "$CHENGGUO_STORE/public" >bytes
    run ! grep -a -i -q -e qvz -e T-0003 bytes
    grep -a -q 第0001号 bytes
    "$CG" show --audience internal T-0003 --json | jq -e '.title == "qvzstep封孔器"'
    check_deep
}
