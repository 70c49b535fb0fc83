#!/usr/bin/env bats
# The unit register: one unit under two spellings counts as one in facets, filters, search
# and tables; merges are listed and undone exactly; a rebuild and another order of arrival
# give the same. Codes are made up, with right check digits.
load lib

setup_file() { lib_setup; }
setup() {
    cd "$BATS_TEST_TMPDIR" || return
    fresh_store
    uni='{name: "太原理工大学", uscc: "12140000405747241J", type: "大专院校", region: "140100"}'
    {
        regs 1 2 "{units: [$uni]}"
        regs 3 3 '{units: [{name: "太原理工", uscc: "12140000405747241J", type: "大专院校"}]}'
        regs 4 4 '{units: [{name: "太原 理工大学（盖章）", region: "140100"}]}'
        regs 5 5 '{units: [{name: "北方机械厂"}, {name: "太原理工"}]}'
        # a code that fails its check digit is none, a second right one another unit
        regs 6 6 '{units: [{name: "晋阳机床厂", uscc: "12140000405747241X"}]}'
        regs 7 7 '{units: [{name: "晋机", uscc: "91140000111111111R"}], consent: "no"}'
    } >rows.jsonl
}

teardown() { drop_daemon; }

facet() { search --limit 0 --facets "$1" "${@:2}" | jq -c "[.facets.$1[] | {(.value): .count}] | add"; }
# everything that is answered, and the cells behind the tables
state() {
    dump
    sqlite3 "$CHENGGUO_STORE/internal/data.db" 'SELECT * FROM aggregate ORDER BY cube, year, d1, d2'
}

# the same for stores whose records came in another order: ties of rank follow the arrival
by_uid() {
    local a
    for a in public internal; do
        search --audience "$a" --facets all --sort -approved --limit 1000 |
            jq -S '.total, .facets, .facets_other, (.hits | map(del(.score)) | sort_by(.uid))'
        sqlite3 "$CHENGGUO_STORE/$a/data.db" 'SELECT * FROM aggregate ORDER BY cube, year, d1, d2'
    done
    "$CG" unit list --json | jq -S 'map(del(.id))'
}

@test "two spellings count as one in facets, filters and search; the record keeps its own" {
    ingest rows.jsonl
    [ "$(facet unit)" = '{"太原理工大学":5,"北方机械厂":1,"晋阳机床厂":1}' ] ||
        { facet unit >&2; return 1; }
    [ "$(facet first_unit)" = '{"太原理工大学":4,"北方机械厂":1,"晋阳机床厂":1}' ]
    [ "$(facet unit --audience internal)" = '{"太原理工大学":5,"北方机械厂":1,"晋机":1,"晋阳机床厂":1}' ]
    [ "$(total --where unit=太原理工大学)" = 5 ]
    [ "$(total --where unit=太原理工)" = 0 ]
    # found under its own spelling and under the name that counts
    search 太原理工大学 | jq -e '.total == 5'
    search '单位:太原理工大学' | jq -e '.total == 5'
    search '"太原理工" -太原理工大学' | jq -e '.total == 0'
    "$CG" show T-0003 | grep -q '太原理工'
    "$CG" show T-0003 --json | jq -e '.unit == "太原理工" and .units[0].name == "太原理工" and .units_as == ["太原理工大学"]'
    "$CG" show T-0003 | grep -q '^单位现用名称：太原理工大学$'
    search --where unit=太原理工大学 |
        jq -e '[.hits[].unit] | sort == ["北方机械厂", "太原 理工大学（盖章）", "太原理工", "太原理工大学", "太原理工大学"]'
    check_deep
}

@test "the links of pages filter by the name that counts" {
    ingest rows.jsonl
    search --where unit=太原理工大学 | jq -e '[.hits[] | select(.uid == "T-0003") | .unit, .units_as[0]] == ["太原理工", "太原理工大学"]'
    search --where unit=太原理工大学 | jq -e '[.hits[] | select(.uid == "T-0001") | has("units_as")] == [false]'
    start_daemon --quiet
    for page in /achievement/T-0003 /achievement/T-0005 "/search?q=%E7%AC%AC0003%E5%8F%B7"; do
        get "$URL$page" | grep -o 'href="/search?[^"]*unit=[^"]*"' | sed 's/^href="//; s/"$//; s/&amp;/\&/g' >links
        [ -s links ]
        while read -r link; do
            n=$(get "$URL${link/\/search?//search.json?}" | jq .total)
            [ "$n" -gt 0 ] || { echo "$page: $link finds nothing" >&2; return 1; }
        done <links
    done
    stop_daemon
}

