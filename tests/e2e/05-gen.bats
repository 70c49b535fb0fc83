#!/usr/bin/env bats
# The generator of synthetic registrations: same seed, same bytes; its truth adds up; every
# kind of row is there; the sample in data/sample is what it makes.

setup_file() {
    export ROOT="$BATS_TEST_DIRNAME/../.." FLAVOUR="${FLAVOUR:-asan}"
    export GEN="${CHENGGUO_GEN:-$ROOT/build/$FLAVOUR/chengguo-gen}"
    [ -n "${CHENGGUO_GEN:-}" ] || make -s -C "$ROOT" FLAVOUR="$FLAVOUR" "build/$FLAVOUR/chengguo-gen"
    cd "$BATS_FILE_TMPDIR"
    "$GEN" --seed 11 --count 2000 --out a.jsonl --truth a.json
    "$GEN" --seed 11 --count 2000 --clean --out clean.jsonl --truth clean.json
}

setup() { cd "$BATS_FILE_TMPDIR"; }

@test "the same seed gives the same bytes, another seed others" {
    "$GEN" --seed 11 --count 2000 --out b.jsonl --truth b.json
    cmp a.jsonl b.jsonl
    cmp a.json b.json
    "$GEN" --seed 12 --count 2000 --out c.jsonl
    ! cmp -s a.jsonl c.jsonl
}

@test "truth: outcomes sum to the rows read, codes to the rows held and rejected" {
    [ "$(jq .read a.json)" -eq "$(wc -l < a.jsonl)" ]
    jq -e '.read == .added + .updated + .unchanged + .withdrawn + .skipped + .held + .rejected' a.json
    jq -e '([.codes[]] | add) == .held + .rejected' a.json
    jq -e '.codes.H_ORPHAN + .codes.H_MARKING == .held' a.json
}

@test "truth: years and categories sum to the totals" {
    jq -e '([.by_year[].records] | add) == .registered and ([.by_year[].visible] | add) == .visible' a.json
    jq -e '([.by_year_category[].records] | add) == .registered' a.json
    jq -e '([.by_year_category[].visible] | add) == .visible' a.json
    jq -e '.visible < .registered and .after_all.registered == .registered' a.json
}

@test "from 2,000 records on every code occurs" {
    jq -e '.codes | [.E_ENCODING, .E_SYNTAX, .E_CLASSIFIED, .E_FIELD, .E_STATE, .E_EVAL, .E_REGNO,
           .E_DUP, .H_MARKING, .H_ORPHAN] | all(. > 0)' a.json
}

@test "a clean file: every line is JSON, nothing to refuse, titles differ" {
    jq -e '.held == 0 and .rejected == 0 and .codes == {}' clean.json
    [ "$(jq -c . clean.jsonl | wc -l)" -eq "$(wc -l < clean.jsonl)" ]
    jq -r 'select(.kind == "registration" and .rev == 1) | [.uid // .regno, .title] | @tsv' clean.jsonl |
        sort -u | cut -f2 | sort > titles
    [ "$(wc -l < titles)" -gt 1900 ]
    [ -z "$(uniq -d titles)" ]
}

@test "every field of the format occurs, and every state, consent and publicity" {
    jq -r 'select(.kind == "registration") | keys[]' clean.jsonl | sort -u > keys
    for k in schema uid rev updated_at registry state consent publicity paper_pending secrecy regno \
        approved_on submitted_on achieved_on stat_year category title abstract keywords points metrics \
        prospects recommender approver units people contact form attribute stage level maturity \
        research_mode discipline industry hitech sei clc source plan project_title project_no fiscal \
        evaluation application conversion intent cooperation ask_amount scope income invest ip \
        standards papers research_from research_to; do
        grep -qx "$k" keys || { echo "no $k"; false; }
    done
    [ "$(jq -r 'select(.kind == "registration").state' clean.jsonl | sort -u | wc -l)" -eq 11 ]
    [ "$(jq -r 'select(.kind == "registration").consent' clean.jsonl | sort -u | wc -l)" -eq 3 ]
    [ "$(jq -r 'select(.kind == "registration").publicity' clean.jsonl | sort -u | wc -l)" -eq 5 ]
    for k in event contract receipt reward app_status benefit; do
        grep -q "^{\"kind\":\"$k\"" clean.jsonl
    done
}

@test "shares, separate files, wrong options" {
    "$GEN" --seed 11 --count 600 --share duplicate=0 --share contract=0 --out s.jsonl --truth s.json
    jq -e '.codes.E_DUP == null' s.json
    [ "$(grep -c '"kind":"contract"' s.jsonl)" = 0 ]
    "$GEN" --seed 11 --count 2000 --out m.jsonl --events e.jsonl --contracts x.jsonl --truth m.json
    for f in main:m events:e contracts:x; do
        [ "$(jq ".files.${f%:*}.read" m.json)" -eq "$(wc -l < "${f#*:}.jsonl")" ]
    done
    [ "$(jq -c '.kind' e.jsonl | sort -u)" = '"event"' ]
    run "$GEN" --share nothing=1 --out s.jsonl
    [ "$status" -eq 2 ]
    run "$GEN" --count 10 --out /dev/full
    [ "$status" -eq 1 ]
}

@test "records as tables: a header and a row each, the same in both" {
    "$GEN" --seed 11 --count 300 --clean --out t.jsonl --csv t.csv --xlsx t.xlsx
    cmp <("$GEN" --seed 11 --count 300 --clean --out /dev/stdout) t.jsonl
    [ "$(wc -l < t.csv)" -eq 301 ]
    ssconvert t.xlsx x.csv 2>/dev/null
    # Dates show as an office writes them; texts are the same.
    diff <(sed '1s/^\xEF\xBB\xBF//; s/\r$//' t.csv | cut -d, -f1,7,10,12) <(cut -d, -f1,7,10,12 x.csv)
    head -n 2 x.csv | grep -q ',[0-9]\{4\}/[0-9]*/[0-9]*,'
}

@test "TSV of other engines: one line each, numbers become distinct codes" {
    for i in 1 2 3; do
        printf '%d\t瓦斯抽采%d\t摘要\t词甲;词乙\t单位甲;单位乙\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t0,%d\n' \
            $i $i $((i - 1)) $i $i $i $i $i $i $i $i $((i - 1)) $i $i
    done > d.tsv
    "$GEN" --from-tsv d.tsv --out d.jsonl
    [ "$(jq -r .uid d.jsonl | tr '\n' ' ')" = "00000001 00000002 00000003 " ]
    jq -se 'map([.category, .stat_year, .units[0].region, .hitech, .industry[0], .ip[1].kind]) |
            . == [["A", 2002, "140106", "2", "B06", "实用新型专利"],
                  ["B", 2003, "140107", "3", "C13", "外观设计专利"],
                  ["S", 2004, "140108", "4", "D44", "软件著作权"]]' d.jsonl
    printf '1\t题\n' > bad.tsv
    run "$GEN" --from-tsv bad.tsv --out d.jsonl
    [ "$status" -eq 1 ]
    [[ "$output" == *"bad.tsv:1"* ]]
}

@test "the sample is what its command makes" {
    "$GEN" --seed 20251231 --count 2000 --clean --out sample.jsonl --truth sample.json
    cmp sample.jsonl "$ROOT/data/sample/registrations.jsonl"
    cmp sample.json "$ROOT/data/sample/truth.json"
    n=$(jq -r 'select(.kind == "registration") | .title + .abstract' sample.jsonl | grep -c 煤矿瓦斯)
    [ "$n" -ge 10 ]
}
