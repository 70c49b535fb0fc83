#!/usr/bin/env bats
# The page of search help: every line of data/help.tsv stands on it, and every example's
# link finds, through the daemon, what the table expects.
load lib

setup_file() {
    lib_setup
    export SERVED="$BATS_FILE_TMPDIR/store" TABLE=$ROOT/data/help.tsv
    CHENGGUO_STORE=$SERVED "$CG" ingest "$SAMPLE" >/dev/null 2>&1 || [ $? = 3 ]
}
setup() { export CHENGGUO_STORE=$SERVED; }
teardown() { drop_daemon; }

# Reads one example into Q, PARAMS, UNDERSTOOD, EXPLANATION, EXPECTATION (empty for -).
example() {
    IFS=$'\t' read -r Q PARAMS UNDERSTOOD EXPLANATION EXPECTATION || return 1
    [ "$Q" != - ] || Q=
    [ "$PARAMS" != - ] || PARAMS=
    [ "$UNDERSTOOD" != - ] || UNDERSTOOD=
    [ "$UNDERSTOOD" != = ] || UNDERSTOOD=$Q
}
examples() { grep -v '^[#@]' "$TABLE" | grep .; }
# The links of the examples, in their order, as the page has them.
links() {
    get "$URL/help" | grep -o '<th scope="row"><a href="/search?[^"]*"' | sed 's/.*href="//; s/"$//; s/&amp;/\&/g'
}
answer() { get "$URL${1/#\/search/\/search.json}"; }

# meets PART: does $BATS_TEST_TMPDIR/a.json meet one part of an expectation?
meets() {
    local a="$BATS_TEST_TMPDIR/a.json" want=${1#*[=~]}
    case $1 in
        total\>=*) jq -e --argjson n "${1#*>=}" '.total >= $n' "$a" ;;
        total\<*) jq -e --argjson n "${1#*<}" '.total < $n' "$a" ;;
        total=*) jq -e --argjson n "$want" '.total == $n' "$a" ;;
        strict=*) jq -e --argjson n "$want" '(.query.relaxed.strict_total // .total) == $n' "$a" ;;
        same=*) jq -e --argjson n "$(get -G --data-urlencode "q=$want" "$URL/search.json" | jq .total)" \
            '.total == $n and $n > 0' "$a" ;;
        first~*) jq -e --arg t "$want" '.hits[0].title | contains($t)' "$a" ;;
        all~*) jq -e --arg t "$want" '.hits | length > 0 and all(.title | contains($t))' "$a" ;;
        relaxed=-) jq -e '.query.relaxed == null' "$a" ;;
        relaxed=*) jq -e --arg s "$want" '.query.relaxed.step == $s' "$a" ;;
        direct=*) jq -e --arg k "$want" '.direct[0].kind == $k' "$a" ;;
        note~*) jq -e --arg t "$want" '.direct[0].note | contains($t)' "$a" ;;
        suggestion=*) jq -e --arg t "$want" '.suggestion == $t' "$a" ;;
        added=*) jq -e --arg t "$want" '[.query.expanded[].added[]] | index($t)' "$a" ;;
        facet=*) jq -e --arg f "$want" '.query.where[$f] | length > 0' "$a" ;;
        sort=*) jq -e --arg s "$want" '.query.sort == $s' "$a" ;;
        *) echo "unknown expectation: $1"; return 1 ;;
    esac >/dev/null
}

@test "every example is a link that finds what the table expects" {
    start_daemon
    local n=0 link part wrong=0
    links >"$BATS_TEST_TMPDIR/links"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/links")" = "$(examples | wc -l)" ]
    while example && read -r link <&3; do
        answer "$link" >"$BATS_TEST_TMPDIR/a.json"
        # The link asks for the query of its line; without synonyms it is understood as the
        # page says.
        answer "$(sed 's/[?&]expand=0//' <<<"$link")&expand=0" >"$BATS_TEST_TMPDIR/plain.json"
        jq -e --arg q "$Q" --arg u "$UNDERSTOOD" --slurpfile plain "$BATS_TEST_TMPDIR/plain.json" '
            (.query.q // "") == $q and ($plain[0].query.understood // "") == $u' "$BATS_TEST_TMPDIR/a.json" >/dev/null ||
            { echo "$Q: $(jq -c .query "$BATS_TEST_TMPDIR/a.json")"; wrong=1; }
        [ -n "$EXPECTATION" ] || { echo "$Q: no expectation"; wrong=1; }
        while read -r part; do
            meets "$part" || { echo "$Q $PARAMS: not $part: $(jq -c '{total, query, direct, suggestion}' "$BATS_TEST_TMPDIR/a.json")"; wrong=1; }
        done < <(tr ';' '\n' <<<"$EXPECTATION")
        n=$((n + 1))
    done < <(examples) 3<"$BATS_TEST_TMPDIR/links"
    [ "$wrong" = 0 ]
    [ "$n" -ge 45 ]
    stop_daemon
    echo "# $n examples" >&3
}

@test "the page shows every line, and its other links answer" {
    start_daemon
    local kind a b c n=0
    get "$URL/help" | sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g' >"$BATS_TEST_TMPDIR/page"
    has() { grep -qF -- "$1" "$BATS_TEST_TMPDIR/page" || { echo "the page lacks: $1"; return 1; }; }
    while example; do
        has "$EXPLANATION"
        [ -z "$Q" ] || has ">$Q<"
        [ "$UNDERSTOOD" = "$Q" ] || has ">$UNDERSTOOD<"
        n=$((n + 1))
    done < <(examples)
    while IFS=$'\t' read -r kind a b c; do
        case $kind in
            @section) has "id=\"$a\"" && has "href=\"#$a\"" && has "$b" ;;
            @text) has "$a" ;;
            @link) has "$b" && has "$c" && get "$URL$a" >/dev/null ;;
            *) echo "what is $kind?"; return 1 ;;
        esac
        n=$((n + 1))
    done < <(grep '^@' "$TABLE")
    for page in / /search /help "/search?q=zzzznothing"; do
        get "$URL$page" | grep -q 'href="/help"'
    done
    stop_daemon
    echo "# $n lines" >&3
}

@test "the page is well-formed, takes no parameter, and is kept until the program changes" {
    start_daemon
    local etag
    curl -s -D "$BATS_TEST_TMPDIR/head" -o "$BATS_TEST_TMPDIR/page.html" "$URL/help"
    # libxml2 knows no HTML 5 elements; every other complaint counts.
    run bash -c "xmllint --html --noout '$BATS_TEST_TMPDIR/page.html' 2>&1 | grep 'error :' | grep -v 'Tag [a-z]* invalid$'"
    [ -z "$output" ]
    etag=$(tr -d '\r' <"$BATS_TEST_TMPDIR/head" | sed -n 's/^ETag: //p')
    [[ "$etag" == 'W/"'*'"' ]]
    [ "$(curl -s -o /dev/null -w '%{http_code}' -H "If-None-Match: $etag" "$URL/help")" = 304 ]
    [ "$(curl -s -o /dev/null -w '%{http_code}' "$URL/help?q=x")" = 400 ]
    stop_daemon
    # It needs no store.
    fresh_store none
    start_daemon
    get "$URL/help" | grep -q '<h1>检索帮助</h1>'
    stop_daemon
}
