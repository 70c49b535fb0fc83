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

bytes_of() { inflate "$1"; }
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
        get --data-urlencode "q=$c" -G "$URL/search.json?relax=0" | jq -e '.total == 0 and .direct == []' >/dev/null ||
            { echo "$c found"; false; }
        get --data-urlencode "q=$c" -G "$URL/suggest.json" >>told
        get --data-urlencode "text=$c" -G "$URL/similar.json" >>told
    done <canary.words
    none_of told
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

# Ways to be classified, each with a word of its own that may be nowhere afterwards.
classified_lines() {
    regs 10 10 '{title: "qsecret01装置", secrecy: "秘密"}'
    regs 11 11 '{title: "qsecret02装置", secrecy: null}'
    regs 12 12 '{title: "qsecret03装置", abstract: "机密★5年 qsecret03"}'
    regs 13 13 '{title: "qsecret04装置", people: [{name: "qsecret04", "密级": "机密"}]}'
    regs 14 14 '{title: null, abstract: "qsecret05", secrecy: "绝密"}'
    regs 15 15 '{title: "qsecret06装置", approved_on: "昨天", abstract: "密级：秘密"}'
    regs 1 1 '{uid: "T-0017", title: "第0001号煤层气井筒修复装置", abstract: "qsecret07 秘密★长期"}'
    regs 18 18 '{title: "qsecret08装置", secrecy: "内部"}'
    regs 19 19 '{title: "qsecret09装置", secrecy: ["非密"]}'
    echo '{"kind":"contract","contract_no":"qsecret10","type":"许可","signed_on":"2016-02-01","amount_total":"1.00","secrecy":"机密","subtype":"qsecret10"}'
    echo '{"kind":"contract","contract_no":"C11","type":"许可","signed_on":"2016-02-01","amount_total":"1.00","subtype":"qsecret11（机密★10年）"}'
    echo '{"kind":"event","uid":"T-0001","to":"unapproved","at":"2016-03-01","opinion":"qsecret12，密级：秘密"}'
    echo '{"kind":"unheard","密级":"秘密","text":"qsecret13"}'
    printf '{"kind":"registration","secrecy":"机密","title":"qsecret14\n'
    printf '{"kind":"registration","\\u5bc6\\u7ea7":"\\u673a\\u5bc6","title":"qsecret15\n'
    regs 20 20 '{title: "qsecret16装置", secrecy: "秘密"}' | iconv -f UTF-8 -t GB18030
    regs 3 3 '{rev: 9, title: "qsecret17装置", secrecy: "秘密"}'
}
CLASSIFIED_HEAD=成果名称,批准登记号,批准登记日期,成果类别,成果密级,第一完成单位,完成人,成果简介
classified_table() {
    echo "$CLASSIFIED_HEAD"
    echo qsecret21装置,9142015Y0121,2015-12-11,应用技术成果,秘密,太原第九试验厂,qsecret21,qsecret21
    echo qsecret22装置,9142015Y0122,2015-12-11,应用技术成果,,太原第九试验厂,qsecret22,qsecret22
    echo qsecret23装置,9142015Y0123,2015-12-11,应用技术成果,非密,太原第九试验厂,丙某,机密★5年qsecret23
    echo qsecret24装置,9142015Y0124,昨天,应用技术成果,机密,太原第九试验厂,丙某,qsecret24
    echo ,9142015Y0125,2015-12-11,应用技术成果,绝密,太原第九试验厂,qsecret25,qsecret25
    echo qsecret26装置,9142015Y0126,昨天,应用技术成果,非密,太原第九试验厂,丙某,密级：秘密qsecret26
}
# A row of a CSV file whose quotes or bytes are wrong, so that its columns cannot be trusted.
broken_table() {
    classified_table
    echo 'qsecret27装置,9142015Y0127,2015-12-11,应用技术成果,"秘"密,太原第九试验厂,qsecret27,qsecret27'
    printf 'qsecret28\xff装置,9142015Y0128,2015-12-11,应用技术成果,秘密,太原第九试验厂,qsecret28,qsecret28\n'
    echo '"qsecret29装置,9142015Y0129,2015-12-11,应用技术成果,秘密,太原第九试验厂,qsecret29,qsecret29'
}

