#!/usr/bin/env bats
# What must never be seen: a canary stands in every private field and in every record that
# is not public; none may be in any byte under public/, in any answer of the public daemon
# or in a log. What is classified may be nowhere at all.
load lib

# One public record whose private fields all hold something to look for, one that is only
# open to its unit (its fuller fields hold qvp…), three that the public must not know.
private_rows() {
    regs 1 1 '{
        units: [{name: "太原第一试验厂", type: "企业", region: "140100", postcode: "qvz01", contact: "qvz02",
            phone: "0351-7719001", email: "qvz03@example.cn", fax: "qvz04"}],
        people: [{name: "甲某", unit: 1, gender: "女", birth: "1931-07", degree: "博士研究生", title: "正高级",
            returned: true, phone: "0351-7719002"}],
        contact: {name: "qvz05", phone: "0351-7719003", email: "qvz06@example.cn", address: "qvz07", postcode: "qvz08", fax: "qvz09"},
        income: {self: "73190517.31", coop: "73190517.32", profit: "-73190517.33", tax: "73190517.34"},
        invest: {"国家投入": "73190518.31", "自有资金": "73190518.32"},
        submitted_on: "1932-08-09", reported_national: "1933-08-09", duty: "qvz11", form_edition: "qvz12",
        mystery: "qvz13", "未知项": {"深处": ["qvz14"]}, contact_note: "qvz15"}'
    regs 2 2 '{publicity: "unit_open", units: [{name: "太原第二试验厂", type: "企业", region: "140100", address: "qvp01", uscc: "91140000110105781X"}],
        owner: {name: "qvp02"}, people: [{name: "乙某", unit: 1, contribution: "qvp03"}]}'
    regs 3 3 '{title: "qvz21装置", consent: "no"}'
    regs 4 4 '{title: "qvz22装置", paper_pending: true}'
    regs 5 5 '{title: "qvz23装置", state: "draft", regno: null}'
    regs 6 6
}
CANARIES=(-e qvz -e qvp -e 0351-77190 -e 1931-07 -e 731905 -e 1932-08-09 -e 1933-08-09
    -e mystery -e 未知项 -e contact_note -e 91140000110105781X)

setup_file() { lib_setup; }
setup() {
    cd "$BATS_TEST_TMPDIR" && fresh_store
    private_rows >private.jsonl
}
teardown() { drop_daemon; }

bytes_of() { node "$ROOT/tests/e2e/inflate.mjs" "$1"; }

# The amounts as 8 little-endian bytes, in fen, as a column would hold them.
little_endian() {
    local hex
    hex=$(printf '%016x' "$1")
    for i in 14 12 10 8 6 4 2 0; do printf '\\x%s' "${hex:i:2}"; done
}

@test "no private byte under public/, however the set was made" {
    printf '[index]\nbulk = 1\n' >bulk.ini
    for way in place bulk rebuild; do
        fresh_store "$way"
        case $way in
        place) ingest private.jsonl 2>>log ;;
        bulk) "$CG" --config bulk.ini ingest private.jsonl >>log 2>&1 ;;
        rebuild) ingest private.jsonl && "$CG" rebuild >>log 2>&1 ;;
        esac
        [ "$(total)" -eq 3 ]
        bytes_of "$CHENGGUO_STORE/public" >public.bytes
        bytes_of "$CHENGGUO_STORE/internal" >internal.bytes
        # the way of looking finds them where they may be
        for c in "${CANARIES[@]}"; do
            [ "$c" = -e ] || grep -a -q -e "$c" internal.bytes || { echo "no $c inside"; false; }
        done
        grep -a -q 太原第一试验厂 public.bytes
        if grep -a -i -o ".\{0,60\}\(qvz\|qvp\).\{0,60\}" public.bytes; then false; fi
        run ! grep -a -i -q "${CANARIES[@]}" public.bytes
        for fen in 7319051731 7319051732 7319051734 7319051831 7319051832; do
            LC_ALL=C run ! grep -r -a -q -P "$(little_endian "$fen")" "$CHENGGUO_STORE/public"
        done
        run ! grep -q -a "${CANARIES[@]}" log
    done
}

