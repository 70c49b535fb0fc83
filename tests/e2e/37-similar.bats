#!/usr/bin/env bats
# /similar: what is like a record or a pasted text, and by which words; the record page's
# section of the same.
load lib

setup_file() { lib_setup; }
setup() {
    set -o pipefail
    cd "$BATS_TEST_TMPDIR" && fresh_store
}
teardown() { drop_daemon; }

# one NUMBER TITLE ABSTRACT KEYWORD…: one registration.
one() {
    local n=$1 title=$2 abstract=$3
    shift 3
    regs "$n" "$n" | jq -c --arg t "$title" --arg a "$abstract" \
        '.title = $t | .abstract = $a | .keywords = $ARGS.positional' --args "$@"
}

# records that are about gas drainage (1-4), wheat (5, 6) and loess (7)
gas_and_wheat() {
    one 1 "煤矿瓦斯抽采钻孔封孔关键技术" "针对低透气性煤层，提出两堵一注的封孔工艺，用GIS管理钻孔。" 瓦斯抽采 封孔
    one 2 "松软煤层瓦斯抽采钻孔护孔装置" "松软煤层中钻孔易塌，研制护孔装置；瓦斯抽采率提高。" 瓦斯抽采 护孔
    one 3 "礦井瓦斯涌出量預測" "採用ＧＩＳ預測礦井瓦斯涌出量，指導瓦斯抽采。" 瓦斯涌出
    one 4 "钻孔封孔材料" "一种水泥基封孔材料，用于<煤层>钻孔。" 封孔 水泥基材料
    one 5 "小麦抗旱品种选育" "选育出抗旱小麦新品种三个。" 小麦 抗旱
    one 6 "旱地小麦丰产栽培" "旱地小麦的播种与施肥。" 小麦 栽培
    one 7 "黄土边坡稳定性评价" "湿陷性黄土的强度试验。" 黄土
}

similar() { get "$URL/similar/$1"; }

@test "what is like a record comes with the words that both share, as the record writes them" {
    gas_and_wheat >a.jsonl
    ingest a.jsonl
    start_daemon --quiet
    similar 9142015Y0001.json >s.json
    jq -e '.revision == 1 and .of == {regno: "9142015Y0001", uid: "T-0001", title: "煤矿瓦斯抽采钻孔封孔关键技术"}' s.json
    jq -e '.hits | length > 2 and all(.regno != "9142015Y0001")' s.json
    jq -e '[.hits[].score] | . == (sort | reverse)' s.json
    jq -e '[.hits[:3][].uid] | sort == ["T-0002", "T-0003", "T-0004"]' s.json
    jq -e '.hits[] | select(.uid == "T-0002").shared | .[0] == "瓦斯抽采" and any(. == "钻孔")' s.json
    jq -e '.hits[] | select(.uid == "T-0003").shared | any(. == "GIS") and any(contains("瓦斯"))' s.json
    jq -e '.hits[] | select(.uid == "T-0004").shared | .[0] == "封孔"' s.json
    # members are those of a search hit, and two
    get -G "$URL/search.json" --data-urlencode 'q=瓦斯' >q.json
    jq -e --slurpfile q q.json '(.hits[0] | keys) - ($q[0].hits[0] | keys) == ["shared"]' s.json
    jq -e '.hits | all(.title_html == null and .snippet_html == null)' s.json
    # the other way round the words are in the other record's script
    similar T-0003.json | jq -e '.of.uid == "T-0003" and (.hits[] | select(.uid == "T-0001").shared | any(. == "ＧＩＳ"))'
    # size
    similar "9142015Y0001.json?size=1" | jq -e '.hits | length == 1'
    for bad in 0 51 -1 1e1 999999999999 x; do
        curl -s "$URL/similar/T-0001.json?size=$bad" | jq -e '.status == 400 and .code == "invalid_value" and .param == "size"'
    done
    # conditional, and only as JSON
    etag=$(curl -s -o /dev/null -D - "$URL/similar/T-0001.json" | sed -n 's/^[Ee][Tt]ag: //p' | tr -d '\r')
    [ "$(curl -s -o /dev/null -w '%{http_code}' -H "If-None-Match: $etag" "$URL/similar/T-0001.json")" = 304 ]
    [ "$(curl -s -o /dev/null -w '%{http_code}' -H "If-None-Match: $etag" "$URL/similar/T-0001.json?size=2")" = 200 ]
    [ "$(curl -s -o /dev/null -w '%{http_code}' "$URL/similar/T-0001")" = 404 ]
    stop_daemon
}

