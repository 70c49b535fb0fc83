#!/usr/bin/env bats
# Office files of people who mean no good, or did not look: what is classified shows in
# places where no row is, and nothing of it may stay.
load lib

setup_file() { lib_setup; }
setup() { cd "$BATS_TEST_TMPDIR" && fresh_store; }

HEADER=序号,项目名称,第一完成单位,第一完成人,联系方式
ONE=1,CANARY瓦斯抽采装置,晋川煤层气公司,丙一,13800000001
TWO=2,CANARY瓦斯抽采设备,晋川煤层气公司,丙一,13800000001

# refused_whole FILE: it must be refused whole, with a sentence that quotes nothing, and leave nothing.
refused_whole() {
    run -1 "$CG" ingest --reject-file rejects "$1"
    [[ "$output" == *密级标志*整个文件没有导入*E_CLASSIFIED* ]] || { echo "$1: $output"; return 1; }
    [[ "$output" != *CANARY* ]]
    [ ! -s rejects ] || { echo "rejects of $1"; return 1; }
    if grep -rq CANARY "$CHENGGUO_STORE" rejects; then echo "canary of $1"; return 1; fi
}

@test "a marking above the header, in it, or below the rows speaks of the whole table" {
    local m n=0
    for m in '秘密★10年' '密级：秘密' '密级：,内部' 机密 '【绝密】'; do
        printf '%s\n' 附件3 "$m" "$HEADER" "$ONE" "$TWO" >"above$n.csv"
        printf '%s\n' 附件3 "$HEADER" "$ONE" "$TWO" "注：,${m/,/}" >"below$n.csv"
        refused_whole "above$n.csv"
        refused_whole "below$n.csv"
        n=$((n + 1))
    done
    printf '%s\n' "$HEADER,说明（秘密★10年）" "$ONE,x" >header.csv
    refused_whole header.csv
    printf '%s\n' "$HEADER,机密★" "$ONE," "$TWO," >header2.csv
    refused_whole header2.csv
    check_deep
    # words in a title or a note are no marking
    printf '%s\n' 电机密封成果汇总表 密级：公开 "$HEADER" "$ONE" 注：不得填报涉密成果 >fine.csv
    "$CG" ingest --json fine.csv | jq -e '.skipped == 1'
}

@test "rows that a file wrote to the reject file before it was refused are taken back" {
    printf '%s\n' '{"kind":"registration","title":"先来的一行"}' >a.jsonl
    run -3 "$CG" ingest --reject-file rejects a.jsonl
    cp rejects before
    printf '%s\n' "$HEADER" "$ONE" "$TWO" 备注：密级：机密 >b.csv
    run -1 "$CG" ingest --reject-file rejects a.jsonl b.csv
    diff before rejects
}

@test "columns that say the secrecy by other names" {
    local h v n=0
    for h in 秘密等级 機密等級 密級 密等 定密情况 是否保密 涉密情况 保密; do
        for v in 机密 是 秘密10年; do
            printf '%s\n' "$HEADER,$h" "$ONE,$v" >"c$n.csv"
            run -3 "$CG" ingest "c$n.csv"
            [[ "$output" == *E_CLASSIFIED* ]] || { echo "$h=$v: $output"; return 1; }
            n=$((n + 1))
        done
    done
    printf '%s\n' "$HEADER,说明情况" "$ONE,机密" "${TWO/2/3},秘密 10年" >c.csv
    run -3 "$CG" ingest --reject-file rejects c.csv
    [ "$(grep -c "\[H_MARKING\]" <<<"$output")" = 2 ]
    if grep -rq CANARY "$CHENGGUO_STORE" rejects; then return 1; fi
}

@test "a table whose first lines are marked is not proposed a profile that quotes it" {
    printf '%s\n' '机密★,第一完成单位,登记日期' 'CANARY,某院,2024-11-05' >a.csv
    run -1 "$CG" profile -o own.ini a.csv
    [[ "$output" == *密级标志*E_CLASSIFIED* && "$output" != *CANARY* ]]
    [ ! -e own.ini ]
    # a row of a table that is known says nothing of the table
    printf '%s\n' 成果名称,密级,第一完成单位 CANARY,秘密,某院 装置,非密,某院 >b.csv
    run -0 "$CG" profile b.csv
    [[ "$output" == *secrecy* && "$output" != *CANARY* ]]
}