@test "no private word in any answer of the command line or of the public daemon" {
    ingest private.jsonl
    run ! grep -q "${CANARIES[@]}" "$BATS_TEST_TMPDIR/ingest.err"
    search --facets all --limit 100 >answers
    for id in T-0001 T-0002 T-0006; do "$CG" show "$id" >>answers && "$CG" show --json "$id" >>answers; done
    for id in T-0003 T-0004 T-0005; do run -4 "$CG" show "$id"; done
    for t in T01 T02; do for f in text csv jsonstat; do "$CG" stats "$t" --format "$f" >>answers; done; done
    start_daemon
    for page in / "/search?facets=all" "/search.json?facets=all&facet_size=1000" "/search?q=%E8%A3%85%E7%BD%AE" \
        /achievement/T-0001 /achievement/T-0001.json /achievement/9142015Y0001 /achievement/9142015Y0002.json \
        /achievement/9142015Y0002 /stats /stats.json /stats/T01 /stats/T01.json /stats/T01.csv /stats/T02.json \
        /charts /charts/C01 /charts/C01.svg /charts/C01.csv /charts/C01.json /metrics /healthz /readyz; do
        get "$URL$page" >>answers || { echo "$page"; false; }
    done
    for page in /achievement/T-0003 /achievement/9142015Y0003.json /achievement/T-0004 /achievement/T-0005.json; do
        [ "$(curl -s -g -o body -w '%{http_code}' "$URL$page")" = 404 ]
        run ! grep -q "${CANARIES[@]}" body
    done
    run ! grep -a -i -o ".\{0,40\}\(qvz\|qvp\|0351-77\|731905\|1931-07\).\{0,40\}" answers
    # nor can they be found by searching for them
    for q in qvz05 qvz13 qvz21 qvz22 qvz23 qvp02 0351-7719001 1931-07 73190517.31 qvz03@example.cn; do
        [ "$(get --data-urlencode "q=$q" -G "$URL/search.json?relax=0" | jq .total)" -eq 0 ]
    done
    # internal fields are no parameters here
    for p in state=draft consent=no facets=consent; do
        [ "$(curl -s -o /dev/null -w '%{http_code}' "$URL/search.json?$p")" = 400 ]
    done
    stop_daemon
    run ! grep -a -q "${CANARIES[@]}" "$DAEMON_LOG"
}

@test "the internal audience sees them, on the loopback address only" {
    ingest private.jsonl
    "$CG" show T-0001 --audience internal --json | jq -e '.contact.name == "qvz05" and .extra.mystery == "qvz13"
        and (.income.self | tostring | contains("73190517"))'
    start_daemon --audience internal
    for face in "" .json; do
        get "$URL/achievement/T-0001$face" >body
        grep -q qvz05 body
    done
    grep -q 73190517 body
    get "$URL/search.json?state=draft" | jq -e '.total == 1 and .hits[0].uid == "T-0005"'
    stop_daemon
    run -2 "$CG" serve --audience internal --listen 0.0.0.0:0
    [[ "$output" == *本机* ]]
}

@test "classified is nowhere: not in the store, the reject file, the log, the answer" {
    ingest private.jsonl
    regs 10 10 '{title: "qsecret01装置", secrecy: "秘密"}' >c.jsonl
    regs 11 11 '{title: "qsecret02装置", secrecy: null}' >>c.jsonl
    regs 12 12 '{title: "qsecret03装置", abstract: "机密★5年 qsecret03"}' >>c.jsonl
    printf '{"kind":"registration","secrecy":"机密","title":"qsecret04' >>c.jsonl
    cp c.jsonl "$BATS_TEST_TMPDIR/outside.jsonl"
    run -3 "$CG" ingest --json --reject-file rejects.jsonl c.jsonl
    jq -e '.rejected + .held == 4' <<<"$(grep -a '^{' <<<"$output")"
    [ "$(wc -l <rejects.jsonl)" -eq 4 ]
    run ! grep -q qsecret rejects.jsonl
    run ! grep -q qsecret <<<"$output"
    bytes_of "$CHENGGUO_STORE" >bytes
    run ! grep -a -q qsecret bytes
}

@test "a known record that turns classified is erased with its past" {
    regs 1 2 >a.jsonl
    regs 3 3 '{title: "qsecret05装置", contact: {name: "qsecret06"}}' >>a.jsonl
    ingest a.jsonl
    regs 3 3 '{rev: 2, title: "qsecret05装置改", keywords: ["qsecret07"]}' >b.jsonl
    ingest b.jsonl
    bytes_of "$CHENGGUO_STORE" >bytes
    grep -a -q qsecret06 bytes
    regs 3 3 '{rev: 3, title: "qsecret05装置改", secrecy: "机密"}' >c.jsonl
    run -3 "$CG" ingest --json c.jsonl
    run -4 "$CG" show T-0003
    run -4 "$CG" show T-0003 --audience internal
    [ "$(total qsecret05)" -eq 0 ]
    [ "$(total)" -eq 2 ]
    run ! grep -a -q qsecret "$CHENGGUO_STORE"/registry.db*
    check_deep
    "$CG" rebuild >/dev/null
    bytes_of "$CHENGGUO_STORE" >bytes
    run ! grep -a -q qsecret bytes
    check_deep
}
