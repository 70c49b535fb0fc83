#!/usr/bin/env bats
# Did you mean: offered by every face with its total, never searched by itself.
load lib

setup_file() {
    lib_setup
    export CHENGGUO_STORE="$BATS_FILE_TMPDIR/store"
    # Each word in twelve records, in changing company; one right word in a single one.
    jq -cn '["混凝土", "碳纤维", "煤矿瓦斯抽采", "焦煤", "焦炭", "水利", "布氏杆菌", "Python", "PLC"] as $words
        | range(0; 109) as $i | ($i / 12 | floor) as $w
        | {kind: "registration", schema: 1, uid: "T-\($i + 1000)", rev: 1, updated_at: "2016-01-01T00:00:00+08:00",
           registry: "140000", state: "approved", consent: "yes", publicity: "closed", secrecy: "非密",
           regno: "9142015Y\($i + 1000)", approved_on: "2015-12-01", stat_year: (if $i % 2 == 0 then 2014 else 2015 end),
           category: "A", abstract: "摘要。", keywords: [$words[$w] // "水力"],
           title: "\(["新型", "矿用", "智能", "绿色"][$i % 4])\($words[$w] // "水力")\(["研究", "装备", "工艺"][$i % 3])",
           units: [{name: "太原第\($i % 5)试验厂", type: "企业", region: "140100"}]}' \
        >"$BATS_FILE_TMPDIR/in.jsonl"
    ingest "$BATS_FILE_TMPDIR/in.jsonl"
}
setup() { lib_setup; export CHENGGUO_STORE="$BATS_FILE_TMPDIR/store"; }
teardown() { drop_daemon; }

# offer QUERY [OPTION…]: "q total", or "null null"
offer() { search --limit 0 "$@" | jq -r '"\(.suggestion) \(.suggestion_total)"'; }

@test "one slip in one word is mended, and the total is that of the offer" {
    local pair
    for pair in 混泥土:混凝土 碳纤唯:碳纤维 煤矿瓦丝抽采:煤矿瓦斯抽采 煤瓦斯抽采:煤矿瓦斯抽采 \
        煤矿瓦瓦斯抽采:煤矿瓦斯抽采 煤矿瓦抽斯采:煤矿瓦斯抽采 卜氏杆菌:布氏杆菌 水力:水利 Pyhton:Python PCL:PLC \
        卜试杆菌:布氏杆菌; do
        [ "$(offer "${pair%%:*}")" = "${pair##*:} $(total "${pair##*:}")" ] || { echo "$pair: $(offer "${pair%%:*}")"; return 1; }
    done
}

@test "a right word gets no offer, nor does what is to be taken literally" {
    local q
    for q in 煤矿瓦斯抽 焦煤 焦炭 混凝土 没有的词 '"混泥土"' 标题:混泥土 '混泥土 OR 碳纤唯' 混泥土*; do
        [ "$(offer "$q")" = "null null" ] || { echo "$q: $(offer "$q")"; return 1; }
    done
    [ "$(offer 混泥土 --sort title)" = "null null" ]
}

@test "the rest of the query stays as it was typed, filters count" {
    [ "$(offer '太原  混泥土')" = "太原  混凝土 12" ]
    [ "$(offer 煤礦瓦絲抽採)" = "煤礦瓦斯抽採 12" ]
    [ "$(offer 混泥土 --where year=2015)" = "混凝土 6" ]
    [ "$(offer 焦煤 --where year=1999)" = "null null" ]
    search 混泥土 | jq -e '.total == 0'
    "$CG" search 混泥土 | grep -qF '您要找的是不是：混凝土（12 项）'
}

@test "the page links to the offer, with the filters kept" {
    start_daemon
    get "$URL/search?q=%E6%B7%B7%E6%B3%A5%E5%9C%9F&year=2015" >"$BATS_TEST_TMPDIR/page.html"
    grep -qF '您要找的是不是 <a href="/search?q=%E6%B7%B7%E5%87%9D%E5%9C%9F&amp;year=2015&amp;relax=0">混凝土</a>？（6 项）' "$BATS_TEST_TMPDIR/page.html"
    get "$URL/search.json?q=%E6%B7%B7%E6%B3%A5%E5%9C%9F&year=2015" >"$BATS_TEST_TMPDIR/s.json"
    get "$URL$(jq -r .suggestion_url "$BATS_TEST_TMPDIR/s.json")" |
        jq -e --argjson n "$(jq .suggestion_total "$BATS_TEST_TMPDIR/s.json")" '.total == $n and .query.q == "混凝土" and .suggestion == null'
    stop_daemon
}
