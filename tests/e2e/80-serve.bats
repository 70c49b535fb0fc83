#!/usr/bin/env bats
# The daemon as a client meets it: a real program on a free port, over the sample.
load lib

setup_file() {
    lib_setup
    export SERVED="$BATS_FILE_TMPDIR/store"
    CHENGGUO_STORE=$SERVED "$CG" ingest "$SAMPLE" >/dev/null 2>&1 || [ $? = 3 ]
}
setup() { export CHENGGUO_STORE=$SERVED; }
teardown() { drop_daemon; }

q=q=%E7%85%A4%E7%9F%BF%E7%93%A6%E6%96%AF # 煤矿瓦斯

code() { curl -s -o /dev/null --max-time 30 -g -w '%{http_code}' "$@"; }
head_of() { curl -s --max-time 30 -g -D - -o /dev/null "$@" | tr -d '\r'; }
# refute COMMAND…: it must fail. (bash lets a plain "! command" pass in a test.)
refute() { if "$@"; then echo "should have failed: $*"; return 1; fi; }
# problem STATUS CODE PARAM URL…: the answer is this problem.
problem() {
    local status=$1 want=$2 param=$3 body="$BATS_TEST_TMPDIR/problem.json" got
    shift 3
    got=$(curl -s -g --max-time 30 -o "$body" -w '%{http_code} %{content_type}' "$@")
    [ "$got" = "$status application/problem+json; charset=utf-8" ] || { echo "$got: $*"; cat "$body"; return 1; }
    jq -e --arg c "$want" --arg p "$param" --argjson s "$status" '.status == $s and .code == $c
        and (.param // "") == $p and (.title | length > 0) and (.detail | length > 0)' "$body" ||
        { cat "$body"; return 1; }
}

@test "healthz, readyz and metrics answer, without ETag" {
    start_daemon
    [ "$(get "$URL/healthz")" = ok ]
    [[ "$(get "$URL/readyz")" == "ready revision="* ]]
    get "$URL/search.json?$q" >/dev/null
    get "$URL/metrics" >"$BATS_TEST_TMPDIR/m"
    grep -q '^chengguo_http_requests_total{route="/search",status="200"} 1$' "$BATS_TEST_TMPDIR/m"
    grep -Eq '^chengguo_http_in_flight [1-9]$' "$BATS_TEST_TMPDIR/m"
    grep -Eq '^chengguo_index_documents [1-9][0-9]*$' "$BATS_TEST_TMPDIR/m"
    refute grep -Evq '^(# (HELP|TYPE) .+|[a-z_]+(\{[^}]*\})? [0-9.e+-]+)$' "$BATS_TEST_TMPDIR/m"
    local p
    for p in healthz readyz metrics; do
        head_of "$URL/$p" >"$BATS_TEST_TMPDIR/head"
        refute grep -qi '^etag:' "$BATS_TEST_TMPDIR/head"
    done
    stop_daemon
}

@test "search.json has the fields of the interface, and the totals of the command line" {
    start_daemon
    get "$URL/search.json?$q&facets=all&size=5&highlight=1" >"$BATS_TEST_TMPDIR/s.json"
    jq -e '(keys - ["revision","as_of","notices","query","total","took_ms","size","page","next",
        "next_cursor","suggestion","suggestion_total","suggestion_url","hits","facets","facets_other","direct"] == [])
        and .size == 5 and .page == 1 and .total > 5 and (.hits | length == 5)
        and (.hits[0] | has("regno") and has("uid") and has("title") and has("title_html")
             and has("snippet_html") and has("year") and has("approved_on") and has("category")
             and has("category_label") and has("unit") and has("units") and has("region")
             and has("region_label") and has("approver") and has("publicity") and has("keywords")
             and has("score") and has("url"))
        and (.hits[0].title_html | contains("<mark>"))
        and ([.facets.category[] | has("value") and has("label") and has("count") and has("selected")] | all)' \
        "$BATS_TEST_TMPDIR/s.json"
    [ "$(jq .total "$BATS_TEST_TMPDIR/s.json")" = "$(total 煤矿瓦斯)" ]
    # The link to the next page is one, and it goes on.
    next=$(jq -r .next "$BATS_TEST_TMPDIR/s.json")
    get "$URL$next" | jq -e --slurpfile first "$BATS_TEST_TMPDIR/s.json" \
        '.page == 2 and (.hits[0].uid as $u | [$first[0].hits[].uid] | index($u) | not)'
    # A plus is a space.
    a=$(get "$URL/search.json?q=%E7%85%A4%E7%9F%BF+%E7%93%A6%E6%96%AF" | jq .total)
    b=$(get "$URL/search.json?q=%E7%85%A4%E7%9F%BF%20%E7%93%A6%E6%96%AF" | jq .total)
    [ "$a" = "$b" ]
    stop_daemon
}

