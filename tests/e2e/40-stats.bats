#!/usr/bin/env bats
# Statistics and charts over the sample: cells equal the generator's truth, every cell's
# link lists exactly its achievements, all faces say the same numbers.
load lib

setup_file() {
    lib_setup
    export CHENGGUO_STORE="$BATS_FILE_TMPDIR/store"
    "$CG" ingest "$SAMPLE" >/dev/null 2>&1
}
setup() { cd "$BATS_TEST_TMPDIR" || return; }
teardown() { drop_daemon; }

# JSON-stat on stdin -> one object a cell: the coordinates and what belongs to it.
cells() {
    jq -c '. as $d | .id as $ids
        | [$ids[] as $i | $d.dimension[$i].category.index] as $codes
        | reduce range($codes | length) as $k ([[]]; [.[] as $c | $codes[$k][] as $v | $c + [$v]])
        | to_entries[] | .key as $n
        | ([range($ids | length) as $k | {($ids[$k]): .value[$k]}] | add)
          + {value: $d.value[$n], records: $d.extension.records[$n], visible: $d.extension.visible[$n],
             link: $d.extension.links[$n], num: $d.extension.numerator[$n], den: $d.extension.denominator[$n]}'
}

@test "T01: every year's count is the truth's" {
    "$CG" stats T01 --year 2025 --format jsonstat | cells >cells
    jq -s -e --slurpfile t "$TRUTH" '
        [.[] | select(.measure == "n") | {year: (.year | tonumber), records, visible, value}]
        == [$t[0].by_year[] | {year, records, visible, value: .records}]' cells
}

@test "T02: every category and year is the truth's, the total their sum" {
    for year in 2018 2021 2025; do
        "$CG" stats T02 --year "$year" --format jsonstat | cells >cells
        jq -s -e --slurpfile t "$TRUTH" '
            [.[] | select(.measure == "n")] as $n
            | ($n | length) == 12
            and all($n[]; . as $c
                | [$t[0].by_year_category[] | select((.year | tostring) == $c.year)
                   | select($c.category == "_T" or .category == $c.category)]
                | {records: (map(.records) | add), visible: (map(.visible) | add)}
                    == {records: $c.records, visible: $c.visible} and $c.value == $c.records)' cells
    done
}

@test "rates are their numerator over their denominator" {
    for t in T01 T02; do "$CG" stats $t --year 2025 --format jsonstat | cells; done >cells
    jq -s -e '[.[] | select(.measure == "share" or .measure == "growth") | select(.value != null)] as $r
        | ($r | length) > 30 and all($r[]; (.value - 100 * .num / .den | fabs) < 0.005001)' cells
}

@test "CSV, JSON-stat and the list hold the same" {
    for t in T01 T02; do
        "$CG" stats $t --year 2025 --format jsonstat | cells >cells
        "$CG" stats $t --year 2025 --format csv >t.csv
        [ "$(head -c 3 t.csv | od -An -tx1 | tr -d ' ')" = efbbbf ]
        [ "$(grep -c $'\r$' t.csv)" -eq "$(wc -l <t.csv)" ]
        [ $(($(wc -l <t.csv) - 1)) -eq "$(wc -l <cells)" ]
        # each line of the CSV: value, records, visible of the cell in its place
        tail -n +2 t.csv | tr -d '\r' | awk -F, '{ print $(NF-4), $(NF-2), $(NF-1) }' >csv.txt
        jq -r '"\(.value // "") \(.records) \(.visible)"' cells >json.txt
        paste -d' ' csv.txt json.txt | awk '
            NF == 6 && ($1 - $4 > 0.0001 || $4 - $1 > 0.0001 || $2 != $5 || $3 != $6) { print; bad = 1 }
            NF != 6 && NF != 4 { print; bad = 1 }
            END { exit bad }'
        "$CG" stats $t --year 2025 | grep -q "^$t "
    done
    "$CG" stats --json | jq -e 'map(.id) | index("T01") != null and index("T02") != null'
    "$CG" stats T01 --year 2025 --format json | jq -S . >a.json
    "$CG" stats T01 --year 2025 --format jsonstat | jq -S . >b.json
    diff a.json b.json
}

