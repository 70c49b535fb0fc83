#!/usr/bin/env bats
# Direct answers through the daemon and the command line: numbers, lost numbers, units and
# titles; every answer's link leads to exactly as many records as it says.
load lib

setup_file() {
    lib_setup
    export SERVED="$BATS_FILE_TMPDIR/store"
    CHENGGUO_STORE=$SERVED "$CG" ingest "$SAMPLE" >/dev/null 2>&1 || [ $? = 3 ]
}
setup() { export CHENGGUO_STORE=$SERVED; }
teardown() { drop_daemon; }

ask() { curl -fsS -G --max-time 30 --data-urlencode "q=$1" "${@:2}" "$URL/search.json"; }
# direct QUERY JQ: the filter holds for the direct answers.
direct() {
    ask "$1" --data size=0 >"$BATS_TEST_TMPDIR/d.json"
    jq -e ".direct | $2" "$BATS_TEST_TMPDIR/d.json" >/dev/null ||
        { echo "$1"; jq -c .direct "$BATS_TEST_TMPDIR/d.json"; return 1; }
}
# Letters and digits of ASCII in full width.
wide() { jq -rn --arg t "$1" '$t | explode | map(if . > 32 and . < 127 then . + 65248 else . end) | implode'; }

# public LIST FILTER: numbers in this list of public records, "_" for a blank.
public() {
    local r
    for r in $(search --where "$2" --limit 60 | jq -r '.hits[].regno'); do
        "$CG" show "$r" --json | jq -r ".$1[]?.no // empty | sub(\" \"; \"_\")"
    done
}
# refute COMMAND…: it must fail. (bash lets a plain "! command" pass in a test.)
refute() { if "$@"; then echo "should have failed: $*"; return 1; fi; }

@test "a registration number leads to its record, however it is typed" {
    start_daemon
    local n=0 regno title typed
    while IFS=$'\t' read -r regno title; do
        for typed in "$regno" "${regno,,}" "$(wide "$regno")" " ${regno:0:7} ${regno:7} " "\"$regno\""; do
            direct "$typed" "length == 1 and .[0].kind == \"regno\" and .[0].text == \"$regno\"
                and .[0].url == \"/achievement/$regno\" and .[0].total == 1"
            jq -e --arg t "$title" '.direct[0].note | contains($t)' "$BATS_TEST_TMPDIR/d.json"
            n=$((n + 1))
        done
    done < <(search --sort title --limit 12 | jq -r '.hits[] | select(.regno) | [.regno, .title] | @tsv')
    [ "$n" -ge 50 ]
    direct 9142016Y99999 'length == 0'
    stop_daemon
    echo "# $n numbers" >&3
}

