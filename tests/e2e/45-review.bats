#!/usr/bin/env bats
# review: near duplicates are held, looked at side by side, decided once and for all;
# markings keep only their hash; every action is one batch with its line in the audit.
load lib

setup_file() { lib_setup; }
setup() { cd "$BATS_TEST_TMPDIR" && fresh_store; }

A='煤矿井下瓦斯抽采钻孔高效封孔技术及装备'
B='煤矿井下瓦斯抽采钻孔高校封孔技术及装备' # one slip
# pair [JQ-OBJECT]: a registration, and in near.jsonl one nearly like it.
pair() {
    regs 1 1 "{title: \"$A\"}" >first.jsonl
    regs 2 2 "{title: \"$B\", units: [{name: \"太原第1试验厂\", type: \"企业\", region: \"140100\"}]} + ${1:-"{}"}" >near.jsonl
    "$CG" ingest first.jsonl 2>/dev/null
}
counts() { "$CG" ingest --json "$@" 2>/dev/null | jq -c '[.added, .unchanged, .held, .rejected, .codes]'; }
open_rows() { "$CG" review list --json | jq -c '[.[] | [.id, .code]]'; }
sql() { sqlite3 -readonly "$CHENGGUO_STORE/registry.db" "$1"; }
nowhere() { ! grep -rqaF -- "$1" "$CHENGGUO_STORE" && ! grep -qF -- "$1" out.txt; }

@test "a near duplicate is held: not stored, not found, told which one it is like" {
    pair
    run -3 "$CG" ingest near.jsonl
    [[ "$output" == *待定*T-0001*H_SIMILAR* ]]
    [ "$(total)" -eq 1 ]
    [ "$(total --audience internal)" -eq 1 ]
    [ "$(sql 'SELECT count(*) FROM record')" -eq 1 ]
    run -0 --separate-stderr "$CG" review list
    [[ "$output" == *H_SIMILAR*near.jsonl:1*"$B"*T-0001* ]]
    "$CG" review list --json | jq -e --arg t "$B" 'length == 1 and .[0].title == $t and .[0].uid == "T-0002"
        and .[0].other == {uid: "T-0001", regno: "9142015Y0001"} and .[0].kept'
    [ "$("$CG" review list --json --code E_DUP)" = '[]' ]
    check_deep
}

@test "show: both sides, the differing characters marked, what they share" {
    pair '{people: [{name: "甲乙", unit: 1}], project_no: "2015-07"}'
    regs 1 1 "{title: \"$A\", rev: 2, people: [{name: \"甲乙\", unit: 1}], project_no: \"2015-07\"}" >again.jsonl
    ingest again.jsonl
    ingest near.jsonl
    run -0 --separate-stderr "$CG" review show 1
    [[ "$output" == *'高【效】封孔'*'高【校】封孔'* || "$output" == *'高【校】封孔'*'高【效】封孔'* ]]
    [[ "$output" == *第一完成单位（相同）*项目编号（相同）*甲乙* ]]
    "$CG" review show 1 --json | jq -e '.alike == {title: true, percent: 95, unit: true, project: true, people: true, ip: false}
        and .row.uid == "T-0002" and .record.uid == "T-0001" and (.marked.row | contains("【校】"))'
}

@test "accept: it is another one, now stored and published, and never alarms again" {
    pair
    ingest near.jsonl
    run -0 "$CG" review accept 1 --by 王审核 --note 两个项目
    [ "$(total "\"$B\"")" -eq 1 ]
    [ "$(open_rows)" = '[]' ]
    [ "$(counts near.jsonl)" = '[0,1,0,0,{}]' ]
    jq -c '.rev = 2 | .title += "与应用"' near.jsonl >revised.jsonl
    "$CG" ingest --json revised.jsonl 2>/dev/null | jq -e '.updated == 1 and .held == 0'
    [ "$(sql "SELECT actor, command, detail FROM audit WHERE command LIKE 'review%'")" = '王审核|review accept|review accept 1：两个项目' ]
    [ "$(sql 'SELECT count(*) FROM revision')" -eq 3 ]
    "$CG" review list --closed --json | jq -e 'length == 1 and .[0].settled.outcome == "added"'
    check_deep
}

