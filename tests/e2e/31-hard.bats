#!/usr/bin/env bats
# Hard queries and what a reader expects first: tests/cases/hard/cases.tsv over the records
# of records.tsv, asked of a real daemon as a page would ask.
load lib

HARD=$BATS_TEST_DIRNAME/../cases/hard

setup_file() {
    lib_setup
    export CHENGGUO_STORE="$BATS_FILE_TMPDIR/store"
    grep -v '^#' "$HARD/records.tsv" | jq -cR '
        def several: (. // "") | split("|") | map(select(. != ""));
        . as $line | split("\t") as [$uid, $title, $keywords, $abstract, $units, $people, $patents]
        | input_line_number as $n | ($n + 10000 | tostring | .[1:]) as $no
        | {kind: "registration", schema: 1, uid: $uid, regno: "9149924Y\($no)", registry: "140000",
           state: "approved", consent: "yes", publicity: "closed", secrecy: "非密", category: "应用技术成果",
           title: $title, stat_year: 2024, approved_on: "2024-06-\(10 + $n % 20)", keywords: ($keywords | several),
           units: (($units // "示例所\($uid)" | if . == "" then "示例所\($uid)" else . end) | several | map({name: .})),
           people: ($people | several | map({name: .})),
           ip: ($patents | several | map({kind: "发明专利", no: .}))}
        | if ($abstract // "") == "" then . else . + {abstract: $abstract} end' >"$BATS_FILE_TMPDIR/records.jsonl"
    "$CG" ingest --json "$BATS_FILE_TMPDIR/records.jsonl" >"$BATS_FILE_TMPDIR/report.json"
}
setup() { export CHENGGUO_STORE="$BATS_FILE_TMPDIR/store"; }
teardown() { drop_daemon; }

# judge EXPECTATION TOTAL <ANSWER: one line for each part that does not hold.
judge() {
    jq -r --arg want "$1" --arg total "$2" '
        ([.hits[].uid]) as $got | (.query.relaxed.strict_total // .total) as $strict
        | def blocks: split(" ") | map(split(","));
          def first($b): reduce $b[] as $set ({at: 0, ok: true};
              .ok = (.ok and (($got[.at:.at + ($set | length)] | sort) == ($set | sort))) | .at += ($set | length)) | .ok;
        ($want | split("; ")[] | {kind: .[:1], names: .[1:]}
         | (.names | split(" ") | map(select(. != ""))) as $names
         | select(if .kind == "=" then ($got[:$strict] | sort) != ($names | sort) or $strict != ($names | length)
                  elif .kind == "^" then first(.names | blocks) | not
                  elif .kind == "!" then any($names[]; . as $u | $got[:$strict] | index($u))
                  else true end)
         | "  wanted \(.kind)\(.names)"),
        (if $total != "-" and ($total | tonumber) != .total then "  wanted total \($total)" else empty end)
        | . + ", got \($got[:12] | join(" ")), total \($strict)"'
}

@test "every record of the table is there" {
    jq -e --argjson n "$(grep -vc '^#' "$HARD/records.tsv")" '.added == $n' "$BATS_FILE_TMPDIR/report.json"
}

@test "hard queries find what a reader expects, in that order" {
    start_daemon --quiet
    local query params want total note wrong n=0 failed=0
    while IFS=$'\037' read -r query params want total note; do
        [[ "$query" != '#'* ]] || continue
        n=$((n + 1))
        get --data-urlencode "q=$query" ${params:+--data "$params"} -G "$URL/search.json?size=100&highlight=0" \
            >"$BATS_TEST_TMPDIR/answer"
        wrong=$(judge "$want" "$total" <"$BATS_TEST_TMPDIR/answer")
        [ -z "$wrong" ] || { printf '%s  %s  %s\n%s\n' "$query" "$params" "$note" "$wrong"; failed=$((failed + 1)); }
    done < <(tr '\t' '\037' <"$HARD/cases.tsv")
    [ "$n" -gt 100 ]
    echo "# $n hard queries, $failed not as expected" >&3
    [ "$failed" = 0 ]
    stop_daemon
}