@test "a lost number says why, and a number that was never public says nothing" {
    start_daemon
    local n=0 regno reason word
    while IFS=$'\t' read -r regno reason at; do
        case $reason in withdrawn) word=撤销登记 ;; objected) word=因异议暂停公开 ;; *) word=不再公开 ;; esac
        direct "${regno,,}" ".[0].kind == \"regno\" and .[0].total == 0 and .[0].url == \"/achievement/$regno\"
            and (.[0].note | contains(\"$word\") and contains(\"${at:0:10}\"))"
        [ "$(curl -s -o /dev/null -w '%{http_code}' "$URL/achievement/$regno")" = 410 ]
        n=$((n + 1))
    done < <(get "$URL/withdrawals.json" | jq -r '.withdrawals[:15][] | [.regno, .reason, .at] | @tsv')
    [ "$n" -ge 5 ]
    # In the registry, but not for the public.
    regno=$(search --audience internal --where consent=no --limit 1 | jq -r '.hits[0].regno')
    [ "$regno" != null ]
    get "$URL/withdrawals.json" | jq -e --arg r "$regno" '[.withdrawals[].regno] | index($r) | not'
    direct "$regno" 'length == 0'
    stop_daemon
    echo "# $n lost numbers" >&3
}

@test "a number that was changed leads to the new one" {
    fresh_store
    regs 1 2 '{regno: "9142024Y000\($i)"}' >"$BATS_TEST_TMPDIR/a.jsonl"
    regs 2 2 '{rev: 2, regno: "9142024Y9002", updated_at: "2025-12-01T00:00:00+08:00"}' >"$BATS_TEST_TMPDIR/b.jsonl"
    ingest "$BATS_TEST_TMPDIR/a.jsonl"
    ingest "$BATS_TEST_TMPDIR/b.jsonl"
    start_daemon
    direct 9142024Y0002 '.[0].url == "/achievement/9142024Y9002" and .[0].total == 1
        and (.[0].note | contains("9142024Y9002"))'
    # Withdrawn: the record is gone from the answers in the same revision.
    direct '第0001号煤层气井筒修复装置' '.[0].kind == "title"'
    "$CG" record unapprove T-0001 --by 厅 --opinion 试 --at 2026-01-05 >/dev/null 2>&1
    direct '第0001号煤层气井筒修复装置' 'length == 0'
    direct 9142024Y0001 '.[0].total == 0 and (.[0].note | contains("撤销登记"))'
    stop_daemon
}

@test "patents and standards are found in the forms that people write" {
    start_daemon
    local n=0 no bare typed
    for no in $(public ip ip=发明专利 | grep '^ZL' | head -n 8); do
        bare=${no#ZL}
        for typed in "$no" "$bare" "${bare/./}" "zl ${bare:0:4} ${bare:4}" "CN$bare" "${bare%.*}"; do
            direct "$typed" ".[0].kind == \"patent\" and .[0].total >= 1"
            n=$((n + 1))
        done
    done
    for no in $(public standards ip=标准 | grep '^GB/T' | head -n 4); do
        for typed in "${no/_/ }" "${no/_/}" "GBT${no#GB/T_}"; do
            direct "$typed" ".[0].kind == \"standard\" and .[0].total >= 1 and .[0].text == \"${no/_/ }\""
            n=$((n + 1))
        done
    done
    for no in $(public ip ip=软件著作权 | grep SR | head -n 6); do
        direct "$no" ".[0].kind == \"patent\" and .[0].total >= 1"
        # what the note tells of stands among the hits
        ask "$no" | jq -e '.total == .direct[0].total'
        n=$((n + 1))
    done
    [ "$n" -ge 60 ]
    stop_daemon
    echo "# $n forms" >&3
}

@test "units and titles by their exact names; links find what they say" {
    start_daemon
    local n=0 q url want
    {
        search --facets unit --limit 0 | jq -r '.facets.unit[:8][].value | "unit\t" + .'
        search --sort title --limit 8 | jq -r '.hits[].title | "title\t" + .'
        search --limit 4 --where ip=发明专利 | jq -r '.hits[].regno' | while read -r q; do
            "$CG" show "$q" --json | jq -r '"patent\t" + .ip[0].no'
        done
    } >"$BATS_TEST_TMPDIR/asked"
    while IFS=$'\t' read -r kind q; do
        direct "$q" ".[0].kind == \"$kind\""
        while IFS=$'\t' read -r url want; do
            case $url in
                /search*) [ "$(get "$URL${url/search/search.json}&size=0" | jq .total)" = "$want" ] || { echo "$url $want"; return 1; } ;;
                *) get "$URL$url" >/dev/null ;;
            esac
            n=$((n + 1))
        done < <(jq -r '.direct[] | [.url, .total] | @tsv' "$BATS_TEST_TMPDIR/d.json")
    done <"$BATS_TEST_TMPDIR/asked"
    [ "$n" -ge 20 ]
    # On the second page, and for what names nothing, there is none.
    q=$(head -n 1 "$BATS_TEST_TMPDIR/asked" | cut -f 2)
    [ "$(ask "$q" --data page=2 | jq -c .direct)" = "[]" ]
    [ "$(ask '' | jq -c .direct)" = "[]" ]
    direct '瓦斯 抽采' 'length == 0'
    stop_daemon
    echo "# $n links followed" >&3
}

@test "a number is known as it is copied, with its label and a full stop" {
    start_daemon
    local regno q
    regno=$(search --sort title --limit 1 | jq -r '.hits[0].regno')
    for q in "登记号 $regno" "登记号$regno" "成果登记号：$regno" "第${regno}号" "$regno。" "登记号为$regno，" "编号: $regno;"; do
        direct "$q" 'length == 1 and .[0].kind == "regno" and .[0].text == "'"$regno"'"' || { echo "$q"; false; }
    done
    direct '登记号 一览' 'length == 0'
    direct '专利号 ZL199999999999.9' 'length == 0'
    stop_daemon
}

@test "the page shows the note with its link, escaped" {
    start_daemon
    local regno title
    regno=$(search --sort title --limit 1 | jq -r '.hits[0].regno')
    curl -fsS -G --data-urlencode "q=$regno" "$URL/search" >"$BATS_TEST_TMPDIR/page.html"
    grep -q "class=\"note direct\">登记号 $regno 是成果.*href=\"/achievement/$regno\"" "$BATS_TEST_TMPDIR/page.html"
    curl -fsS -G --data-urlencode 'q=<b>9142016Y0001</b>' "$URL/search" >"$BATS_TEST_TMPDIR/page.html"
    refute grep -q '<b>' "$BATS_TEST_TMPDIR/page.html"
    # A wrong check character is a hint without a link.
    curl -fsS -G --data-urlencode 'q=12141023100000007T' "$URL/search" >"$BATS_TEST_TMPDIR/page.html"
    grep -q 'class="note direct">[^<]*校验码不符[^<]*</p>' "$BATS_TEST_TMPDIR/page.html"
    stop_daemon
}

@test "the command line tells the direct answers, too" {
    "$CG" search GBT1916-2019 >"$BATS_TEST_TMPDIR/t.txt"
    grep -qx '标准号 GB/T 1916-2019 见于 1 项成果。' "$BATS_TEST_TMPDIR/t.txt"
    "$CG" search 临汾高原大学 --limit 1 | grep '^完成单位“临汾高原大学”有 [0-9]* 项成果。$'
}