@test "every merge is listed; one undone is as before, and does not come back" {
    ingest rows.jsonl
    "$CG" unit list --merges --json >merges
    jq -e 'map([.reason, .undone_at]) | sort == [["name", null], ["name", null], ["uscc", null]]' merges
    "$CG" unit show 太原理工 --json |
        jq -e '.name == "太原理工大学" and .uses == 5 and .uscc == ["12140000405747241J"] and (.merges | length) == 3'
    state >before
    "$CG" unit merge 北方机械厂 太原理工 --by 张
    [ "$(facet first_unit)" = '{"太原理工大学":5,"晋阳机床厂":1}' ]
    check_deep
    run -1 "$CG" unit merge 太原理工大学 北方机械厂
    id=$("$CG" unit list --merges --json | jq '.[] | select(.reason == "merge") | .id')
    "$CG" unit unmerge "$id" --by 李 --json | jq -e '.changed'
    state >after
    diff before after
    "$CG" unit list --merges --json | jq -e --argjson id "$id" \
        '.[] | select(.id == $id) | .actor == "张" and .undone_by == "李" and .undone_at != null'
    run -1 "$CG" unit unmerge "$id"
    run -4 "$CG" unit unmerge 999
    # an automatic one: undone, it stays undone when more of the same comes
    id=$(jq '.[] | select(.reason == "uscc") | .id' merges)
    "$CG" unit unmerge "$id" --by 李
    [ "$(facet unit)" = '{"太原理工大学":3,"太原理工":2,"北方机械厂":1,"晋阳机床厂":1}' ]
    regs 8 8 '{units: [{name: "太原理工", uscc: "12140000405747241J"}]}' >more.jsonl
    ingest more.jsonl
    [ "$(facet first_unit)" = '{"太原理工大学":3,"太原理工":2,"北方机械厂":1,"晋阳机床厂":1}' ]
    check_deep
}

@test "a rebuild answers the same, in place and anew, also after decisions" {
    ingest rows.jsonl
    "$CG" unit rename 太原理工大学 山西理工大学 --on 2024-05-01 --by 张
    "$CG" unit alias 北方机械厂 晋阳机床厂
    [ "$(facet first_unit)" = '{"山西理工大学":4,"北方机械厂":2}' ]
    search 山西理工大学 | jq -e '.total == 5'
    check_deep
    state >before
    "$CG" rebuild >/dev/null
    state >after
    diff before after
    check_deep
}

@test "another order of arrival gives the same" {
    ingest rows.jsonl
    by_uid >want
    grep -q '"uses"' want
    tac rows.jsonl >back.jsonl
    fresh_store whole
    ingest back.jsonl
    by_uid >got
    diff want got
    check_deep
    fresh_store lines
    while read -r line; do
        echo "$line" >one.jsonl
        ingest one.jsonl
    done <back.jsonl
    by_uid >got
    diff want got
    check_deep
}

@test "a list of units: names, former names, short forms; gaps of type and region are filled" {
    ingest rows.jsonl
    printf '名称\t信用代码\t属性\t地区\t简称\t曾用名\n' >units.tsv
    printf '晋阳机床集团\t\t工矿企业\t太原市\t晋机床\t晋阳机床厂@2010-01\n' >>units.tsv
    printf '北方机械厂\t\t企业\t大同市\n' >>units.tsv
    [ "$(facet region)" = '{"140100":3,"none":3}' ] || { facet region >&2; return 1; }
    "$CG" unit import units.tsv --by 张
    [ "$(facet region)" = '{"140100":4,"140200":1,"none":1}' ]
    [ "$(facet unit_type)" = '{"大专院校":3,"企业":2,"none":1}' ]
    [ "$(facet first_unit)" = '{"太原理工大学":4,"北方机械厂":1,"晋阳机床集团":1}' ]
    "$CG" show T-0006 --json | jq -e '.units[0] | has("region") | not'
    state >before
    "$CG" unit import units.tsv --by 张
    state >after
    diff before after
    printf '名称\t信用代码\n甲\t12140000405747241X\n' >bad.tsv
    run -1 "$CG" unit import bad.tsv
    [[ "$output" == *"bad.tsv:2"*"信用代码"* ]]
    run -4 "$CG" unit show 甲
    run -2 "$CG" unit rename 北方机械厂
    run -2 "$CG" unit shwo x
    [[ "$output" == *"show"* ]]
    # who did it is in the audit table
    sqlite3 "$CHENGGUO_STORE/registry.db" "SELECT actor FROM audit WHERE command = 'unit import'" | grep -q 张
    check_deep
}

@test "a name leaves the register with the last record that carries it" {
    ingest rows.jsonl
    regs 5 5 '{rev: 2, updated_at: "2016-02-01T00:00:00+08:00", units: [{name: "北方重工"}]}' >rev.jsonl
    ingest rev.jsonl
    run -4 "$CG" unit show 北方机械厂
    "$CG" unit show 太原理工 --json | jq -e '.uses == 4'
    check_deep
}
