#!/usr/bin/env bats
# An inbox: what is put there is brought in, reported and moved; nothing is lost or taken
# twice, whatever the moment it is stopped at.
load lib

setup_file() { lib_setup; }
setup() {
    set -o pipefail
    cd "$BATS_TEST_TMPDIR" && fresh_store && mkdir in
}
teardown() {
    [ -z "${WATCH:-}" ] || { kill -KILL "$WATCH" 2>/dev/null; wait "$WATCH" 2>/dev/null; } || true
}

start_watch() {
    "$CG" watch in >watch.out 2>watch.err 3>&- &
    WATCH=$!
    wait_for 30 grep -q 正在收取 watch.err
}
stop_watch() { # SIGNAL
    local code=0
    kill "-$1" "$WATCH"
    wait "$WATCH" || code=$?
    WATCH=
    [ "$code" = 130 ] || { echo "ended with $code"; cat watch.err; return 1; }
}

@test "once: what lies there goes in, with a report beside it in done" {
    regs 1 3 >in/a.jsonl
    {
        regs 4 4
        echo '{"kind":"registration","secrecy":"非密","title":"缺单位的装置","category":"A"}'
        echo '{"kind":"registration","secrecy":"机密","title":"qvzsecret"}'
    } >in/b.jsonl
    run -3 --separate-stderr "$CG" watch in --once --json
    [ "$(wc -l <<<"$output")" -eq 2 ]
    jq -s -e '.[0].moved_to == "done/a.jsonl" and .[0].added == 3 and .[0].taken
        and .[1].rejected == 2 and (.[1].problems | map(.code) == ["E_FIELD", "E_CLASSIFIED"])' <<<"$output"
    [ "$(ls in)" = "$(printf 'done\nfailed')" ]
    [ "$(ls in/done)" = "$(printf '%s\n' a.jsonl a.jsonl.report.json a.jsonl.报告.txt b.jsonl b.jsonl.report.json b.jsonl.报告.txt)" ]
    [ -z "$(ls -A in/failed)" ]
    grep -q '读入 3 行：新增 3' in/done/a.jsonl.报告.txt
    grep -q '已全部接收' in/done/a.jsonl.报告.txt
    grep -q '第 2 行 拒收.*E_FIELD' in/done/b.jsonl.报告.txt
    jq -e '.read == 3 and .file == "b.jsonl" and .codes.E_FIELD == 1' in/done/b.jsonl.report.json
    # what is classified is in the office's own file only
    run ! grep -r -q qvzsecret in/done/b.jsonl.* "$CHENGGUO_STORE"
    [ "$(total)" -eq 4 ]
    check_deep
    run -0 "$CG" watch in --once
    [ "$("$CG" batch list --json | jq length)" -eq 2 ]
}

@test "what cannot be taken: said, kept whole, and nothing of it is brought in" {
    printf 'PK\003\004 not a workbook' >in/x.xlsx
    printf '%%PDF-1.7\n' >in/y.pdf
    regs 1 1 >in/z.jsonl
    run -1 --separate-stderr "$CG" watch in --once
    [ -e in/failed/x.xlsx ] && [ -e in/failed/y.pdf ] && [ -e in/done/z.jsonl ]
    grep -q '没有接收' in/failed/y.pdf.报告.txt
    jq -e '(.taken | not) and (.error.text | length) > 0' in/failed/x.xlsx.report.json
    [ "$(total)" -eq 1 ]
}

@test "links, folders, pipes and temporary files are left alone" {
    regs 1 1 >real.jsonl
    ln -s ../real.jsonl in/link.jsonl
    mkdir in/sub && cp real.jsonl in/sub/
    mkfifo in/pipe
    for f in .hidden.jsonl '~$book.xlsx' .~lock.book.ods# a.jsonl.part b.tmp c.jsonl~; do cp real.jsonl "in/$f"; done
    find in -path in/done -prune -o -path in/failed -prune -o -print | sort >before
    run -1 --separate-stderr "$CG" watch in --once
    [[ "$stderr" == *link.jsonl*符号链接* && "$stderr" == *pipe*不是普通文件* && "$stderr" == *sub*不是普通文件* ]]
    find in -path in/done -prune -o -path in/failed -prune -o -print | sort | diff before -
    [ -z "$(find in/done in/failed -type f)" ]
    [ ! -e "$CHENGGUO_STORE/registry.db" ]
}

