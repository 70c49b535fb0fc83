#!/usr/bin/env bats
# The code lists, as programs and people may read them. No store is needed.
load lib

setup_file() { lib_setup; }
setup() {
    set -o pipefail
    cd "$BATS_TEST_TMPDIR" && fresh_store
}

@test "every list, and the codes of one with label and parent" {
    "$CG" codes list --json >lists.json
    jq -e 'map(.list) | index("category") != null and index("region") != null and index("discipline") != null' lists.json
    jq -e 'all(.entries > 1)' lists.json
    "$CG" codes list | awk 'NF != 2 {exit 1}'
    "$CG" codes list category --json | jq -e '.[0] == {code: "A", label: "应用技术成果", parent: null} and length == 3'
    "$CG" codes list region --json >region.json
    jq -e '[.[] | select(.code == "140105")][0] | .label == "小店区" and .parent == "140100"' region.json
    # the counts agree
    [ "$(jq length region.json)" -eq "$(jq '.[] | select(.list == "region") | .entries' lists.json)" ]
    "$CG" codes list industry >industry.tsv
    grep -q -P '^B06\t煤炭开采和洗选业\tB$' industry.tsv
    [ ! -e "$CHENGGUO_STORE" ]
}

@test "wrong use is told" {
    run -2 "$CG" codes
    run -2 "$CG" codes show category
    run -4 --separate-stderr "$CG" codes list categori
    [[ "$stderr" == *category* ]]
}