@test "pages are well-formed and carry a strict policy" {
    start_daemon
    local url regno p
    regno=$(get "$URL/search.json?$q" | jq -r '.hits[0].regno')
    for p in / /search "/search?$q" "/search?$q&year=2024&sort=-approved" "/search?q=zzzz" \
        "/achievement/$regno" /stats /stats/T01 /stats/T02 /charts /help /nothing-here; do
        curl -s -g -D "$BATS_TEST_TMPDIR/h" -o "$BATS_TEST_TMPDIR/page.html" "$URL$p"
        tr -d '\r' <"$BATS_TEST_TMPDIR/h" >"$BATS_TEST_TMPDIR/head"
        grep -q "^Content-Security-Policy: default-src 'none'; style-src 'self'" "$BATS_TEST_TMPDIR/head"
        grep -q '^X-Content-Type-Options: nosniff$' "$BATS_TEST_TMPDIR/head"
        grep -q '^Content-Type: text/html; charset=utf-8$' "$BATS_TEST_TMPDIR/head"
        # libxml2 knows no HTML 5 elements; every other complaint counts.
        xmllint --html --noout "$BATS_TEST_TMPDIR/page.html" 2>&1 | grep 'error :' |
            grep -v 'Tag [a-z]* invalid$' && { echo "$p"; return 1; }
        refute grep -Eq '<script|<style| style=| on[a-z]+=' "$BATS_TEST_TMPDIR/page.html"
    done
    # The styles that the page asks for are there, for ever.
    url=$(get "$URL/" | grep -o '/assets/site[^"]*css')
    head_of "$URL$url" | grep -q '^Cache-Control: public, max-age=31536000, immutable$'
    [ "$(code "$URL$url")" = 200 ]
    stop_daemon
}

@test "every link of the result page answers" {
    start_daemon
    local links n=0 l
    links=$(get "$URL/search?$q&category=A" | grep -o 'href="/[^"]*"' | sed 's/href="//; s/"$//; s/&amp;/\&/g' | sort -u)
    while read -r l; do
        [ "$(code "$URL$l")" = 200 ] || { echo "$l"; return 1; }
        n=$((n + 1))
    done <<<"$links"
    [ "$n" -gt 40 ]
    stop_daemon
}

@test "a facet's link finds as many as it says" {
    start_daemon
    get "$URL/search.json?$q&facets=category,year,region" |
        jq -r '.facets | to_entries[] | .key as $f | .value[] | "\($f)=\(.value|@uri) \(.count)"' |
        while read -r where count; do
            [ "$(get "$URL/search.json?$q&relax=0&$where" | jq .total)" = "$count" ] || { echo "$where $count"; exit 1; }
        done
    stop_daemon
}

@test "an ETag is weak and answers 304, gzip keeps the bytes, HEAD sends none" {
    start_daemon
    local etag target
    for target in "/search.json?q=x&page=1" / "/stats/T01.csv" "/search?$q"; do
        etag=$(head_of "$URL$target" | sed -n 's/^ETag: //p')
        [[ "$etag" == 'W/"'*'"' ]]
        [ "$(code -H "If-None-Match: $etag" "$URL$target")" = 304 ]
        [ "$(code -H 'If-None-Match: W/"0-0"' "$URL$target")" = 200 ]
    done
    head_of -H 'Accept-Encoding: gzip' "$URL/search?$q" >"$BATS_TEST_TMPDIR/head"
    grep -q '^Content-Encoding: gzip$' "$BATS_TEST_TMPDIR/head"
    grep -q '^Vary: Accept-Encoding$' "$BATS_TEST_TMPDIR/head"
    [ "$(get "$URL/stats/T02.csv" | sha256sum)" = "$(get --compressed "$URL/stats/T02.csv" | sha256sum)" ]
    run curl -s --max-time 10 -I "$URL/stats/T02.csv"
    [[ "$output" == *"200 OK"* ]]
    [[ "$output" == *"Content-Length: $(get "$URL/stats/T02.csv" | wc -c)"* ]]
    stop_daemon
}