@test "accept names the next one that it is like, and stays held until that is decided" {
    pair
    regs 3 3 '{title: "煤矿井下瓦斯抽采钻孔高小封孔技术及装备", units: [{name: "太原第1试验厂", region: "140100"}]}' >third.jsonl
    ingest near.jsonl
    "$CG" review accept 1 --by 王 2>/dev/null
    ingest third.jsonl
    run -3 "$CG" review accept 2 --by 王
    "$CG" review list --json | jq -e 'length == 1 and .[0].id == 2 and .[0].other.uid == "T-0002"'
    run -0 "$CG" review accept 2 --by 王
    [ "$(total)" -eq 3 ]
}

@test "reject: it is the same, and whenever it comes it is E_DUP naming the other" {
    pair
    ingest near.jsonl
    run -0 "$CG" review reject 1 --by 王审核
    [ "$(open_rows)" = '[[1,"E_DUP"]]' ]
    [ "$(counts near.jsonl)" = '[0,0,0,1,{"E_DUP":1}]' ]
    jq -c '.rev = 2 | .title = "别的名称"' near.jsonl >other.jsonl
    run -3 "$CG" ingest other.jsonl
    [[ "$output" == *T-0001*审核认定*E_DUP* ]]
    run -1 "$CG" review reject 1 --by 王审核
    # a decision can be taken back
    run -0 "$CG" review accept 1 --by 李审核
    [ "$(total "\"$B\"")" -eq 1 ]
    [ "$(sql 'SELECT same, actor FROM verdict')" = '0|李审核' ]
    check_deep
}

@test "the same core number of intellectual property holds whatever the titles say" {
    regs 1 1 '{ip: [{kind: "发明专利", no: "ZL201510000001.7", core: true}]}' >a.jsonl
    regs 2 2 '{title: "别的东西", ip: [{kind: "发明专利", no: "zl 2015 1000 0001.7", core: true}]}' >b.jsonl
    regs 3 3 '{title: "又一样东西", ip: [{kind: "发明专利", no: "ZL201510000001.7", core: false}]}' >c.jsonl
    ingest a.jsonl
    run -3 "$CG" ingest b.jsonl
    [[ "$output" == *D3*H_SIMILAR* ]]
    run -0 "$CG" ingest c.jsonl
}

@test "what differs in phase, model, place or by a qualifier is not held; nor what only shares a project" {
    local u='units: [{name: "太原第1试验厂", region: "140100"}], project_no: "2015-07"'
    {
        regs 1 1 "{title: \"煤矿瓦斯智能监测平台（一期）\", $u}"
        regs 2 2 "{title: \"煤矿瓦斯智能监测平台（二期）\", $u}"
        regs 3 3 "{title: \"煤矿瓦斯智能监测平台（Ⅱ型）\", $u}"
        regs 4 4 "{title: \"煤矿瓦斯智能监测平台\", $u}"
        regs 5 5 "{title: \"煤矿瓦斯智能监测平台的推广应用\", $u}"
        regs 6 6 "{title: \"太原市煤矿瓦斯智能监测平台建设与运行管理\", $u}"
        regs 7 7 "{title: \"大同市煤矿瓦斯智能监测平台建设与运行管理\", $u}"
    } >a.jsonl
    run -0 "$CG" ingest a.jsonl
    [ "$(total)" -eq 7 ]
}

@test "a collection never meets a registration" {
    pair
    jq -c '{kind: "collection", uid: "K-1", title, units, registry, state, consent, publicity, secrecy, category: "重大", stat_year}' near.jsonl >k.jsonl
    [ "$(counts k.jsonl | jq -c '.[2]')" = 0 ]
}

