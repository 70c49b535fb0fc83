#!/usr/bin/env bats
# Which achievement a contract is about: matched, listed, linked by hand, and taken back.
load lib

contract() { # NO JQ-OBJECT
    jq -cn --arg no "$1" '{kind: "contract", contract_no: $no, type: "许可", signed_on: "2016-02-01",
        amount_total: "100.00", seller: {name: "太原第1试验厂"}} + ('"$2"')'
}
classes() { "$CG" conversion list --json | jq -r '.[] | "\(.contract_no) \(.match) \(.links | map(.uid // "-") | join(","))"'; }

setup_file() { lib_setup; }
setup() { cd "$BATS_TEST_TMPDIR" && fresh_store; }

@test "contracts are matched when achievements come, and no longer when they go" {
    { contract A '{ip_no: "ZL201510000001.1"}'
      contract B '{achievement_title: "第0001号煤层气井筒修复装置"}'
      contract C '{achievements: [{regno: "9142015Y0002"}]}'
      contract D '{}'; } >contracts.jsonl
    ingest contracts.jsonl
    diff <(classes) <(printf '%s\n' 'A none ' 'B none ' 'C declared -' 'D none ')
    regs 1 2 '{ip: [{kind: "发明专利", no: "201510000001.1", core: false}][: (if $i == 1 then 1 else 0 end)]}' >regs.jsonl
    ingest regs.jsonl
    diff <(classes) <(printf '%s\n' 'A ip T-0001' 'B title T-0001' 'C declared T-0002' 'D none ')
    check_deep
    [ "$("$CG" conversion list --match none --json | jq length)" = 1 ]
    "$CG" conversion list >text
    grep -q 知识产权号相同 text && grep -q 未匹配 text && grep -q T-0001 text
    "$CG" batch withdraw 2 >/dev/null
    diff <(classes) <(printf '%s\n' 'A none ' 'B none ' 'C declared -' 'D none ')
    check_deep
    ingest regs.jsonl
    diff <(classes) <(printf '%s\n' 'A ip T-0001' 'B title T-0001' 'C declared T-0002' 'D none ')
    # the contracts go, and are not there for anything any more
    "$CG" batch withdraw 1 >/dev/null
    [ "$(classes | wc -l)" = 0 ]
    check_deep
}

@test "what a person links stays, and is in the audit" {
    { regs 1 3; contract A '{achievement_title: "第0001号煤层气井筒修复装置"}'; contract C '{achievements: [{uid: "T-0001"}]}'; } >all.jsonl
    ingest all.jsonl
    "$CG" conversion link A 9142015Y0003 --by 王某 | grep -q 已记下
    [ "$(classes | head -n 1)" = 'A manual T-0003' ]
    "$CG" conversion link A T-0003 --by 王某 --json | jq -e '.changed == false'
    "$CG" conversion unlink A --by 王某
    [ "$(classes | head -n 1)" = 'A manual ' ]
    ingest <(regs 1 1 '{rev: 2, abstract: "改"}')
    [ "$(classes | head -n 1)" = 'A manual ' ]
    "$CG" conversion unlink A --auto --by 王某
    [ "$(classes | head -n 1)" = 'A title T-0001' ]
    check_deep
    "$CG" audit --json | jq -e '[.[] | select(.command | startswith("conversion")) | .actor] == ["王某", "王某", "王某"]'
    run -4 "$CG" conversion link nix T-0001
    run -4 "$CG" conversion link A nix
    run -1 "$CG" conversion link C T-0002
    [[ "$output" == *写明* ]]
    run -2 "$CG" conversion list --match title2
    run -2 "$CG" conversion link A
    run -2 "$CG" conversion list --auto
}