@test "every cell's link lists exactly its achievements, for the public and inside" {
    for audience in public internal; do
        start_daemon --audience "$audience" --quiet
        : >cells
        for p in /stats/T01.json "/stats/T02.json?year=2025" "/stats/T02.json?year=2019"; do
            get "$URL$p" | cells >>cells
        done
        jq -r 'select(.link) | .link' cells | sort -u >links
        sed "s|^/search?|url = \"$URL/search.json?size=1\&|; s|\$|\"|" links >urls
        get -K urls | jq .total >totals
        [ "$(wc -l <totals)" -eq "$(wc -l <links)" ]
        paste links totals | jq -R 'split("\t") | {(.[0]): (.[1] | tonumber)}' | jq -s add >by_link
        field=visible
        [ $audience = public ] || field=records
        jq -s -c --arg f $field --slurpfile l by_link '
            .[] | select(.link) | select(.[$f] != $l[0][.link]) | {link, want: .[$f], got: $l[0][.link]}' cells >wrong
        echo "# $audience: $(jq -s 'map(select(.link)) | length' cells) cells, $(wc -l <links) links" >&3
        cat wrong
        [ ! -s wrong ]
        # a cell with achievements has a link
        jq -s -e --arg f $field '[.[] | select(.measure == "n" and .[$f] > 0)] | length > 20 and all(.link)' cells
        stop_daemon
    done
}

@test "a chart: well-formed SVG with its numbers as text and links, PNG of the width asked for, CSV" {
    "$CG" chart C01 --year 2025 -o c.svg
    xmllint --noout c.svg
    for y in 2016 2025; do grep -q ">$y<" c.svg; done
    grep -q '<title[^>]*>登记成果趋势' c.svg
    [ "$(grep -c '<a ' c.svg)" -gt 10 ]
    run ! grep -q -i -e '<script' -e 'iso-8859' -e 'SVG drawing' c.svg
    "$CG" chart C01 --year 2025 --width 640 -o c.png
    [ "$(od -An -tx1 -N8 c.png | tr -d ' ')" = 89504e470d0a1a0a ]
    # the width stands in bytes 16 to 19
    [ "$(od -An -tu1 -j16 -N4 c.png | awk '{ print (($1 * 256 + $2) * 256 + $3) * 256 + $4 }')" -ge 640 ]
    "$CG" chart C01 --year 2025 -o c.pdf
    [ "$(head -c 5 c.pdf)" = %PDF- ]
    "$CG" chart C01 --year 2025 -o c.csv
    tail -n +2 c.csv | grep '^A,' | awk -F, '{ print $2, $4 }' >got
    jq -r '.by_year_category[] | select(.category == "A") | "\(.year) \(.records)"' "$TRUTH" >want
    diff want got
    "$CG" chart --json | jq -e 'map(.id) | index("C01") != null'
}

@test "the daemon draws the same chart as the command, and says what it is" {
    "$CG" chart C01 --year 2025 -o c.svg
    start_daemon --quiet
    get -D head "$URL/charts/C01.svg?year=2025" >d.svg
    grep -q -i '^content-type: image/svg+xml' head
    cmp c.svg d.svg
    get -D head "$URL/charts/C01.png?year=2025" >d.png
    grep -q -i '^content-type: image/png' head
    [ "$(od -An -tx1 -N8 d.png | tr -d ' ')" = 89504e470d0a1a0a ]
    "$CG" stats T02 --year 2025 --format csv >t.csv
    get "$URL/stats/T02.csv?year=2025" >d.csv
    cmp t.csv d.csv
    stop_daemon
}

@test "wrong tables, charts, years, formats are named with what was meant" {
    run -4 "$CG" stats T99
    [[ "$output" == *T99* ]]
    run -4 "$CG" chart C99 -o x.svg
    run -2 "$CG" chart C01 -o x.gif
    run -2 "$CG" stats T01 --format pdf
    run -2 "$CG" chart C01 --width 20 -o x.svg
    for c in "stats T01" "chart C01"; do
        # no year at all is a wrong option; a year without data is not found
        run -2 "$CG" $c --year 1066
        [[ "$output" == *"四位数字"* ]]
        run -4 "$CG" $c --year 1999
        [[ "$output" == *"有数据的是 2016 到 2025 年"* ]]
        run -4 "$CG" $c --edition nosuch
        [[ "$output" == *"没有版本 nosuch"* ]]
    done
    run -1 "$CG" chart C01 -o no/such/folder/c.svg
    [ ! -e x.svg ]
}
