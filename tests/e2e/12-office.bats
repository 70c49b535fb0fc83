#!/usr/bin/env bats
# Office files: every oddity of tests/cases/office with its outcomes and messages, every
# built-in profile's example end to end, proposals, and that what is classified is kept
# nowhere.
#
# A case is a folder: input.* or a script `make` that makes it (run with bash in an empty
# folder, $CASE is the case's), `options` of ingest, own profiles *.ini, expected.json.
load lib

setup_file() { lib_setup; }
setup() { cd "$BATS_TEST_TMPDIR" && fresh_store; }

OFFICE=data/sample/office

# run_case DIR: leaves the report in got.json, shaped like expected.json.
run_case() {
    local options=() code=0 dir=$1
    rm -rf case && mkdir case
    cp "$dir"/input.* "$dir"/*.ini case/ 2>/dev/null || true
    rm -f case/input.xml
    [ ! -e "$dir/make" ] || (cd case && CASE=$dir bash -eu "$dir/make" 2>/dev/null) || return 1
    [ ! -e "$dir/options" ] || read -ra options <"$dir/options" || true
    fresh_store
    (cd case && "$CG" ingest --json "${options[@]}" input.* >../out.json 2>../err) || code=$?
    jq -S -n --argjson exit "$code" --slurpfile r out.json --rawfile e err '{exit: $exit}
        + (if ($r | length) > 0 then $r[0]
            | {report: {read, added, updated, unchanged, withdrawn, skipped, held, rejected, codes, warnings},
               file: (.files[0] | del(.path)), ignored: [.ignored[] | "\(.line) \(.reason)"]}
           else {} end)
        + {messages: ($e | split("\n") | map(select(length > 0)))}' >got.json
}

@test "every oddity: outcomes, reasons, messages" {
    local bad=0 dir
    for dir in "$ROOT"/tests/cases/office/*/; do
        run_case "${dir%/}" || { echo "${dir}: cannot be made" && bad=1 && continue; }
        diff "$dir/expected.json" got.json || { echo "in $dir" && bad=1; }
        # outcomes sum to the rows read; of what is classified nothing stands anywhere
        jq -e '(.report // {read: 0}) | [.added, .updated, .unchanged, .withdrawn, .skipped, .held, .rejected]
            | add // 0' got.json >sum
        [ "$(cat sum)" -eq "$(jq '.report.read // 0' got.json)" ] || { echo "sum in $dir" && bad=1; }
        if grep -rq CANARY "$CHENGGUO_STORE" out.json err 2>/dev/null; then
            echo "canary in $dir" && bad=1
        fi
    done
    [ "$bad" = 0 ]
}

@test "a file that is not taken leaves no store changes behind" {
    "$CG" ingest "$ROOT/$OFFICE/hebei.csv" 2>/dev/null
    search --audience internal | jq 'del(.as_of, .took_ms)' >before.json
    printf 'a|b\nc|d\n' >x.csv
    run -1 "$CG" ingest x.csv
    [[ "$output" == *分隔符* ]]
    search --audience internal | jq 'del(.as_of, .took_ms)' >after.json
    diff before.json after.json
}

@test "every built-in profile has an example that goes in as it says" {
    local p
    "$CG" profile --json | jq -r '.[].name' >names
    [ "$(wc -l <names)" -ge 11 ]
    while read -r p; do
        [ -s "$ROOT/$OFFICE/$p.csv" ]
    done <names
    # contracts and what refers to them come last: they wait for nothing then
    for p in canonical shanxi-summary shandong-summary tianjin hebei jingjinji contracts receipts rewards app_status benefits; do
        "$CG" ingest --json "$ROOT/$OFFICE/$p.csv" >"$p.json" 2>"$p.err"
        jq -e --arg p "$p" '.files[0].profile == $p and .rejected + .held == 0 and .read > 0
            and .read == .added + .skipped' "$p.json"
    done
    jq -e '.skipped == 2 and .read == 2' shanxi-summary.json
    jq -e '.skipped == 2 and .read == 2' shandong-summary.json
    jq -e '.skipped == 1 and .read == 1' tianjin.json
    [ "$(total '"黄土边坡雨水监测"')" -eq 1 ]                       # consent given: public
    [ "$(total '"冬小麦节水示范"')" -eq 0 ]                         # none: not
    [ "$(total --audience internal '"冬小麦节水示范"')" -eq 1 ]
    [ "$(total --audience internal '"港口岸电"' --where region=120000)" -eq 1 ]
    [ "$(total --audience internal '"煤层气示范井"' --where state=submitted)" -eq 1 ]
    [ "$(total --audience internal '"海水淡化示范"' --where state=submitted)" -eq 1 ]
    [ "$(total --audience internal '"海河水质"' --where state=submitted)" -eq 1 ]
    "$CG" show --audience internal 9132023J8102 | grep -q 基础理论 # by its letter
    [ "$(sqlite3 -readonly "$CHENGGUO_STORE/registry.db" \
        "SELECT group_concat(kind || n) FROM (SELECT kind, count(*) AS n FROM conversion GROUP BY kind ORDER BY kind)")" = \
        app_status1,benefit1,contract2,receipt2,reward1 ]
    [ "$(sqlite3 -readonly "$CHENGGUO_STORE/registry.db" \
        "SELECT kind || ' ' || profile || ' ' || encoding FROM batch ORDER BY id LIMIT 1")" = \
        "csv canonical UTF-8" ]
    check_deep
}

