#!/usr/bin/env bats
# Synonyms and numbers through the programs: what they find, how they are told and taken
# back on every face, an administrator's own rows.
load lib

setup_file() {
    lib_setup
    export SERVED="$BATS_FILE_TMPDIR/store"
    cd "$BATS_FILE_TMPDIR"
    {
        regs 1 1 '{title: "LNG储罐保冷技术", abstract: "保冷。", keywords: ["储罐"]}'
        regs 2 2 '{title: "液化天然气冷能利用", abstract: "冷能。", keywords: ["冷能"]}'
        regs 3 3 '{title: "高性能砼泵送剂", abstract: "泵送。", keywords: ["泵送"]}'
        regs 4 4 '{title: "混凝土裂缝控制", abstract: "110kV变电站基础。", keywords: ["裂缝"],
                   standards: [{no: "GB/T 12345-2020"}, {no: "GB50010-2010"}]}'
        regs 5 5 '{title: "煤化工催化剂", units: [{name: "中国科学院山西煤炭化学研究所", type: "企业",
                   region: "140100", uscc: "91350100M000100Y43"}]}'
        regs 6 6 '{title: "掘进装备", ip: [{kind: "发明专利", no: "ZL202310000000.0"}]}'
        regs 7 7 '{title: "支护装备", ip: [{kind: "发明专利", no: "2023100000000"}]}'
        regs 8 8 '{title: "钻进装备", ip: [{kind: "发明专利", no: "ZL 2023 1 0000000.0"}]}'
        regs 9 9 '{title: "公示中的成果", publicity: "site_open", units: [{name: "太原第9试验厂",
                   type: "企业", region: "140100", uscc: "91350100M000100Y43"}]}'
    } >rows.jsonl
    CHENGGUO_STORE=$SERVED "$CG" ingest rows.jsonl >ingest.out 2>&1 || { cat ingest.out; return 1; }
}
setup() {
    export CHENGGUO_STORE=$SERVED
    cd "$BATS_TEST_TMPDIR"
}
teardown() { drop_daemon; }

uids() { search --limit 100 "$@" | jq -r '[.hits[].uid] | sort | map(ltrimstr("T-000")) | join(" ")'; }

@test "either writing finds both, quotes and --no-expand one" {
    [ "$(uids LNG)" = "1 2" ]
    [ "$(uids 液化天然气)" = "1 2" ]
    [ "$(uids 砼)" = "3 4" ]
    [ "$(uids '"LNG"')" = 1 ]
    [ "$(uids --no-expand 液化天然气)" = 2 ]
    [ "$(uids -- '装备 -LNG')" = "6 7 8" ]
    [ "$(uids '标题:砼')" = "3 4" ]
    [ "$(uids 110千伏)" = 4 ]
    [ "$(uids 中科院)" = 5 ]
    [ "$(uids '单位:中科院')" = 5 ]
    [ "$(uids '标题:中科院')" = "" ]
}

@test "a patent number is found however it is written" {
    for q in ZL202310000000.0 202310000000.0 2023100000000 'ZL 2023 1 0000000.0' CN202310000000.0; do
        [ "$(uids "$q")" = "6 7 8" ] || { echo "$q: $(uids "$q")"; false; }
    done
    [ "$(uids '专利号:ZL202310000000.0')" = "6 7 8" ]
    [ "$(uids --no-expand "\"ZL202310000000.0\"")" = "" ]
}

@test "standards and credit codes look in their field, a code not before its time" {
    for q in 'GB/T 12345-2020' GB/T12345-2020 'GB/T 12345' GB50010 'GB 50010' GB50010-2010; do
        [ "$(uids "$q")" = 4 ] || { echo "$q: $(uids "$q")"; false; }
    done
    [ "$(uids 91350100M000100Y43)" = 5 ]
    [ "$(uids 信用代码:91350100M000100Y43)" = 5 ]
    [ "$(uids --audience internal uscc:91350100m000100y43)" = "5 9" ]
    [ "$(uids 公示中的成果)" = 9 ]
}

