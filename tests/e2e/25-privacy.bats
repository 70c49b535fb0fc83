#!/usr/bin/env bats
# What must never be seen: a canary stands in every private field and in every record that
# is not public; none may be in any byte under public/, in any answer of the public daemon
# or in a log. What is classified may be nowhere at all.
load lib

# Every field of tier N (and of P1 for a record in its publicity period) holds something to
# look for; canary.mjs takes the fields from the document that is held to the field table.
setup_file() { lib_setup; }
setup() {
    cd "$BATS_TEST_TMPDIR" && fresh_store
    for what in rows words amounts fields; do
        node "$ROOT/tests/e2e/canary.mjs" "$ROOT" "$what" >"canary.$what"
    done
    cp canary.rows private.jsonl
}
teardown() { drop_daemon; }

bytes_of() { node "$ROOT/tests/e2e/inflate.mjs" "$1"; }
# none_of FILE…: no canary in it; prints the first that is.
none_of() {
    if grep -a -i -o -F -f canary.words "$@" | sort | uniq -c | head -n 20 | grep .; then return 1; fi
}

# Amounts and counts as little-endian integers of 8 bytes, as columns and tables hold them.
no_amount_in() {
    node -e '
        const fs = require("fs"), path = require("path"), want = fs.readFileSync("canary.amounts", "utf8").trim().split("\n");
        const walk = (p) => fs.statSync(p).isDirectory() ? fs.readdirSync(p).flatMap((n) => walk(path.join(p, n))) : [p];
        let bad = 0;
        for (const f of walk(process.argv[1])) {
            const bytes = fs.readFileSync(f);
            for (const a of want) {
                const b = Buffer.alloc(8);
                b.writeBigInt64LE(BigInt(a));
                if (bytes.includes(b)) { console.log(f, a); bad++; }
            }
        }
        process.exit(bad ? 1 : 0);' "$1"
}

@test "no field that is private is forgotten" {
    grep -v '^-' canary.fields >with
    [ "$(wc -l <with)" -ge 70 ]
    for f in contact.phone 'people[].birth' 'units[].email' income.profit invest 'eval_people[].name' submitted_on; do
        grep -q -x -F "$f" with
    done
    # what holds no value of its own is coded or yes-no, and named in canary.mjs
    [ "$(grep -c '^- ' canary.fields)" -le 21 ]
    ingest private.jsonl
    for f in $(jq -r 'select(.kind == "registration" and .uid == "T-0001") | paths(scalars) | map(select(type == "string")) | join(".")' canary.rows | sort -u); do
        case $f in 未知项*|mystery|*unknown|form) continue ;; esac
        "$CG" show T-0001 --audience internal --json | jq -e --arg f "$f" '[paths | map(select(type == "string")) | join(".")] | index($f)' >/dev/null ||
            { echo "$f is not stored"; false; }
    done
}

@test "no private byte under public/, however the set was made" {
    printf '[index]\nbulk = 1\n' >bulk.ini
    mkdir probe && printf 'x\x07\x3f\x41\xb4\x01\x00\x00\x00y' >probe/file
    echo 7319142151 >canary.amounts && run ! no_amount_in probe
    node "$ROOT/tests/e2e/canary.mjs" "$ROOT" amounts >canary.amounts
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
        cat "$CHENGGUO_STORE"/registry.db* >>internal.bytes
        # the way of looking finds each of them where it may be
        while read -r c; do
            grep -a -i -q -F -e "$c" internal.bytes || { echo "no $c inside"; false; }
        done <canary.words
        grep -a -q 太原第1试验厂 public.bytes
        none_of public.bytes
        no_amount_in "$CHENGGUO_STORE/public"
        none_of log
    done
}

@test "no private word in any answer of the command line" {
    ingest private.jsonl
    none_of "$BATS_TEST_TMPDIR/ingest.err"
    search --facets all --limit 100 >answers
    for id in T-0001 T-0002 T-0006; do "$CG" show "$id" >>answers && "$CG" show --json "$id" >>answers; done
    for id in T-0003 T-0004 T-0005 T-0007 T-0008; do run -4 "$CG" show "$id"; echo "$output" >>answers; done
    for t in $("$CG" stats --json | jq -r '.[].id'); do
        for f in text csv jsonstat json; do "$CG" stats "$t" --format "$f" >>answers; done
    done
    for c in $("$CG" chart --json | jq -r '.[].id'); do "$CG" chart "$c" -o "$c.csv" && cat "$c.csv" >>answers; done
    none_of answers
}

@test "no private word in any answer of the public daemon, nor in its log" {
    ingest private.jsonl
    start_daemon
    node "$ROOT/tests/e2e/crawl.mjs" "$URL" "$ROOT/query/route.c" T-0001 T-0002 T-0003 T-0005 T-0007 9142015Y0001 9142015Y0002 \
        9142015Y0004 T01 C01 >answers 2>routes || { cat routes; false; }
    echo "# $(tail -n 1 routes)" >&3
    grep -a -q 太原第1试验厂 answers
    none_of answers
    for page in /achievement/T-0003 /achievement/9142015Y0003.json /achievement/T-0004 /achievement/T-0005.json /achievement/T-0007; do
        [ "$(curl -s -g -o body -w '%{http_code}' "$URL$page")" = 404 ]
    done
    # nor can they be found by searching for them
    while read -r c; do
        case $c in *\"*|硕士研究生|副高级|未知项) continue ;; esac
        [ "$(get --data-urlencode "q=$c" -G "$URL/search.json?relax=0" | jq .total)" -eq 0 ] || { echo "$c found"; false; }
    done <canary.words
    # internal fields are no parameters here
    for p in state=draft consent=no facets=consent; do
        [ "$(curl -s -o /dev/null -w '%{http_code}' "$URL/search.json?$p")" = 400 ]
    done
    stop_daemon
    none_of "$DAEMON_LOG"
}

@test "the internal audience sees them, on the loopback address only" {
    ingest private.jsonl
    "$CG" show T-0001 --audience internal --json | jq -e '(.contact.name | startswith("qvz")) and .extra.mystery == "qvx1q"
        and (.income.self | tostring | contains("73190517"))'
    start_daemon --audience internal
    for face in "" .json; do
        get "$URL/achievement/T-0001$face" >body
        grep -q qvz body
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