@test "a pasted text finds records; what cannot be searched is refused with a sentence" {
    gas_and_wheat >a.jsonl
    ingest a.jsonl
    start_daemon --quiet
    text() { curl -s -G "$URL/similar.json" --data-urlencode "text=$1"; }
    text '我们想了解旱地小麦抗旱栽培的经验' >t.json
    jq -e '.of == null and ([.hits[:2][].uid] | sort == ["T-0005", "T-0006"])' t.json
    jq -e '.hits[] | select(.uid == "T-0006").shared | any(contains("小麦"))' t.json
    text '礦井瓦斯' | jq -e '.hits[0].uid == "T-0003" and (.hits[0].shared | any(. == "礦井瓦斯" or . == "瓦斯"))'
    text '麦' | jq -e '[.hits[].uid] | sort == ["T-0005", "T-0006"]'
    text '完全无关的内容' | jq -e '.hits == []'
    for bad in '' '   ' '，。！' $'\xc2\xa0'; do
        text "$bad" | jq -e '.status == 400 and .code == "invalid_value" and .param == "text" and (.detail | length > 5)'
    done
    curl -s "$URL/similar.json" | jq -e '.status == 400 and .param == "text"'
    curl -s "$URL/similar.json?text=%ff" | jq -e '.status == 400 and .code == "invalid_utf8"'
    curl -s "$URL/similar.json?text=%00" | jq -e '.status == 400'
    # 16 KB are taken, a byte more is not
    long=$(head -c 16383 /dev/zero | tr '\0' ' ')
    printf 'text=%s' "${long// /a}" >in
    curl -s -G "$URL/similar.json" --data @in --data-raw 'size=1' -o /dev/null -w '%{http_code}' | grep -q 200
    printf 'aa' >>in
    curl -s -G "$URL/similar.json" --data @in | jq -e '.status == 400 and .code == "text_too_long" and .param == "text"'
    # Chinese, percent-encoded: three bytes each become nine
    printf '瓦斯抽采%.0s' {1..1300} >zh
    curl -s -G "$URL/similar.json" --data-urlencode text@zh | jq -e '.hits | length > 0'
    stop_daemon
}

@test "a record that is not there answers as its page does" {
    gas_and_wheat >a.jsonl
    ingest a.jsonl
    echo '{"kind":"event","uid":"T-0002","to":"unapproved","at":"2016-02-01"}' >e.jsonl
    regs 7 7 '{rev: 2, regno: "9142015Y0707"}' >>e.jsonl
    ingest e.jsonl
    start_daemon --quiet
    curl -s "$URL/similar/9142015Y9999.json" | jq -e '.status == 404 and .code == "not_found"'
    curl -s "$URL/similar/9142015Y0002.json" | jq -e '.status == 410 and .code == "gone"'
    curl -s -o /dev/null -D head "$URL/similar/9142015Y0007.json"
    grep -q ' 301' head
    grep -q -i '^location: .*/similar/9142015Y0707.json' head
    # withdrawn: gone from all answers of the same revision
    similar 9142015Y0001.json | jq -e '.revision == 2 and (.hits | length > 0 and all(.uid != "T-0002"))'
    run ! grep -q T-0002 <(curl -s -G "$URL/similar.json" --data-urlencode 'text=松软煤层瓦斯抽采钻孔护孔装置')
    run ! grep -q 护孔装置 <(get "$URL/achievement/9142015Y0001")
    echo '{"kind":"event","uid":"T-0004","publicity":"objected","at":"2016-02-02"}' >e2.jsonl
    ingest e2.jsonl
    similar 9142015Y0001.json | jq -e '.revision == 3 and (.hits | all(.uid != "T-0004"))'
    stop_daemon
}

@test "the record page names what is like it" {
    gas_and_wheat >a.jsonl
    one 8 "钻孔<封孔>材料&工艺" "一种水泥基封孔材料，用于<煤层>钻孔。" 封孔 >>a.jsonl
    one 9 "qvz" "qvz" >>a.jsonl
    ingest a.jsonl
    start_daemon --quiet
    get "$URL/achievement/9142015Y0004" >p.html
    grep -q '<h2 id="similar-h">相似成果</h2>' p.html
    grep -q '<a href="/achievement/9142015Y0008">钻孔&lt;封孔&gt;材料&amp;工艺</a> <span class="small">太原第1试验厂，2015 年度</span>' p.html
    grep -q '共有：封孔、' p.html
    [ "$(sed -n '/id="similar-h"/,/<\/section>/p' p.html | grep -c '<li>')" -le 5 ]
    get "$URL/achievement/9142015Y0009" >p.html
    run ! grep -q '相似成果' p.html
    stop_daemon
}