@test "what is wrong is said in the asked face" {
    start_daemon
    problem 400 unknown_parameter yaer "$URL/search.json?yaer=2024"
    problem 400 invalid_encoding q "$URL/search.json?q=%00"
    problem 400 invalid_utf8 q "$URL/search.json?q=%ff%fe"
    problem 400 invalid_range year "$URL/search.json?year=2025..2020"
    problem 400 query_too_long q "$URL/search.json?q=$(printf 'a%.0s' {1..5000})"
    problem 404 not_found '' "$URL/achievement/none.json"
    problem 404 unknown_table '' "$URL/stats/T99.json"
    problem 404 not_found '' "$URL/nope.json"
    problem 405 method_not_allowed '' -X DELETE "$URL/search.json"
    problem 405 method_not_allowed '' -X POST -d 'q=a' "$URL/search.json"
    problem 413 content_too_large '' -X GET -d 'q=a' "$URL/search.json"
    [ "$(code "$URL/search?yaer=2024")" = 400 ]
    [ "$(code "$URL/achievement/none")" = 404 ]
    # What the library refuses by itself costs nobody else anything.
    [ "$(code -H "A: $(printf 'a%.0s' {1..100000})" -H "B: $(printf 'b%.0s' {1..100000})" \
        "$URL/search.json")" = 431 ]
    problem 400 query_too_long q "$URL/search.json?q=$(printf 'a%.0s' {1..100000})"
    problem 400 too_many_parameters '' "$URL/search.json?$(printf 'p%d=A&' {1..1000})"
    [ "$(get "$URL/healthz")" = ok ]
    stop_daemon
}

@test "withdrawn answers 410, renumbered 301, issued again 200, and searches agree" {
    fresh_store
    regs 1 3 '{regno: "9142024Y000\($i)"}' >"$BATS_TEST_TMPDIR/a.jsonl"
    ingest "$BATS_TEST_TMPDIR/a.jsonl"
    start_daemon
    [ "$(code "$URL/achievement/9142024Y0001")" = 200 ]
    [ "$(code "$URL/achievement/T-0001")" = 200 ]
    {
        echo '{"kind":"event","uid":"T-0001","to":"unapproved","at":"2026-01-05","by":"厅"}'
        regs 2 2 '{rev: 2, regno: "9142024Y9002", updated_at: "2025-12-01T00:00:00+08:00"}'
    } >"$BATS_TEST_TMPDIR/b.jsonl"
    ingest "$BATS_TEST_TMPDIR/b.jsonl"
    problem 410 gone '' "$URL/achievement/9142024Y0001.json"
    [ "$(code "$URL/achievement/9142024Y0002")" = 301 ]
    head_of "$URL/achievement/9142024Y0002" | grep -q '^Location: /achievement/9142024Y9002$'
    [ "$(code "$URL/achievement/9142024Y9002")" = 200 ]
    [ "$(get "$URL/search.json?size=0" | jq .total)" = 2 ]
    stop_daemon
}

@test "it starts before there is a store, and finds the set when it comes" {
    fresh_store later
    start_daemon
    [ "$(get "$URL/healthz")" = ok ]
    [ "$(code "$URL/readyz")" = 503 ]
    problem 503 not_ready '' "$URL/search.json"
    regs 1 5 >"$BATS_TEST_TMPDIR/a.jsonl"
    ingest "$BATS_TEST_TMPDIR/a.jsonl"
    [ "$(code "$URL/readyz")" = 200 ]
    [ "$(get "$URL/search.json?size=0" | jq .total)" = 5 ]
    # A rebuild exchanges the whole folder.
    "$CG" rebuild >/dev/null 2>&1
    [ "$(get "$URL/search.json?size=0" | jq .total)" = 5 ]
    [ "$(code "$URL/stats/T01.json")" = 200 ]
    stop_daemon
}