@test "JSON tells each expansion, with a link that takes it back" {
    start_daemon
    get -G --data-urlencode 'q=LNG 冷能' --data-urlencode year=2015 -d relax=0 "$URL/search.json" >a.json
    jq -e '.query.understood == "(LNG OR \"液化天然气\") AND 冷能" and .total == 1
           and (.query.expanded | length == 1)
           and (.query.expanded[0] | .text == "LNG" and .kind == "abbreviation" and .added == ["液化天然气"])' a.json
    get "$URL$(jq -r '.query.expanded[0].remove' a.json)" >b.json
    jq -e '.query.q == "\"LNG\" 冷能" and .query.expanded == [] and .query.where == {"year": ["2015"]}' b.json
    get -G --data-urlencode 'q=LNG 冷能' -d expand=0 "$URL/search.json" >c.json
    jq -e '.query.expanded == [] and .query.understood == "LNG AND 冷能"' c.json
    # what is understood leads back to itself
    u=$(jq -r .query.understood a.json)
    get -G --data-urlencode "q=$u" "$URL/search.json" |
        jq -e --arg u "$u" '.query.understood == $u and .query.expanded == [] and .total >= 1'
    # alternatives are marked
    get -G --data-urlencode 'q=LNG' -d highlight=1 "$URL/search.json" |
        jq -e '[.hits[].title_html] | any(contains("<mark>液化天然气</mark>")) and any(contains("<mark>LNG</mark>"))'
    # a malformed query cannot be given quotes
    get -G --data-urlencode 'q="LNG' "$URL/search.json" | jq -e '.query.expanded[0].remove == null'
    stop_daemon
}

@test "the page notes each word, and links lead to the words alone" {
    start_daemon
    get -G --data-urlencode 'q=LNG 砼' "$URL/search" >page
    grep -F '“LNG”也查“液化天然气”' page
    grep -F '“砼”也查“混凝土”' page
    one=$(grep -F '只查“砼”' page | grep -o 'href="[^"]*"' | head -n 1 | sed 's/^href="//; s/"$//; s/&amp;/\&/g')
    get "$URL$one" >alone
    run ! grep -F '“砼”也查' alone
    grep -F '“LNG”也查“液化天然气”' alone
    off=$(grep -F '全部只查写出的词' page | grep -o 'href="[^"]*"' | sed 's/^href="//; s/"$//; s/&amp;/\&/g')
    [[ "$off" == *expand=0* ]]
    get "$URL$off" >plain
    run ! grep -F 也查 plain
    # a number stands for all its ways of writing
    get -G --data-urlencode 'q=ZL202310000000.0' "$URL/search" >number
    grep -F '“ZL202310000000.0”也查“专利号:ZL202310000000.0”等 6 种写法' number
    stop_daemon
}

@test "text tells it too" {
    "$CG" search LNG >out
    grep -x '“LNG”也查“液化天然气”' out
    "$CG" search --no-expand LNG >out
    run ! grep 也查 out
}

@test "an administrator adds rows and takes others back" {
    printf '缩写\t储冷罐 | 储罐\t测试\r\nnone\tLNG | 液化天然气\t测试\r\n' >own.tsv
    printf '[search]\nsynonyms = %s\n' "$PWD/own.tsv" >own.ini
    own() { "$CG" --config own.ini search --json --limit 100 "$@" | jq -r '[.hits[].uid] | sort | map(ltrimstr("T-000")) | join(" ")'; }
    [ "$(own 储冷罐)" = 1 ]
    [ "$(own LNG)" = 1 ]
    [ "$(own 砼)" = "3 4" ]
    "$CG" --config own.ini config check | grep -q "search.synonyms.*own.tsv.*file"
    # a wrong row stops the start, and says where it stands
    printf '# 注\nold\t砼 混凝土\t测试\n' >own.tsv
    run -1 --separate-stderr "$CG" --config own.ini search 砼
    [[ "$stderr" == *"own.tsv:2"* && "$stderr" == *至少要有两个词* ]]
    run -1 --separate-stderr "$CG" --config own.ini serve --listen 127.0.0.1:0
    [[ "$stderr" == *"own.tsv:2"* ]]
    rm own.tsv
    run -1 --separate-stderr "$CG" --config own.ini search 砼
    [[ "$stderr" == *own.tsv* ]]
}

@test "answers of another table have another tag" {
    printf 'old\t甲甲 | 乙乙\t测试\n' >own.tsv
    printf '[search]\nsynonyms = %s\n' "$PWD/own.tsv" >own.ini
    start_daemon
    one=$(curl -sS -G -o /dev/null -D - --data-urlencode q=砼 "$URL/search.json" | grep -i '^etag:')
    stop_daemon
    printf '#!/bin/sh\nexec "%s" --config "%s/own.ini" "$@"\n' "$CG" "$PWD" >other && chmod +x other
    DAEMON_PROGRAM=$PWD/other start_daemon
    two=$(curl -sS -G -o /dev/null -D - --data-urlencode q=砼 "$URL/search.json" | grep -i '^etag:')
    stop_daemon
    [ -n "$one" ] && [ "$one" != "$two" ]
}

@test "the version of the table is told" {
    "$CG" --version | grep -E '^同义词表 [0-9]{4}-[0-9]{2}-[0-9]{2}$'
    [ "$("$CG" --version | sed -n 's/^同义词表 //p')" = "$(sed -n '1s/^# version //p' "$ROOT/data/synonyms.tsv")" ]
}
