#!/usr/bin/env bats
# What a relaxed answer must keep and may tell: records that match as typed, and only the
# words whose loss brought something.
load lib

setup_file() {
    lib_setup
    export CHENGGUO_STORE="$BATS_FILE_TMPDIR/store"
    {
        regs 1 1 '{title: "只有常见部分的一项", abstract: "瓦斯抽采钻孔。", keywords: []}'
        # each of its pairs in more than a tenth of the records, then rare ones
        regs 2 1101 '{title: "第\($i)号", abstract: "甲\(("瓦斯抽采钻孔"[$i % 5:$i % 5 + 2]))乙", keywords: []}'
        regs 1102 1116 '{title: "第\($i)号", abstract: "丙蝶鳞丁", keywords: []}'
        regs 1117 1117 '{title: "微分几何", abstract: "曲面", keywords: []}'
    } >"$BATS_FILE_TMPDIR/in.jsonl"
    ingest "$BATS_FILE_TMPDIR/in.jsonl"
}
setup() { export CHENGGUO_STORE="$BATS_FILE_TMPDIR/store"; }

# asked QUERY JQ: the filter holds for the answer.
asked() {
    search --limit 50 -- "$1" >"$BATS_TEST_TMPDIR/a.json"
    jq -e "$2" "$BATS_TEST_TMPDIR/a.json" >/dev/null ||
        { jq -c '[.total, .query.relaxed, [.hits[].uid]]' "$BATS_TEST_TMPDIR/a.json"; return 1; }
}

@test "what matches as typed is in the relaxed answer, though it holds common parts only" {
    local s=瓦斯抽采钻孔蝶鳞螈鲵
    asked "$s" '.query.relaxed == {step: "loosen_sentence", strict_total: 1, dropped: [], associated: [], loosened: true}
        and .total == 16 and any(.hits[]; .uid == "T-0001")'
    # beside another word, and as a pasted title, what matches as typed stays first
    asked "$s 只有" '.query.relaxed.strict_total == 1 and .total == 16 and .hits[0].uid == "T-0001"'
    asked "瓦斯抽采(钻孔)" '.query.relaxed.step == "read_as_text" and .query.relaxed.strict_total == 1
        and .total > 1 and .hits[0].uid == "T-0001"'
}

@test "a word that was dropped to no avail is not told" {
    asked '蝶鳞龘 龘龘龘' '.query.relaxed | .step == "loosen_words" and .dropped == []'
}

@test "a dropped number that was typed in several words is told as it was typed" {
    asked 'ZL 2023 1 0000000.0 只有常见' '.query.relaxed.dropped == [{text: "ZL 2023 1 0000000.0", total: 1}]'
}

@test "a word of asking that is part of another word stays" {
    asked 几何龘龘 '.query.relaxed.step == "loosen_words" and [.hits[].uid] == ["T-1117"]'
}
