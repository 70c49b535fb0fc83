#!/usr/bin/env bats
# search and show on the command line, over the sample: text, JSON, exit codes, paging.
bats_require_minimum_version 1.5.0

setup_file() {
    export ROOT="$BATS_TEST_DIRNAME/../.." FLAVOUR="${FLAVOUR:-asan}"
    export CG="${CHENGGUO:-$ROOT/build/$FLAVOUR/chengguo}"
    [ -n "${CHENGGUO:-}" ] || make -s -C "$ROOT" FLAVOUR="$FLAVOUR" "build/$FLAVOUR/chengguo"
    export CHENGGUO_STORE="$BATS_FILE_TMPDIR/store"
    "$CG" ingest "$ROOT/data/sample/registrations.jsonl" >/dev/null
}

search() { "$CG" search "$@" --json; }

@test "a search answers text on stdout, and says how to go on" {
    run --separate-stderr "$CG" search 煤矿瓦斯 --limit 3 --facets category
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [[ "${lines[0]}" =~ ^共\ [0-9]+\ 项，第\ 1–3\ 项 ]]
    [[ "$output" == *应用技术成果* ]]
    [[ "$output" == *"--cursor "* ]]
}

@test "JSON is one document whose hits hold what was asked for" {
    search 煤矿瓦斯 --limit 100 | jq -e '.total > 0 and .total == (.hits | length)'
    search 标题:瓦斯 --limit 100 | jq -e '[.hits[].title | contains("瓦斯")] | all'
    search --where year=2024 --where category=软科学 --limit 100 |
        jq -e '.total > 0 and ([.hits[] | .year == 2024 and .category == "S"] | all)'
}

@test "the counts of a facet add up to the total, whatever is selected" {
    search --where category=A --facets category,year --limit 0 | jq -e '
        .total as $t
        | ([.facets.category[] | select(.selected) | .count] == [$t])
          and (([.facets.year[].count] | add) + (.facets_other.year.count // 0) == $t)'
}

@test "a cursor walks the whole list once" {
    want=$(search --where year=2023 --limit 0 | jq .total)
    cursor= seen=
    for _ in $(seq 100); do
        page=$(search --where year=2023 --sort title --limit 40 ${cursor:+--cursor "$cursor"})
        seen+=$(jq -r '.hits[].uid' <<<"$page")$'\n'
        cursor=$(jq -r '.next_cursor // empty' <<<"$page")
        [ -n "$cursor" ] || break
    done
    [ "$(grep -c . <<<"$seen")" -eq "$want" ]
    [ "$(sort -u <<<"$seen" | grep -c .)" -eq "$want" ]
}

@test "show finds by number and by uid, and hides what is private" {
    regno=$(search --limit 1 | jq -r '.hits[0].regno')
    uid=$(search --limit 1 | jq -r '.hits[0].uid')
    [ "$("$CG" show "$regno" --json | jq -r .uid)" = "$uid" ]
    [ "$("$CG" show "$uid" --json | jq -r .regno)" = "$regno" ]
    "$CG" show "$regno" --json | jq -e 'has("contact") or has("invest") or has("income") | not'
    "$CG" show "$regno" --json --audience internal | jq -e 'has("state") and has("consent")'
    "$CG" show "$regno" | grep -q "批准登记号：$regno"
}

@test "exit codes: nothing there 4, wrong usage 2, wrong value 1" {
    run "$CG" show 0000000Z0000
    [ "$status" -eq 4 ]
    run "$CG" show
    [ "$status" -eq 2 ]
    run "$CG" search --where yaer=2024
    [ "$status" -eq 2 ]
    [[ "$output" == *"year"* ]]
    run "$CG" search --where category=软科
    [ "$status" -eq 1 ]
    [[ "$output" == *"软科学成果"* ]]
    run "$CG" search 年度:2025..2021
    [ "$status" -eq 1 ]
    [[ "$output" == *"invalid_range"* ]]
    run "$CG" search --audience everyone 瓦斯
    [ "$status" -eq 2 ]
    CHENGGUO_STORE="$BATS_TEST_TMPDIR/none" run "$CG" search 瓦斯
    [ "$status" -eq 4 ]
}

@test "a malformed query is read literally, with a notice on stderr" {
    run --separate-stderr "$CG" search '"瓦斯' --limit 1
    [ "$status" -eq 0 ]
    [[ "$stderr" == *引号不成对* ]]
    search '"瓦斯' --limit 1 | jq -e '.notices | length == 1'
}
