#!/usr/bin/env bats
# Searches over the sample against brute force: every public record is fetched as JSON and
# jq looks for the words itself, so neither index nor analyser can agree with themselves.
# Then random quoted pieces of random texts, which Python normalises and looks for itself.
load lib

setup_file() {
    lib_setup
    export CHENGGUO_STORE="$BATS_FILE_TMPDIR/store"
    "$CG" ingest "$SAMPLE" >/dev/null 2>&1
    cd "$BATS_FILE_TMPDIR" || return
    BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR start_daemon --quiet
    search --limit 10000 | jq -r '.hits[].url' |
        sed "s|.*|url = \"$URL&.json\"\nwrite-out = \"\\\\n\"|" >urls
    # the texts that are searched, traditional forms of the words below made simple
    get -K urls | jq -c '. + {searched: ([.title, .abstract, .points, .metrics, .prospects, .keywords[]?, .units[]?.name,
            .people[]?.name, .regno] | map(strings | gsub("與"; "与") | gsub("應"; "应") | gsub("術"; "术") | gsub("體"; "体")))}' >public.jsonl
    BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR stop_daemon
}
setup() { cd "$BATS_FILE_TMPDIR" || return; }

# brute JQ-CONDITION: the uids of the public records for which it holds, sorted. "has"
# looks for a text in the searched ones. Words are asked as they are, without synonyms.
brute() {
    jq -r 'def has($w): any(.searched[]; contains($w)); select('"$1"') | .uid' public.jsonl | sort
}
found() { search --no-expand --limit 10000 "$@" | jq -r '.hits[].uid' | sort; }
# same QUERY JQ-CONDITION
same() {
    brute "$2" >want.uids
    found -- "$1" >got.uids
    diff want.uids got.uids || { echo "for $1"; return 1; }
    [ "$(total --no-expand -- "$1")" -eq "$(wc -l <want.uids)" ]
}

@test "all public records are there" {
    [ "$(wc -l <public.jsonl)" -eq "$(jq .visible "$TRUTH")" ]
}

@test "煤矿瓦斯 and other texts: exactly the records that hold them" {
    for word in 煤矿瓦斯 瓦斯 瓦斯抽采 关键技术 装置 太原 研究与应用 农业 系统 综合利用 有限公司 大学 煤 一 张; do
        same "$word" "has(\"$word\")"
    done
    [ "$(total 煤矿瓦斯)" -gt 0 ]
}

@test "and, or, not, brackets, a quoted text, a field" {
    same "瓦斯 抽采" 'has("瓦斯") and has("抽采")'
    same "瓦斯 OR 小麦" 'has("瓦斯") or has("小麦")'
    same "技术 -瓦斯" 'has("技术") and (has("瓦斯") | not)'
    same "-技术" 'has("技术") | not'
    same "煤 (瓦斯 OR 顶板) -火灾" 'has("煤") and (has("瓦斯") or has("顶板")) and (has("火灾") | not)'
    same '"设备" 研究' 'has("设备") and has("研究")'
    same "标题:装置" '.title | contains("装置")'
    same "单位:太原 年度:2020..2022" '(.stat_year | . >= 2020 and . <= 2022) and any(.units[].name; contains("太原"))'
    same "关键词:瓦斯" 'any(.keywords[]?; contains("瓦斯"))'
    same "摘要:试验 类别:基础理论成果" '.category == "B" and (.abstract // "" | contains("试验"))'
}

@test "facet counts are counted over the records" {
    for word in 瓦斯 技术 太原; do
        search --no-expand --limit 0 --facets category,year,keyword --where category=A "$word" >got.json
        jq -s --arg w "$word" '
            def tally(f): group_by(f) | map({key: (.[0] | f | tostring), value: length}) | from_entries;
            map(select(any(.searched[]; contains($w)))) as $all | ($all | map(select(.category == "A"))) as $a
            | {total: ($a | length), category: ($all | tally(.category)), year: ($a | tally(.stat_year)),
               keyword: ([$a[] | (.keywords // [])| unique[]] | group_by(.) | map({key: .[0], value: length}) | from_entries)}' \
            public.jsonl >want.json
        jq -e -n --slurpfile g got.json --slurpfile w want.json '
            def given: map({key: .value, value: .count}) | from_entries;
            [$g[0] | .total, (.facets.category | given), (.facets.year | given)] as $got
            | [$w[0] | .total, .category, .year] as $want
            | [$g[0].facets.keyword[] | select(.count != $w[0].keyword[.value])] as $keywords
            | if $got == $want and $keywords == [] then true else ({$got, $want, $keywords} | debug | false) end'
    done
}

@test "1,500 quoted pieces of any text: totals, records, facets and marks as a scan finds them" {
    python3 "$ROOT/tests/quality/exact.py" "$CG" "$BATS_TEST_TMPDIR" 1500 "${CHENGGUO_SEED:-20}" >figures ||
        { cat figures; return 1; }
    echo "# $(tail -n 1 figures)" >&3
}