@test "a marking keeps its hash only; accepted, the same bytes pass; rejected, they are classified" {
    regs 1 1 '{abstract: "某装置。密级：秘密。金丝雀正文", title: "金丝雀标题"}' >m.jsonl
    run -3 "$CG" ingest m.jsonl
    "$CG" review list >out.txt 2>&1
    "$CG" review show 1 >>out.txt 2>&1
    nowhere 金丝雀
    run -3 "$CG" ingest m.jsonl
    [ "$(open_rows)" = '[[1,"H_MARKING"]]' ]
    run -1 "$CG" review retry 1
    run -0 "$CG" review reject 1 --by 王
    [ "$(counts m.jsonl)" = '[0,0,0,1,{"E_CLASSIFIED":1}]' ]
    nowhere 金丝雀
    fresh_store two
    ingest m.jsonl
    run -0 "$CG" review accept 1 --by 王
    [ "$(total)" -eq 0 ]
    [ "$(counts m.jsonl)" = '[1,0,0,0,{}]' ]
    [ "$(total 金丝雀标题)" -eq 1 ]
    # other bytes are another matter
    jq -c '.uid = "T-9" | .regno = "9142015Y0009" | .title = "另一样"' m.jsonl >n.jsonl
    [ "$(counts n.jsonl)" = '[0,0,1,0,{"H_MARKING":1}]' ]
}

@test "what turns out to be classified goes from the held rows and the decisions too" {
    pair '{abstract: "金丝雀正文"}'
    jq -c 'del(.uid, .regno)' near.jsonl >plain.jsonl
    : >out.txt
    for f in near plain; do
        ingest "$f.jsonl"
        grep -rqaF 金丝雀 "$CHENGGUO_STORE"
        jq -c '.secrecy = "秘密" | del(.abstract)' "$f.jsonl" >gone.jsonl
        "$CG" review reject --by 王 $("$CG" review list --json --code H_SIMILAR | jq '.[] | select(.kept) | .id')
        ingest gone.jsonl
        nowhere 金丝雀
        nowhere "$B"
        [ "$(sql 'SELECT count(*) FROM verdict')" -eq 0 ]
    done
    [ "$(total)" -eq 1 ]
}

@test "retry: rows that may pass now, by number, by code or all" {
    pair
    ingest near.jsonl
    regs 3 3 '{title: null}' >bad.jsonl
    ingest bad.jsonl
    run -3 "$CG" review retry 1 2
    [ "$(open_rows)" = '[[1,"H_SIMILAR"],[2,"E_FIELD"]]' ]
    # the one it is like is classified now and goes; nothing of the row may stay either
    # when it was refused because of that record
    regs 1 1 '{secrecy: "秘密"}' >gone.jsonl
    ingest gone.jsonl
    run -1 "$CG" review retry 1
    ingest near.jsonl
    [ "$(total "\"$B\"")" -eq 1 ]
    run -3 "$CG" review retry --all --json
    jq -e '.rows == 1 and .open == 1' <<<"$output" || jq -e '.rows == 1' <<<"${lines[-1]}"
}

@test "a batch taken back takes its likeness along" {
    pair
    ingest near.jsonl
    run -0 "$CG" batch withdraw 1 --by 王
    [ "$(total "\"$B\"")" -eq 1 ]
    [ "$(open_rows)" = '[]' ]
    [ "$(counts first.jsonl)" = '[0,0,1,0,{"H_SIMILAR":1}]' ]
    check_deep
}

@test "a store of before has its near duplicates found too" {
    pair
    sqlite3 "$CHENGGUO_STORE/registry.db" 'DELETE FROM likeness'
    [ "$(counts near.jsonl)" = '[0,0,1,0,{"H_SIMILAR":1}]' ]
    [ "$(sql 'SELECT count(*) FROM likeness')" -eq 1 ]
    check_deep
    sqlite3 "$CHENGGUO_STORE/registry.db" "UPDATE likeness SET unit = '别的单位'; INSERT INTO likeness SELECT 99, kind, title, unit, code, project, people, ip FROM likeness"
    "$CG" check --deep --json >check.json || [ $? = 6 ]
    jq -e '.problems == 2' check.json
}

@test "usage and exit codes" {
    run -4 "$CG" review list
    pair
    ingest near.jsonl
    run -2 "$CG" review
    run -2 "$CG" review lst
    run -2 "$CG" review accept 1
    run -2 "$CG" review accept --by 王
    run -2 "$CG" review reject x --by 王
    run -2 "$CG" review retry
    run -2 "$CG" review retry 1 --all
    run -2 "$CG" review list 1
    run -4 "$CG" review show 99
    run -4 "$CG" review accept 99 --by 王
    run -1 "$CG" review accept 1 1 --by 王
    [ "$(total)" -eq 1 ]
    [ "$(sql 'SELECT count(*) FROM verdict')" -eq 0 ]
    run -0 "$CG" review --help
}
