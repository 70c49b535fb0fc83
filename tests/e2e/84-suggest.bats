#!/usr/bin/env bats
# /suggest.json: what is typed becomes what the registry holds, of one revision, public to
# the public; sets of an older program; files that follow their revision.
load lib

setup_file() { lib_setup; }
setup() {
    set -o pipefail
    cd "$BATS_TEST_TMPDIR" && fresh_store
}
teardown() { drop_daemon; }

# names: six public registrations and one that only the internal audience may see.
names() {
    {
        regs 1 3 '{title: "煤矿瓦斯抽采\($i)", keywords: ["瓦斯治理", "ＬＮＧ储罐"],
            units: [{name: "太原理工大学", type: "高等院校", region: "140100"}]}'
        regs 4 5 '{title: "重庆长江大桥<检测>&评估", keywords: ["桥梁"],
            units: [{name: (if $i == 4 then "重庆大学" else "西安桥梁厂" end), type: "高等院校", region: "500000"}],
            people: [{name: (if $i == 4 then "单甲" else "王丁" end)}], abstract: "\($i)"}'
        regs 6 6 '{title: "长沙银行音乐厅", keywords: ["瓦斯治理"], units: [{name: "太原科技大学"}]}'
        regs 7 7 '{title: "qvz暗中研究", keywords: ["瓦斯暗号"], units: [{name: "太原暗室"}], consent: "no"}'
    } >names.jsonl
    ingest names.jsonl
}

# suggest Q [NAME=VALUE…]: the answer as lines of kind, text and count.
suggest() {
    local q=$1 args=()
    shift
    for p in "$@"; do args+=(--data-urlencode "$p"); done
    get -G --data-urlencode "q=$q" "${args[@]}" "$URL/suggest.json" >s.json
    jq -r '.suggestions[] | "\(.kind) \(.text) \(.count)"' s.json
}
is() { diff <(suggest "$1") <(printf '%s' "$2"); }