@test "statistics: a public cell's link finds what it says is visible" {
    start_daemon
    get "$URL/stats.json" | jq -e '[.[].id] | index("T01") and index("T02")'
    get "$URL/stats/T02.json" >"$BATS_TEST_TMPDIR/t.json"
    jq -e '.version == "2.0" and .class == "dataset" and (.value | length) == (.size | reduce .[] as $n (1; . * $n))' \
        "$BATS_TEST_TMPDIR/t.json"
    jq -r '.extension | [.links, .visible] | transpose | map(select(.[0])) | .[0:12][] | "\(.[0]) \(.[1])"' \
        "$BATS_TEST_TMPDIR/t.json" |
        while read -r link visible; do
            [ "$(get "$URL${link/\/search?//search.json?}" | jq .total)" = "$visible" ] ||
                { echo "$link $visible"; exit 1; }
        done
    get "$URL/stats/T01.csv" | head -c 3 | od -An -tx1 | tr -d ' \n' | grep -q '^efbbbf$'
    stop_daemon
}

@test "charts: description and numbers; a picture, or 503 for that picture only" {
    start_daemon
    get "$URL/charts.json" | jq -e '.[0].id == "C01"'
    get "$URL/charts/C01.json" | jq -e '.version == 1 and .id == "C01"'
    get "$URL/charts/C01.csv" >/dev/null
    problem 400 invalid_value width "$URL/charts/C01.svg?width=5"
    problem 404 unknown_chart '' "$URL/charts/C99.png"
    [ "$(code "$URL/charts/C01")" = 200 ]
    if [ -x "${CHENGGUO_DRAW:-$(dirname "$CG")/chengguo-draw}" ]; then
        get "$URL/charts/C01.svg" >"$BATS_TEST_TMPDIR/c.svg"
        xmllint --noout "$BATS_TEST_TMPDIR/c.svg"
        get "$URL/charts/C01.png?width=360" | head -c 8 | od -An -tx1 | tr -d ' \n' | grep -q '^89504e470d0a1a0a$'
        get "$URL/charts/C01.svg" | cmp - "$BATS_TEST_TMPDIR/c.svg"
        get "$URL/metrics" | grep -q '^chengguo_charts_drawn_total 2$'
        [ "$(ls "$CHENGGUO_STORE/cache" | wc -l)" = 2 ]
    else
        problem 503 draw '' "$URL/charts/C01.svg"
    fi
    stop_daemon
}

@test "the internal audience stays on this machine, and shows its own filters" {
    run --separate-stderr "$CG" serve --audience internal --listen 0.0.0.0:0
    [ "$status" -eq 2 ]
    [[ "$stderr" == *127.0.0.1* ]]
    run "$CG" serve --listen nowhere
    [ "$status" -eq 2 ]
    start_daemon --audience internal
    get "$URL/search.json?state=approved&facets=state&size=0" | jq -e '.facets.state | length > 0'
    head_of "$URL/search.json" | grep -q '^Cache-Control: private, no-cache$'
    stop_daemon
    start_daemon
    problem 400 unknown_parameter state "$URL/search.json?state=approved"
    stop_daemon
}

@test "the log has one line a request and nothing that was asked" {
    start_daemon
    get "$URL/search.json?$q" >/dev/null
    get "$URL/search?q=secret-words" >/dev/null
    code "$URL/achievement/secret-number.json"
    stop_daemon
    grep '^{' "$DAEMON_LOG" >"$BATS_TEST_TMPDIR/log"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/log")" = 3 ]
    jq -es 'map(has("route") and has("status") and has("ms") and has("bytes")) | all' "$BATS_TEST_TMPDIR/log"
    refute grep -q 'secret\|瓦斯\|%E7\|127\.0' "$BATS_TEST_TMPDIR/log"
    start_daemon --quiet
    get "$URL/search.json" >/dev/null
    stop_daemon
    refute grep -q '^{' "$DAEMON_LOG"
}

@test "many clients at once get the same answers, and stopping loses none" {
    start_daemon
    local want n i
    want=$(get "$URL/search.json?$q&facets=all" | jq -S 'del(.took_ms)' | sha256sum)
    for i in $(seq 8); do
        (for n in $(seq 12); do
            [ "$(get "$URL/search.json?$q&facets=all" | jq -S 'del(.took_ms)' | sha256sum)" = "$want" ] || exit 1
        done) &
        pids[i]=$!
    done
    for i in $(seq 8); do wait "${pids[i]}"; done
    stop_daemon
    [ ! -e "$BATS_TEST_TMPDIR/ready" ]
}

@test "under the thread sanitizer nothing is raced for" {
    [ -x "${CHENGGUO_TSAN:-}" ] || skip "no build/tsan/chengguo: make FLAVOUR=tsan build/tsan/chengguo"
    export TSAN_OPTIONS="exitcode=66 halt_on_error=0"
    DAEMON_PROGRAM=$CHENGGUO_TSAN start_daemon --threads 4
    local i p
    for i in $(seq 6); do
        (for p in "/search.json?$q&facets=all" "/search?$q" / /stats/T01 /charts/C01 /charts/C01.svg /metrics /readyz; do
            code "$URL$p" >/dev/null
        done) &
        pids[i]=$!
    done
    for i in $(seq 6); do wait "${pids[i]}"; done
    stop_daemon
    refute grep -q 'ThreadSanitizer' "$DAEMON_LOG"
}
