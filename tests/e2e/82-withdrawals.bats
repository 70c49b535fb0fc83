#!/usr/bin/env bats
# /withdrawals: what is no longer public, for machines; and nothing else of it.
load lib

setup_file() { lib_setup; }
setup() {
    set -o pipefail
    cd "$BATS_TEST_TMPDIR" && fresh_store
}
teardown() { drop_daemon; }

@test "every loss, newest first, as JSON and as a valid Atom feed" {
    regs 1 5 '{title: "qvzlost第\($i)号<&>装置"}' >a.jsonl
    regs 6 6 '{regno: "晋&<\"登\u0027 6"}' >>a.jsonl
    ingest a.jsonl
    {
        echo '{"kind":"event","uid":"T-0001","to":"unapproved","at":"2016-02-01"}'
        echo '{"kind":"event","uid":"T-0002","consent":"no","at":"2016-02-03"}'
        echo '{"kind":"event","uid":"T-0003","publicity":"objected","at":"2016-02-02"}'
        echo '{"kind":"event","uid":"T-0006","to":"cancelled","at":"2016-01-15"}'
    } >e.jsonl
    ingest e.jsonl
    regs 4 4 '{rev: 2, regno: "9142015Y0404"}' >r.jsonl # 301, no loss
    ingest r.jsonl
    printf '[site]\nurl = https://例.example/a&b/\nname = 成果<查询>\n' >site.ini
    DAEMON_PROGRAM=./cg
    printf '#!/bin/sh\nexec "%s" --config site.ini "$@"\n' "$CG" >cg && chmod +x cg
    start_daemon --quiet
    get "$URL/withdrawals.json" >w.json
    jq -e '.revision == 3 and .total == 4 and (.withdrawals | map([.regno[-4:], .reason, .at[:10]]) == [
        ["0002", "consent", "2016-02-03"], ["0003", "objected", "2016-02-02"],
        ["0001", "withdrawn", "2016-02-01"], ["登\u0027 6", "withdrawn", "2016-01-15"]])' w.json
    jq -e '.withdrawals | all(keys == ["at", "reason", "regno"])' w.json
    get -D head "$URL/withdrawals.atom" >w.atom
    grep -q -i '^content-type: application/atom+xml' head
    xmllint --noout w.atom
    x() { xmllint --xpath "$1" w.atom; }
    [ "$(x 'count(//*[local-name()="entry"])')" = 4 ]
    [ "$(x 'string(/*/*[local-name()="title"])')" = "成果<查询>：不再公开的登记号" ]
    [ "$(x 'string(/*/*[local-name()="updated"])')" = 2016-02-03T00:00:00Z ]
    [ "$(x 'string(/*/*[local-name()="link"]/@href)')" = "https://例.example/a&b/withdrawals.atom" ]
    [ "$(x 'string(//*[local-name()="entry"][4]/*[local-name()="title"])')" = '登记号 晋&<"登'"' 6 已撤销登记" ]
    run ! grep -q -e qvzlost -e T-000 w.json w.atom
    x '//*[local-name()="entry"]/*[local-name()="id"]/text()' | sort -u >ids
    [ "$(wc -l <ids)" -eq 4 ]
    # conditional requests, and other faces
    etag=$(sed -n 's/^[Ee][Tt]ag: //p' head | tr -d '\r')
    [ "$(curl -s -o /dev/null -w '%{http_code}' -H "If-None-Match: $etag" "$URL/withdrawals.atom")" = 304 ]
    [ "$(curl -s -o /dev/null -w '%{http_code}' "$URL/withdrawals")" = 404 ]
    [ "$(curl -s -o /dev/null -w '%{http_code}' "$URL/withdrawals.json?limit=3")" = 400 ]
    # the ids of what was there stay when more comes
    echo '{"kind":"event","uid":"T-0005","to":"unapproved","at":"2016-03-01"}' >e2.jsonl
    ingest e2.jsonl
    get -H "If-None-Match: $etag" "$URL/withdrawals.atom" >w.atom
    x '//*[local-name()="entry"]/*[local-name()="id"]/text()' | sort -u >ids2
    [ "$(comm -12 ids ids2 | wc -l)" -eq 4 ]
    [ "$(wc -l <ids2)" -eq 5 ]
    stop_daemon
}

@test "nothing lost yet: an empty list and an empty, valid feed" {
    regs 1 1 >a.jsonl
    ingest a.jsonl
    start_daemon --quiet
    get "$URL/withdrawals.json" >w.json
    jq -e '.total == 0 and .withdrawals == []' w.json
    get "$URL/withdrawals.atom" >w.atom
    xmllint --noout w.atom
    run ! grep -q '<entry>' w.atom
    stop_daemon
}

@test "a long legacy number leads on to another long one" {
    long=$(printf '晋科成登字%.0s' 1 2 3 4 5 6 7)
    regs 1 1 '{regno: "'"$long"'甲"}' >a.jsonl
    ingest a.jsonl
    regs 1 1 '{rev: 2, regno: "'"$long"'乙"}' >b.jsonl
    ingest b.jsonl
    start_daemon --quiet
    curl -s -o /dev/null -D head "$URL/achievement/$(jq -rn --arg x "${long}甲" '$x | @uri')"
    where=$(sed -n 's/^[Ll]ocation: //p' head | tr -d '\r')
    curl -s -o /dev/null -w '%{http_code}' "$URL${where#"$URL"}" | grep -q 200
    stop_daemon
}
