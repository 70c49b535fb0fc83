#!/usr/bin/env bats
# A facet count, a way out and a did-you-mean say what a click finds, whether the query is
# relaxed or not: every one of them is followed through the daemon.
load lib

setup_file() {
    lib_setup
    export SERVED="$BATS_FILE_TMPDIR/store"
    CHENGGUO_STORE=$SERVED "$CG" ingest "$SAMPLE" >/dev/null 2>&1 || [ $? = 3 ]
}
setup() { export CHENGGUO_STORE=$SERVED; start_daemon; }
teardown() { drop_daemon; }

ask() { get -G --data-urlencode "q=$1" "${@:2}" "$URL/search.json"; }

@test "every facet count is the total of the page behind it" {
    local q pair n checked=0 wrong=0
    for q in 煤矿瓦斯 '瓦斯 抽采 钻孔 封孔 装备' 临汾高原大学 '哪些单位研究碳纤维？' 混泥土 LNG '基于深度学习的(下)研究'; do
        while IFS=$'\t' read -r pair n; do
            checked=$((checked + 1))
            local got
            got=$(ask "$q" --data-urlencode "$pair" -d size=1 -d highlight=0 | jq .total)
            [ "$got" = "$n" ] || { echo "# $q $pair: $n promised, $got found" >&3; wrong=$((wrong + 1)); }
        done < <(ask "$q" -d facets=category,year,region,unit_type,status,keyword -d facet_size=6 |
            jq -r '.facets | to_entries[] | .key as $f | .value[] | "\($f)=\(.value)\t\(.count)"')
    done
    [ "$checked" -ge 150 ]
    [ "$wrong" = 0 ]
}

@test "a did-you-mean finds what it says, under filters too" {
    local where a
    for where in size=20 year=2024 category=A; do
        a=$(ask 瓦丝抽采 -d "$where")
        jq -e '.suggestion == "瓦斯抽采"' <<<"$a"
        [ "$(get "$URL$(jq -r .suggestion_url <<<"$a")" | jq .total)" = "$(jq .suggestion_total <<<"$a")" ]
    done
}