@test "text, pinyin, initials, mixtures and numbers lead to what they name" {
    names
    start_daemon --quiet
    is 太原 $'unit 太原理工大学 3\nunit 太原科技大学 1\n'
    is taiyuanl $'unit 太原理工大学 3\n'
    is tylgdx $'unit 太原理工大学 3\n'
    is tylg大学 $'unit 太原理工大学 3\n'
    is 太yuank $'unit 太原科技大学 1\n'
    is 理工大学 $'unit 太原理工大学 3\n'
    is wasi $'keyword 瓦斯治理 4\n'
    is lngc $'keyword ＬＮＧ储罐 3\n'
    is changshayinhangyinyue $'title 长沙银行音乐厅 1\n'
    is chongqing $'title 重庆长江大桥<检测>&评估 2\nunit 重庆大学 1\n'
    is 单 $'person 单甲 1\n'
    is ９142015y0001 $'regno 9142015Y0001 1\n'
    is '' ''
    is '"(' ''
    jq -e '.revision == 1 and (.as_of | test("Z$")) and (keys == ["as_of", "revision", "suggestions"])' s.json
    # every address finds exactly what the suggestion counts
    for q in 太原 瓦斯 单 重庆 changsha 煤矿 9142015Y; do
        suggest "$q" limit=20 >/dev/null
        jq -r '.suggestions[] | "\(.count) \(.url)"' s.json >urls
        [ -s urls ]
        while read -r count url; do
            case $url in
            /achievement/*) get "$URL$url.json" | jq -e .uid >/dev/null ;;
            *) [ "$(get "$URL${url/search\?/search.json?}" | jq .total)" = "$count" ] ;;
            esac
        done <urls
    done
    stop_daemon
}

@test "parameters, faces and conditional requests" {
    names
    start_daemon --quiet
    [ "$(suggest 9142015Y limit=3 | wc -l)" -eq 3 ]
    for bad in limit=0 limit=21 limit=x limit=-1 limt=3 'q=%FF' 'q=%00' 'q=a&q=b' "q=$(printf 'a%.0s' {1..1025})"; do
        code=$(curl -s -o body -w '%{http_code}' "$URL/suggest.json?$bad")
        [ "$code" = 400 ] || { echo "$bad: $code" && false; }
        jq -e '.code and .status == 400' body
    done
    [ "$(curl -s "$URL/suggest.json?limt=3" | jq -r .suggestion)" = limit ]
    [ "$(curl -s -o /dev/null -w '%{http_code}' "$URL/suggest")" = 404 ]
    get -D head "$URL/suggest.json?q=%E5%A4%AA" >/dev/null
    grep -qi '^cache-control: public, no-cache' head
    etag=$(sed -n 's/^[Ee][Tt]ag: //p' head | tr -d '\r')
    [ "$(curl -s -o /dev/null -w '%{http_code}' -H "If-None-Match: $etag" "$URL/suggest.json?q=%E5%A4%AA")" = 304 ]
    [ "$(curl -s -o /dev/null -w '%{http_code}' -H "If-None-Match: $etag" "$URL/suggest.json?q=%E5%A4%AA&limit=5")" = 200 ]
    stop_daemon
}

@test "what is withdrawn is gone in the same revision; what is not public never was there" {
    names
    start_daemon --quiet
    is 太原暗 ''
    is taiyuanan ''
    is 瓦斯暗 ''
    is qvz ''
    grep -rqa -e 暗室 -e 暗号 "$CHENGGUO_STORE/internal"
    run ! grep -rqa -e 暗室 -e 暗号 "$CHENGGUO_STORE/public"
    is changshay $'title 长沙银行音乐厅 1\n'
    echo '{"kind":"event","uid":"T-0006","to":"unapproved","at":"2016-02-01"}' |
        sed "s/T-0006/$(jq -r 'select(.title == "长沙银行音乐厅") | .uid' names.jsonl)/" >e.jsonl
    ingest e.jsonl
    is changshay ''
    is 太原科 ''
    is wasi $'keyword 瓦斯治理 3\n'
    jq -e '.revision == 2' s.json
    stop_daemon
    start_daemon --quiet --audience internal
    is taiyuanan $'unit 太原暗室 1\n'
    stop_daemon
}

@test "an update, a bulk build and a rebuild write the same bytes; check finds damage" {
    names
    regs 1 2 '{rev: 2, title: "另一个名称", keywords: ["新词"], units: [{name: "太原理工大学"}]}' >more.jsonl
    regs 20 30 '{keywords: ["瓦斯治理", "词\($i)"]}' >>more.jsonl
    ingest more.jsonl
    check_deep
    for a in public internal; do cp "$CHENGGUO_STORE/$a/suggest-2" "$a.updated"; done
    "$CG" rebuild >/dev/null
    for a in public internal; do
        cmp "$CHENGGUO_STORE/$a/suggest-2" "$a.updated"
        [ "$(find "$CHENGGUO_STORE/$a" -name 'suggest-*' | wc -l)" = 1 ]
    done
    check_deep
    f=$CHENGGUO_STORE/public/suggest-2
    printf '\001' | dd of="$f" bs=1 seek=$(($(stat -c %s "$f") / 2)) conv=notrunc status=none
    run ! "$CG" check --deep
    # the next revision takes nothing over from it
    regs 31 31 '{keywords: ["瓦斯治理"]}' >next.jsonl
    ingest next.jsonl
    check_deep
    rm "$CHENGGUO_STORE/public/suggest-3"
    run ! "$CG" check
    "$CG" rebuild >/dev/null
    "$CG" check
}

@test "a set of an older program answers empty, and gets its file with the next publishing" {
    names
    rm "$CHENGGUO_STORE"/*/suggest-1
    start_daemon --quiet
    is 太原 ''
    is 9142015Y0006 $'regno 9142015Y0006 1\n'
    ingest names.jsonl # nothing in it is new
    is 太原 $'unit 太原理工大学 3\nunit 太原科技大学 1\n'
    check_deep
    rm "$CHENGGUO_STORE"/*/suggest-1
    regs 8 8 '{keywords: ["太原新词"], units: [{name: "大同第一厂"}]}' >one.jsonl
    ingest one.jsonl
    is 太原 $'unit 太原理工大学 3\nkeyword 太原新词 1\nunit 太原科技大学 1\n'
    check_deep
    stop_daemon
}

@test "a title that several records have and that holds quotes leads to one of them" {
    regs 1 2 '{title: "直径＂四寸＂钻机", abstract: "\($i)"}' >one.jsonl
    regs 3 4 '{title: "直径\"五寸\"钻机", abstract: "\($i)"}' >>one.jsonl
    regs 5 6 '{title: "直径“六寸”钻机", abstract: "\($i)"}' >>one.jsonl
    ingest one.jsonl
    start_daemon --quiet
    suggest 直径 >/dev/null
    jq -r '.suggestions[] | "\(.count) \(.url | split("/")[1])"' s.json | cut -d'?' -f1 | sort | uniq -c >kinds
    diff kinds <(printf '      2 2 achievement\n      1 2 search\n')
    url=$(jq -r '.suggestions[].url | select(startswith("/search"))' s.json)
    get "$URL${url/search\?/search.json?}" | jq -e '.total == 2'
    stop_daemon
}

@test "a damaged file fails no search" {
    names
    printf '\377' | dd of="$CHENGGUO_STORE/public/suggest-1" bs=1 seek=20 conv=notrunc status=none
    run ! "$CG" check
    search '"太原理工大学"' | jq -e '.total == 3'
    search '"长沙银行音乐厅"' | jq -e '.total == 1 and .direct[0].kind == "title"'
}

@test "anything may be typed" {
    names
    start_daemon --quiet
    python3 - "$URL" <<'EOF'
import http.client, json, random, sys, urllib.parse
c = http.client.HTTPConnection(sys.argv[1][7:])
r = random.Random(84)
pieces = ['太', '原', 'lu', 'zh', 'xian', "'", '　', '（', '😀', '\u202e', '\u0301', '\U00020000', 'ﷺ', 'Ａ', '%', '"', '1', 'ü']
for i in range(600):
    q = ''.join(r.choice(pieces) for _ in range(r.randint(0, 60)))
    if len(q.encode()) > 1024:
        continue
    c.request('GET', '/suggest.json?' + urllib.parse.urlencode({'q': q, 'limit': r.randint(1, 20)}))
    a = c.getresponse()
    body = a.read()
    assert a.status == 200, (q, a.status, body)
    texts = [s['text'] for s in json.loads(body)['suggestions']]
    assert len(texts) == len(set(texts)), (q, texts)
EOF
    stop_daemon
}
