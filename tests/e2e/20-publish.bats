#!/usr/bin/env bats
# Publishing: in place, in bulk and rebuilt give the same answers; so do the rows in any
# order; what is withdrawn is gone at once, and from every byte after a rebuild.
load lib

QUERIES=(煤矿瓦斯 瓦斯 "瓦斯 抽采" "瓦斯 OR 小麦" "煤矿 -瓦斯" '"关键技术"' 标题:技术 单位:太原
    年度:2020..2022 "类别:A 地区:太原市" "PLC*" "瓦斯 NEAR/5 抽采" 煤层 5G CAD/CAE -煤
    "研究 应用 系统" "三七 OR 小麦 OR 水稻" μm 晋 "关键词:设备 年度:2024" "太原理工大学")

setup_file() { lib_setup; }
setup() { cd "$BATS_TEST_TMPDIR" && fresh_store; }

# What a store answers to the queries, weights included, and everything in dump.
answers() {
    local q
    for q in "${QUERIES[@]}"; do
        search --facets category,year,region --limit 30 -- "$q" |
            jq -S --arg q "$q" '{q: $q, understood: .query.understood, relaxed: .query.relaxed, total, facets,
                hits: [.hits[] | .score = (.score // 0 | . * 1e6 | round)]}'
    done
    dump
}

@test "eight files in place, one file in bulk, a rebuild of either: the same answers" {
    "$GEN" --seed 21 --count 500 --out all.jsonl --truth truth.json
    split -n l/8 --additional-suffix=.jsonl all.jsonl part-
    printf '[index]\nbulk = 1000000\n' >place.ini
    printf '[index]\nbulk = 1\nprocesses = 2\n' >bulk.ini
    for f in part-*.jsonl; do
        "$CG" --config place.ini ingest "$f" >/dev/null 2>&1 || [ $? = 3 ]
    done
    answers >place.txt
    check_deep
    "$CG" rebuild >/dev/null
    answers >place-rebuilt.txt
    check_deep
    fresh_store bulk
    "$CG" --config bulk.ini ingest all.jsonl >/dev/null 2>&1 || [ $? = 3 ]
    answers >bulk.txt
    check_deep
    "$CG" rebuild --processes 1 >/dev/null
    answers >bulk-rebuilt.txt
    for f in place-rebuilt bulk bulk-rebuilt; do diff place.txt "$f.txt"; done
    # the queries are worth asking: most find something, none the same
    [ "$(grep -c '^  "total": [1-9]' place.txt)" -ge 18 ]
    [ "$(grep '^  "total": ' place.txt | sort -u | wc -l)" -ge 10 ]
    [ "$(total)" -eq "$(jq .visible truth.json)" ]
}

@test "rows in any order, in any number of files: the same answers" {
    "$GEN" --seed 22 --count 250 --clean --out all.jsonl
    ingest all.jsonl
    dump >want.txt
    for seed in 1 2 3 4 5; do
        fresh_store "order-$seed"
        shuf --random-source=<(tail -c "+$((seed * 100003))" "$SAMPLE") all.jsonl >shuffled.jsonl
        ! cmp -s all.jsonl shuffled.jsonl
        split -n "l/$seed" --additional-suffix=.jsonl shuffled.jsonl "o$seed-"
        for f in "o$seed"-*.jsonl; do ingest "$f"; done
        dump >"got-$seed.txt"
        diff want.txt "got-$seed.txt"
        check_deep
    done
}

@test "withdrawn: gone from search, show and totals in the next revision, from every byte after a rebuild" {
    regs 1 4 >a.jsonl
    regs 5 5 '{title: "qvzwithdrawn封孔器", keywords: ["qvzkeyword"], abstract: "qvzabstract装置。"}' >>a.jsonl
    ingest a.jsonl
    [ "$(total qvzwithdrawn)" -eq 1 ]
    # the look at the bytes sees it while it is there
    inflate "$CHENGGUO_STORE/public" >bytes
    for c in qvzwithdrawn qvzkeyword qvzabstract; do
        [ "$(grep -a -c "$c" bytes)" -ge 2 ]
    done
    grep -a -A9 -e '^-- .*docdata' bytes | grep -a -q qvzwithdrawn
    echo '{"kind":"event","uid":"T-0005","to":"unapproved","at":"2026-01-05","by":"厅","opinion":"误"}' >e.jsonl
    "$CG" ingest --json e.jsonl | jq -e '.withdrawn == 1 and .revision == 2'
    search | jq -e '.revision == 2 and .total == 4'
    for q in qvzwithdrawn qvzkeyword qvzabstract 登记号:9142015Y0005 关键词:qvzkeyword; do
        [ "$(total "$q")" -eq 0 ]
    done
    run -4 "$CG" show 9142015Y0005
    run -4 "$CG" show T-0005
    "$CG" show --audience internal T-0005 --json | jq -e '.state == "unapproved"'
    run ! grep -r -q 'T-0005' "$CHENGGUO_STORE/public/data.db"
    check_deep
    "$CG" rebuild >/dev/null
    inflate "$CHENGGUO_STORE/public" >bytes
    run ! grep -a -i -q -e qvz -e T-0005 bytes
    grep -a -q 第0001号 bytes
    check_deep
}

@test "consent, objection, a changed number: what the public sees follows in one revision" {
    regs 1 3 >a.jsonl
    ingest a.jsonl
    regs 1 1 '{rev: 2, consent: "no"}' >b.jsonl
    regs 2 2 '{rev: 2, publicity: "objected"}' >>b.jsonl
    regs 3 3 '{rev: 2, regno: "9142015Y0777"}' >>b.jsonl
    "$CG" ingest --json b.jsonl | jq -e '.updated == 3 and .revision == 2'
    [ "$(total)" -eq 1 ]
    [ "$(total --audience internal)" -eq 3 ]
    start_daemon --quiet
    status_of() { curl -s -o /dev/null -w '%{http_code} %{redirect_url}' "$URL/achievement/$1"; }
    [[ "$(status_of 9142015Y0001)" == 410* ]]
    [[ "$(status_of 9142015Y0002)" == 410* ]]
    [[ "$(status_of 9142015Y0003)" == "301 $URL/achievement/9142015Y0777" ]]
    [[ "$(status_of 9142015Y0777)" == 200* ]]
    [[ "$(status_of 9142015Y9999)" == 404* ]]
    stop_daemon
    check_deep
}

teardown() { drop_daemon; }
