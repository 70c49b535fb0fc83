#!/usr/bin/env bats
# Every ```sh block of docs/guide.md runs, one after the other, in a fresh folder, as a
# reader would run it. A comment <!-- exit N --> before a block names its exit code.
load lib

setup_file() { lib_setup; }

@test "the commands of the guide run in order, and do what it says" {
    cd "$BATS_TEST_TMPDIR"
    mkdir bin
    ln -s "$CG" bin/chengguo
    ln -s "$ROOT/data" data
    awk '/^<!-- exit [0-9]+ -->$/ { code = $3; next }
         /^```sh$/ { n++; file = sprintf("block-%02d.sh", n); print "set -e" >file; print code + 0 > ("block-" sprintf("%02d", n) ".code"); in_block = 1; next }
         /^```$/ { in_block = 0; code = 0; next }
         in_block { print >file }' "$ROOT/docs/guide.md"
    export PATH="$PWD/bin:$PATH" CHENGGUO_STORE="$PWD/库"
    [ "$(ls block-*.sh | wc -l)" -ge 14 ]
    for b in block-*.sh; do
        code=0
        bash "$b" >"$b.out" 2>"$b.err" || code=$?
        [ "$code" = "$(cat "${b%.sh}.code")" ] || { echo "$b: $code"; cat "$b" "$b.out" "$b.err"; false; }
        run ! grep -q 'ERROR: AddressSanitizer\|runtime error' "$b.err"
    done
    # what it tells
    grep -q '矿井水零排放处理成套技术' <<<"$(chengguo show 9142025Y9001)"
    [ "$(total 粉尘监测装置)" -ge 1 ]
    grep -q 'E_CLASSIFIED' 退回.jsonl
    run ! grep -q 保密测试样机 退回.jsonl
    run -4 chengguo show 9142025Y9101
    run -4 chengguo show 9142025Y9003
    chengguo show --audience internal --json 9142025Y9003 | jq -e '.title == "矿井通风参数快速测定方法"'
    chengguo conversion list --json | jq -e '[.[] | select(.contract_no | startswith("20261401000000")).match] == ["title", "manual"]'
    [ "$(chengguo review list --held --json | jq length)" = 0 ]
    bytes=$(inflate 库/registry.db | grep -a -c 保密测试样机 || true)
    [ "$bytes" = 0 ]
    check_deep
}