@test "classified is nowhere: not in the store, the reject file, the report, the log, temporary files" {
    ingest private.jsonl
    mkdir input tmp
    classified_lines >input/lines.jsonl
    broken_table >input/table.csv
    classified_table | iconv -f UTF-8 -t GB18030 >input/chinese.csv
    { printf '\xff\xfe'; classified_table | tr , '\t' | iconv -f UTF-8 -t UTF-16LE; } >input/wide.txt
    classified_table | node "$ROOT/tests/e2e/xlsx.mjs" input/book.xlsx
    for f in input/*; do
        grep -a -c qsecret "$f" >/dev/null || grep -a -q -P 'q\0s\0e\0c\0r\0e\0t' "$f"
        run -3 env TMPDIR="$PWD/tmp" "$CG" ingest --json --reject-file rejects.jsonl "$f"
        jq -e '.rejected + .held == .read and .read >= 6' <<<"$(grep -a '^{' <<<"$output")" || { echo "$f"; echo "$output"; false; }
        run ! grep -a -q qsecret rejects.jsonl
        run ! grep -a -q qsecret <<<"$output"
        run ! grep -r -a -q qsecret tmp
    done
    for i in $("$CG" batch list --json | jq -r '.[].id'); do "$CG" batch show "$i" --json >>report; done
    "$CG" audit --json >>report
    "$CG" review list --json >>report
    run ! grep -a -q qsecret report
    # the whole store: as it is, with what the index keeps deflated
    bytes_of "$CHENGGUO_STORE" >bytes
    if grep -a -o '.\{0,30\}qsecret.\{0,30\}' bytes; then false; fi
    run ! grep -a -q -P 'q\0s\0e\0c\0r\0e\0t' bytes
    check_deep
    start_daemon
    node "$ROOT/tests/e2e/crawl.mjs" "$URL" "$ROOT/query/route.c" T-0003 T-0001 9142015Y0121 T01 C01 >answers 2>/dev/null
    run ! grep -a -q qsecret answers
    stop_daemon
    run ! grep -a -q qsecret "$DAEMON_LOG"
}

@test "private columns of office files stay inside, whatever the format" {
    table() {
        echo 成果名称,批准登记号,批准登记日期,成果类别,成果密级,第一完成单位,第一完成人,第一完成人/出生年月,净利润,国家投入,联系人,联系电话,电子邮箱,联系地址,统计口径备查
        echo "井筒装置$1,9142015Y01$1,2015-12-11,应用技术成果,非密,太原第九试验厂,丙某,1931-10,73190817.01,73190917.02,qvo1q,qvo2q,qvo3q@example.cn,qvo4q,qvo5q"
        echo "qvo6q装置$1,9142015Y02$1,2015-12-11,应用技术成果,非密,太原第八试验厂,丙某,1931-10,1,1,乙某,1,a@example.cn,某地,qvo7q"
    }
    table 1 >a.csv
    table 2 | iconv -f UTF-8 -t GB18030 >b.csv
    table 3 | node "$ROOT/tests/e2e/xlsx.mjs" c.xlsx
    for f in a.csv b.csv c.xlsx; do
        "$CG" ingest --json "$f" >report 2>log || [ $? = 3 ]
        jq -e '.added == 2' report
        run ! grep -q 'qvo[67]q' log
    done
    # the second of each is not public: consent is not known
    for i in 1 2 3; do echo "{\"kind\":\"event\",\"regno\":\"9142015Y01$i\",\"consent\":\"yes\",\"at\":\"2016-01-01\"}"; done >consent.jsonl
    ingest consent.jsonl
    [ "$(total)" -eq 3 ]
    bytes_of "$CHENGGUO_STORE/public" >public.bytes
    bytes_of "$CHENGGUO_STORE/internal" >internal.bytes
    for c in qvo1q qvo2q qvo3q qvo4q qvo5q qvo6q qvo7q 1931-10 73190817 73190917; do
        grep -a -q "$c" internal.bytes || { echo "no $c inside"; false; }
        run ! grep -a -i -q "$c" public.bytes
    done
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