@test "a file name of any bytes: listed, told, and no terminal obeys it" {
    local name
    name=$(printf 'a\xb3\xc9\x1b[31m\nb.jsonl')
    { regs 1 2; echo '{"kind":"registration","title":"无密级"}'; } >"$name"
    run -3 "$CG" ingest --json "$name"
    grep '^{' <<<"$output" | jq -e '.read == 3 and .files[0].path == "a???[31m?b.jsonl"'
    [[ "$output" != *$'\033'* ]]
    "$CG" batch list --json | jq -e '.[0].path == "a???[31m?b.jsonl"'
    "$CG" batch list | grep -q 'a???\[31m?b.jsonl'
    "$CG" audit --json | jq -e '.[0].detail == "a???[31m?b.jsonl"'
    "$CG" review list --json | jq -e '.[0].file == "a???[31m?b.jsonl"'
    USER=$'\xff\xfe' "$CG" batch withdraw 1
    "$CG" audit --json | jq -e '.[0].actor == ""'
    check_deep
}

@test "the reject file is never the file that is brought in" {
    regs 1 2 >a.jsonl
    ln a.jsonl b.jsonl
    cp a.jsonl copy
    run -2 "$CG" ingest --reject-file b.jsonl a.jsonl
    [[ "$output" == *reject-file* ]]
    diff copy a.jsonl
}

@test "what a person says must be text, and not classified" {
    regs 1 2 >a.jsonl
    ingest a.jsonl
    run -2 "$CG" record unapprove T-0001 --by $'\xff' --at 2016-02-01
    run -2 "$CG" record unapprove T-0001 --opinion $'a\x1b[31m' --at 2016-02-01
    run -1 "$CG" record unapprove T-0001 --opinion 'CANARY机密★10年' --at 2016-02-01
    [[ "$output" == *E_CLASSIFIED* && "$output" != *CANARY* ]]
    run -2 "$CG" batch withdraw 1 --opinion $'\xff'
    run -2 "$CG" unit list --by $'\xff'
    [ "$("$CG" audit --json | jq length)" -eq 1 ]
    "$CG" record unapprove T-0001 --by 甲 --opinion 批复有误 --at 2016-02-01
    "$CG" batch withdraw 1
    check_deep
}

@test "an inbox: names of any bytes are shown as text, in messages and in both reports" {
    local name
    name=$(printf 'a\xb3\xc9\x1b[31mb.jsonl')
    mkdir in
    regs 1 2 >"in/$name"
    run -0 "$CG" watch --once --json in
    [[ "$output" != *$'\033'* ]]
    grep '^{' <<<"$output" | jq -e '.file == "a???[31mb.jsonl" and .moved_to == "done/a???[31mb.jsonl"'
    jq -e '.file == "a???[31mb.jsonl"' "in/done/$name.report.json"
    grep -q '^a???\[31mb' "in/done/$name.报告.txt"
}

@test "a list of units that is marked is not imported" {
    regs 1 2 >a.jsonl
    ingest a.jsonl
    printf '名称\t简称\n甲院\t甲\n秘密★10年CANARY院\t乙\n' >u.tsv
    run -1 "$CG" unit import u.tsv
    [[ "$output" == *"u.tsv:3"*E_CLASSIFIED* && "$output" != *CANARY* ]]
    ! grep -rq CANARY "$CHENGGUO_STORE"
    [ "$("$CG" unit list --json | jq 'map(select(.name == "甲院")) | length')" = 0 ]
}

@test "a withdrawal killed before it was published is published by the next attempt, whatever that says" {
    regs 1 3 >a.jsonl
    regs 4 5 >b.jsonl
    ingest a.jsonl
    ingest b.jsonl
    cp -a "$CHENGGUO_STORE" before
    "$CG" batch withdraw 1
    # the registry is ahead of both sets, as after a kill
    rm -r "$CHENGGUO_STORE/public" "$CHENGGUO_STORE/internal"
    cp -a before/public before/internal "$CHENGGUO_STORE"
    [ "$(total)" -eq 5 ]
    run -1 "$CG" batch withdraw 1
    [[ "$output" == *已经撤回* ]]
    [ "$(total)" -eq 2 ]
    check_deep
}

@test "a faulty cell without a header is named by its column" {
    printf '%s\n' 成果名称,成果类别,密级,第一完成单位 '甲装置,A,非密,某院,,"乙"丙' >a.csv
    run -3 "$CG" ingest a.csv
    [[ "$output" == *"列“第 6 列”"* ]]
}