@test "a file that is still being written is not taken" {
    exec 8>in/a.jsonl
    regs 1 1 >&8
    run -5 --separate-stderr "$CG" watch in --once
    [[ "$stderr" == *还在写* ]]
    [ -e in/a.jsonl ]
    regs 2 2 >&8
    exec 8>&-
    "$CG" watch in --once --json | jq -e '.added == 2'
}

@test "the same name and the same bytes again: kept apart, nothing counted twice" {
    regs 1 2 >a.jsonl
    for n in 1 2 3; do
        cp a.jsonl in/a.jsonl
        "$CG" watch in --once --json >"out-$n"
    done
    jq -e '.added == 2 and .moved_to == "done/a.jsonl"' out-1
    jq -e '.unchanged == 2 and .moved_to == "done/a-2.jsonl"' out-2
    jq -e '.moved_to == "done/a-3.jsonl"' out-3
    [ -e in/done/a-2.jsonl.报告.txt ]
    [ "$(total)" -eq 2 ]
}

@test "it takes what comes while it runs, and stops when told" {
    start_watch
    regs 1 2 >new.jsonl && mv new.jsonl in/moved.jsonl
    wait_for 60 test -e in/done/moved.jsonl
    regs 3 4 >in/written.jsonl
    wait_for 60 test -e in/done/written.jsonl
    # other commands work in between
    "$CG" record consent T-0001 no >/dev/null
    [ "$(total)" -eq 3 ]
    stop_watch INT
    start_watch
    stop_watch TERM
    check_deep
}

@test "while another command holds the store it waits" {
    regs 1 1 >a.jsonl && ingest a.jsonl
    exec 9>"$CHENGGUO_STORE/lock"
    flock 9
    regs 2 2 >in/b.jsonl
    run -5 --separate-stderr "$CG" watch in --once 9>&-
    [ -e in/b.jsonl ]
    start_watch 9>&-
    [ -e in/b.jsonl ]
    exec 9>&-
    wait_for 60 test -e in/done/b.jsonl
    stop_watch TERM
    [ "$(total)" -eq 2 ]
}

@test "killed at any moment: each file is in the inbox or done, and counts once" {
    for i in 1 2 3 4 5 6; do regs "$i" "$i" >"f$i.jsonl"; done
    kills=0
    for i in 1 2 3 4 5 6; do
        cp "f$i.jsonl" "in/f$i.jsonl"
        "$CG" watch in >/dev/null 2>watch.err 3>&- &
        WATCH=$!
        # each time at another step of the way
        case $i in
        1) wait_for 30 grep -q 正在收取 watch.err ;;
        2 | 3) wait_for 30 test -s "$CHENGGUO_STORE/lock" ;;
        4) wait_for 60 test -e "in/done/f4.jsonl.报告.txt" ;;
        5) wait_for 60 test -e "in/done/f5.jsonl.report.json" ;;
        6) wait_for 60 test -e in/done/f6.jsonl ;;
        esac
        kill -KILL "$WATCH" && kills=$((kills + 1))
        wait "$WATCH" 2>/dev/null || true
        WATCH=
        [ "$(find in -name "f$i.jsonl" | wc -l)" -eq 1 ]
    done
    [ "$kills" -eq 6 ]
    "$CG" watch in --once >/dev/null 2>&1
    [ -z "$(find in -maxdepth 1 -name '*.jsonl')" ]
    [ "$(find in/done -name '*.jsonl' | wc -l)" -eq 6 ]
    [ "$(total)" -eq 6 ]
    "$CG" show T-0006 --json | jq -e '.regno == "9142015Y0006"'
    check_deep
}

@test "wrong use is told" {
    run -2 "$CG" watch
    run -4 "$CG" watch nowhere --once
    mkdir elsewhere other
    ln -s ../elsewhere other/done
    run -1 --separate-stderr "$CG" watch other --once
    [[ "$stderr" == *other/done*应是一个目录* ]]
    # the inbox itself goes away
    start_watch
    mv in gone
    code=0
    wait "$WATCH" || code=$?
    WATCH=
    [ "$code" = 1 ]
    grep -q '不见了' watch.err
}