@test "the same table as CSV in three encodings, XLSX and XLS: the same records" {
    "$CG" ingest --json "$ROOT/$OFFICE/canonical.csv" 2>/dev/null | jq -e '.added == 2'
    iconv -f UTF-8 -t GB18030 "$ROOT/$OFFICE/canonical.csv" >gb.csv
    iconv -f UTF-8 -t UTF-16 "$ROOT/$OFFICE/canonical.csv" >u16.csv
    ssconvert "$ROOT/$OFFICE/canonical.csv" book.xlsx 2>/dev/null
    ssconvert -T Gnumeric_Excel:excel_biff8 "$ROOT/$OFFICE/canonical.csv" book.xls 2>/dev/null
    for f in gb.csv u16.csv book.xlsx book.xls; do
        "$CG" ingest --json "$f" >"$f.json" 2>/dev/null
        jq -e '.read == 2 and .unchanged == 2' "$f.json"
    done
    jq -e '.files[0] | .kind == "xls" and .converter == "ssconvert"' book.xls.json
}

@test "a trial without a store makes none, and says the same" {
    "$CG" ingest --dry-run --json "$ROOT/$OFFICE/hebei.csv" >try.json 2>/dev/null
    [ ! -e "$CHENGGUO_STORE" ]
    "$CG" ingest --json "$ROOT/$OFFICE/hebei.csv" >real.json 2>/dev/null
    diff <(jq 'del(.revision, .seconds)' try.json) <(jq 'del(.revision, .seconds)' real.json)
}

@test "a refused row comes back by retry of the corrected table, and quarantine holds JSON" {
    printf '成果名称,成果类别,密级,第一完成单位,批准登记号,批准登记日期\n甲装置,A,非密,,9142024Y1,2024-11-05\n' >a.csv
    run -3 "$CG" ingest --reject-file no.jsonl a.csv
    [[ "$output" == *'a.csv:2: 列“第一完成单位”'*缺少必填项* ]]
    jq -e '.line == 2 and .code == "E_FIELD" and (.row | fromjson | .kind == "registration" and .title == "甲装置")' no.jsonl
    jq -r .row no.jsonl | sed 's/"approved_on"/"units":[{"name":"某院"}],&/' >b.jsonl
    "$CG" ingest --json b.jsonl 2>/dev/null | jq -e '.added == 1'
}

@test "profile: lists, proposes with shares, drafts an INI that goes in once it is finished" {
    "$CG" profile | grep -q '^shanxi-summary '
    run -0 "$CG" profile "$ROOT/$OFFICE/contracts.csv"
    [[ "$output" == *"合样式 contracts"*"成交金额（万元） → amount_total"*"2/2 合格"* ]]
    printf '编号,成果名,完成单位名,登记号,年度\n1,某装置,某院,9142024Y1,2024年\n2,某系统,某院,9142024Y2,近年\n' >own.csv
    "$CG" profile own.csv --json -o own.ini >p.json
    jq -e '.profile == null and .rows == 2 and (.columns | length == 5)
        and (.columns[] | select(.header == "成果名") | .field == null and .resembles == "成果名称")
        and (.columns[] | select(.header == "年度") | .field == "stat_year" and .filled == 2 and .fits == 1)' p.json
    run -1 "$CG" ingest own.csv
    [[ "$output" == *"成果名"*"成果名称"*"chengguo profile"* ]]
    sed -i 's/^# \(title\|units\[\]\.name\|secrecy\|category\)/\1/' own.ini
    run -3 "$CG" ingest --json --profile own.ini own.csv
    echo "$output" | grep '^{' | jq -e '.read == 2 and .added == 1 and .codes.E_FIELD == 1'
}

@test "own profiles: a folder from the configuration; a broken one is an error with its line" {
    mkdir own && sed 's/^name = .*/name = mine/; s/年度/成果年/' "$ROOT/data/profiles/hebei.ini" >own/mine.ini
    printf '[store]\nprofiles = %s/own\n' "$PWD" >c.ini
    "$CG" --config c.ini profile | grep -q '^mine '
    printf '成果名称,单位名称,主要人员,批准登记号,成果年\n甲,某院,张,9132023Y1,2023\n' >a.csv
    "$CG" --config c.ini ingest --json --profile mine a.csv 2>/dev/null | jq -e '.added == 1'
    echo 'nonsense' >>own/mine.ini
    run -1 "$CG" --config c.ini profile
    [[ "$output" == *mine.ini:* ]]
    run -2 "$CG" ingest --profile hebie a.csv
    [[ "$output" == *'是不是 hebei'* ]]
}

@test "two profiles that fit alike: the error names both" {
    mkdir own && sed 's/^name = .*/name = other/' "$ROOT/data/profiles/hebei.ini" >own/other.ini
    printf '[store]\nprofiles = %s/own\n' "$PWD" >c.ini
    run -1 "$CG" --config c.ini ingest "$ROOT/$OFFICE/hebei.csv"
    [[ "$output" == *'样式 hebei 和 other'*--profile* ]]
}
