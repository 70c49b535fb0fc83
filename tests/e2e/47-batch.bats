#!/usr/bin/env bats
# Batches: listed, shown, taken back. Without a batch the store is as if it had never come.
load lib

setup_file() { lib_setup; }
setup() {
    set -o pipefail # a command that fails in front of jq is a failure
    cd "$BATS_TEST_TMPDIR" && fresh_store
}
teardown() { drop_daemon; }

withdraw() { "$CG" batch withdraw "$@" --by 王某 --json; }
status_of() { curl -s -o /dev/null -w '%{http_code} %{redirect_url}' "$URL/achievement/$1"; }

# The registry's own tables, as far as they say what stands: without keys of time and
# batches, without what taking back leaves on purpose (losses of numbers, was_public).
state() {
    sqlite3 "$CHENGGUO_STORE/registry.db" "
        SELECT 'record', uid, regno, state, registered, visible, rev, updated_at, event_at, explicit_at, line_hash, json
            FROM record JOIN record_text USING(key) ORDER BY uid;
        SELECT 'history', uid, h.n, h.line_hash, h.stood, h.json FROM history h JOIN record USING(key) ORDER BY uid, n;
        SELECT 'event', uid, e.at, e.state, e.kind, e.actor, e.opinion FROM event e JOIN record USING(key) ORDER BY uid, at, seq;
        SELECT 'mark', uid, m.at, m.field, m.value FROM mark m JOIN record USING(key) ORDER BY uid, at, seq;
        SELECT 'number', uid, n.regno, n.former_at FROM number n JOIN record USING(key) ORDER BY uid, n.regno;
        SELECT 'identity', uid, i.hash FROM identity i JOIN record USING(key) ORDER BY uid, hash;
        SELECT 'conversion', kind, iif(ident LIKE '@%', ident, contract_no), c.status, c.supersedes, c.json FROM conversion c ORDER BY 2, 3, 6;
        SELECT 'link', contract_no, n, target, uid, share FROM conversion_link LEFT JOIN record USING(key) ORDER BY 2, 3;
        SELECT 'quarantine', line, code, target, waiting, raw IS NOT NULL FROM quarantine WHERE resolved_batch IS NULL ORDER BY 2, 3, 4;
        SELECT 'aggregate', * FROM aggregate ORDER BY 2, 3, 4, 5;"
}

@test "a batch is listed with what it was and what became of its rows" {
    regs 1 3 >a.jsonl
    echo '{"kind":"registration"}' >>a.jsonl
    ingest a.jsonl
    "$CG" batch list | grep -q 'a.jsonl.*读入 4，新增 3.*拒收 1'
    "$CG" batch list --json | jq -e 'length == 1 and .[0].id == 1 and .[0].kind == "jsonl"
        and .[0].counts.added == 3 and .[0].withdrawn_at == null and (.[0].hash | length) == 32'
    "$CG" batch show 1 --json | jq -e '.quarantine.open.E_CLASSIFIED == 1 and .revision == 1'
    "$CG" batch show 1 | grep -q '待处理 E_CLASSIFIED 1'
    run -4 "$CG" batch show 2
    run -2 "$CG" batch show x
    run -2 "$CG" batch
    run -2 "$CG" batch withdraw
}

@test "taken back: what only it brought is gone, what it revised is as before" {
    regs 1 4 >a.jsonl
    ingest a.jsonl
    dump >want.txt
    state >want.state
    {
        regs 3 6 '{rev: 2, title: "改名的第\($i)号修井机", regno: "9142015Y9\($n[1:])"}'
        echo '{"kind":"event","uid":"T-0001","to":"unapproved","at":"2016-02-01","by":"厅"}'
        echo '{"kind":"event","uid":"T-0002","consent":"no","at":"2016-02-01"}'
    } >b.jsonl
    ingest b.jsonl
    [ "$(total)" -eq 4 ]
    [ "$(total 修井机)" -eq 4 ]
    withdraw 2 | jq -e '.removed == 2 and .restored == 4 and .revision == 3'
    dump >got.txt
    diff want.txt got.txt
    state >got.state
    diff want.state got.state
    check_deep
    "$CG" rebuild >/dev/null
    dump >got.txt
    diff want.txt got.txt
    "$CG" batch list --json | jq -e '.[] | select(.id == 2) | .withdrawn_by == 3 and .withdrawn_at != null'
    "$CG" batch list | grep -q '已撤回（第 3 批）'
    # numbers that were public are gone, those of before are back
    start_daemon --quiet
    [[ "$(status_of 9142015Y0003)" == 200* ]]
    [[ "$(status_of 9142015Y9003)" == 410* ]]
    [[ "$(status_of 9142015Y9005)" == 410* ]]
    [[ "$(status_of 9142015Y0001)" == 200* ]]
    stop_daemon
}

@test "a batch is taken back once, a withdrawal never" {
    regs 1 2 >a.jsonl
    ingest a.jsonl
    withdraw 1 >/dev/null
    run -1 --separate-stderr withdraw 1
    [[ "$stderr" == *已经撤回* ]]
    run -1 --separate-stderr withdraw 2
    [[ "$stderr" == *本身是一次撤回* ]]
    run -4 withdraw 9
    # what is no file is undone in its own way
    regs 7 8 >b.jsonl
    ingest b.jsonl
    "$CG" unit merge 太原第2试验厂 太原第3试验厂 >/dev/null 2>&1 || true
    n=$("$CG" batch list --json | jq '[.[] | select(.kind == "unit") | .id][0] // empty')
    [ -z "$n" ] || { run -1 --separate-stderr withdraw "$n" && [[ "$stderr" == *unit* ]]; }
    withdraw 3 >/dev/null
    [ "$(total)" -eq 0 ]
    check_deep
}

@test "the same file may come in again and counts as new" {
    regs 1 3 >a.jsonl
    regs 4 6 >b.jsonl
    echo '{"kind":"registration","secrecy":"非密","title":"缺单位的装置","category":"A"}' >>b.jsonl
    ingest a.jsonl
    ingest b.jsonl
    dump >want.txt
    withdraw 2 | jq -e '.closed == 1'
    "$CG" ingest --json b.jsonl | jq -e '.added == 3 and .rejected == 1' || [ $? = 3 ]
    dump >got.txt
    diff want.txt got.txt
    "$CG" batch show 4 --json | jq -e '.quarantine.open.E_FIELD == 1'
    # nothing of a closed row is kept
    [ "$(sqlite3 "$CHENGGUO_STORE/registry.db" 'SELECT count(*) FROM quarantine WHERE batch = 2 AND raw IS NOT NULL')" -eq 0 ]
    check_deep
}

@test "what a later batch said stays, and so do its events" {
    regs 1 3 '{state: "paper_ok", regno: null}' >a.jsonl
    ingest a.jsonl
    regs 1 3 '{rev: 2}' >b.jsonl
    ingest b.jsonl
    {
        regs 1 1 '{rev: 3, title: "后来改名的抽油机"}'
        echo '{"kind":"event","uid":"T-0002","to":"unapproved","at":"2016-03-01"}'
    } >c.jsonl
    ingest c.jsonl
    withdraw 2 | jq -e '.restored == 3 and .removed == 0'
    "$CG" show --audience internal T-0001 --json | jq -e '.title == "后来改名的抽油机" and .state == "approved"'
    "$CG" show --audience internal T-0002 --json | jq -e '.state == "unapproved" and .rev == 1'
    "$CG" show --audience internal T-0003 --json | jq -e '.state == "paper_ok" and .regno == null'
    [ "$(total)" -eq 1 ]
    check_deep
}

@test "revisions in any order: without a batch the best of the others stands" {
    rev() { regs 1 1 '{rev: '"$1"', updated_at: "2016-01-0'"$1"'T00:00:00Z", title: "第'"$1"'版的抽油机", regno: "9142015Y000'"$1"'", consent: "'"$2"'"}'; }
    rev 2 yes >a.jsonl
    rev 1 yes >b.jsonl # comes late
    rev 4 yes >c.jsonl
    rev 3 unknown >d.jsonl # comes late
    echo '{"kind":"event","uid":"T-0001","consent":"no","at":"2016-05-01"}' >e.jsonl
    for f in a b c d e; do ingest "$f.jsonl"; done
    # every batch taken back, in every of some orders: as if only the others had come
    for order in "1" "3" "5" "3 1" "1 3" "3 4" "4 3 1" "5 3" "2 3 5" "3 4 1 5"; do
        fresh_store got
        for f in a b c d e; do ingest "$f.jsonl"; done
        for n in $order; do withdraw "$n" >/dev/null; done
        dump >got.txt 2>/dev/null || true
        state | grep -v '^event' >got.state
        fresh_store want
        for f in a b c d e; do
            case " $order " in *" $(($(printf %d "'$f") - 96)) "*) continue ;; esac
            ingest "$f.jsonl"
        done
        dump >want.txt 2>/dev/null || true
        state | grep -v '^event' >want.state
        diff want.txt got.txt || { echo "order $order"; return 1; }
        diff want.state got.state || { echo "order $order"; return 1; }
    done
}

@test "what another batch brought too stays with that one" {
    regs 1 3 >a.jsonl
    regs 2 3 >b.jsonl
    echo '{"kind":"event","uid":"T-0002","to":"unapproved","at":"2016-03-01"}' | tee -a a.jsonl >>b.jsonl
    ingest a.jsonl
    ingest b.jsonl
    withdraw 1 | jq -e '.removed == 1 and .restored == 0'
    [ "$(total)" -eq 1 ]
    "$CG" show --audience internal T-0002 --json | jq -e '.state == "unapproved"'
    withdraw 2 | jq -e '.removed == 2'
    [ "$(total --audience internal)" -eq 0 ]
    check_deep
}

@test "events and payments of others wait again for what is gone, and apply when it comes" {
    regs 1 2 >a.jsonl
    echo '{"kind":"contract","contract_no":"C1","type":"许可","signed_on":"2016-01-05","amount_total":"100.00","achievements":[{"uid":"T-0001"}]}' >>a.jsonl
    {
        echo '{"kind":"event","uid":"T-0001","to":"unapproved","at":"2016-03-01","by":"厅","opinion":"误"}'
        echo '{"kind":"event","uid":"T-0002","consent":"no","at":"2016-03-01"}'
        echo '{"kind":"app_status","uid":"T-0002","as_of":"2016-06-30","status":"产业化应用","units":5}'
        echo '{"kind":"receipt","contract_no":"C1","no":1,"received_on":"2016-01-15","amount":"50.00"}'
        echo '{"kind":"receipt","contract_no":"C1","received_on":"2016-01-16","amount":"5.00"}'
    } >b.jsonl
    ingest a.jsonl
    ingest b.jsonl
    state | grep -v '^quarantine' >want.state
    withdraw 1 | jq -e '.removed == 2 and .conversions == 1 and .waiting == 5'
    [ "$(sqlite3 "$CHENGGUO_STORE/registry.db" 'SELECT count(*) FROM conversion')" -eq 0 ]
    check_deep
    ingest a.jsonl
    state | grep -v '^quarantine' >got.state
    diff want.state got.state
    check_deep
}

@test "a row that the batch had released waits again; a row refused because of it counts" {
    echo '{"kind":"event","uid":"T-0001","to":"unapproved","at":"2016-03-01","by":"厅"}' >a.jsonl
    regs 2 2 >>a.jsonl
    ingest a.jsonl
    state >want.state
    regs 1 1 >b.jsonl
    ingest b.jsonl
    "$CG" show --audience internal T-0001 --json | jq -e '.state == "unapproved"'
    withdraw 2 | jq -e '.removed == 1 and .waiting == 1'
    state >got.state
    diff want.state got.state
    # the duplicate of another batch
    ingest b.jsonl
    regs 1 1 '{uid: "T-DUP", regno: "9142015Y8001"}' >c.jsonl
    "$CG" ingest --json c.jsonl 2>/dev/null | jq -e '.codes.E_DUP == 1' || [ $? = 3 ]
    withdraw 4 | jq -e '.removed == 1'
    "$CG" show T-DUP --json | jq -e '.regno == "9142015Y8001"'
    check_deep
}

@test "a number that went to another record meanwhile: nothing is changed, both are named" {
    regs 1 1 >a.jsonl
    ingest a.jsonl
    regs 1 1 '{rev: 2, regno: "9142015Y0777"}' >b.jsonl
    ingest b.jsonl
    regs 2 2 '{regno: "9142015Y0001"}' >c.jsonl
    ingest c.jsonl
    dump >want.txt
    run -1 --separate-stderr withdraw 2
    [[ "$stderr" == *T-0001*9142015Y0001*T-0002* ]]
    dump >got.txt
    diff want.txt got.txt
    withdraw 3 >/dev/null
    withdraw 2 >/dev/null
    "$CG" show 9142015Y0001 --json | jq -e '.uid == "T-0001"'
    check_deep
}

@test "erased on withdrawal: no byte of it is left in the published set or the registry" {
    regs 1 2 >a.jsonl
    regs 3 3 '{title: "qvzbatch封孔器", abstract: "qvzbatch装置", contact: {name: "qvzbatch某"}}' >b.jsonl
    echo '{"kind":"registration","secrecy":"非密","title":"qvzbatch缺单位","category":"A"}' >>b.jsonl
    ingest a.jsonl
    ingest b.jsonl
    grep -r -a -q qvzbatch "$CHENGGUO_STORE"
    withdraw 2 --erase >/dev/null
    inflate "$CHENGGUO_STORE/public" >bytes
    run ! grep -a -q qvzbatch bytes
    run ! grep -r -a -q qvzbatch "$CHENGGUO_STORE"/registry.db*
    grep -a -q 第0001号 bytes
    check_deep
}

@test "any batch of a generated history, taken back, leaves what the others brought" {
    "$GEN" --seed 47 --count 160 --out all.jsonl
    split -n l/4 --additional-suffix=.jsonl all.jsonl p-
    for without in ab ac ad; do
        fresh_store "want-$without"
        for p in aa ab ac ad; do [ "$p" = "$without" ] || ingest "p-$p.jsonl"; done
        dump >want.txt
        state >want.state
        fresh_store "got-$without"
        # the batch that goes is the last: what came before it is decided without it
        for p in aa ab ac ad; do [ "$p" = "$without" ] || ingest "p-$p.jsonl"; done
        ingest "p-$without.jsonl"
        withdraw 4 >/dev/null
        dump >got.txt
        diff want.txt got.txt
        state >got.state
        diff want.state got.state
        check_deep
    done
}

@test "who ran what: every command that changes the store, without what is in it" {
    regs 1 2 >a.jsonl
    USER=录入员 ingest a.jsonl
    "$CG" batch withdraw 1 --by 王某 --opinion 重复报送 >/dev/null
    "$CG" audit --json | jq -e 'length == 2
        and .[0].command == "batch withdraw" and .[0].actor == "王某" and (.[0].detail | test("重复报送")) and .[0].batch == 2
        and .[1].command == "ingest" and .[1].actor == "录入员" and .[1].detail == "a.jsonl" and .[1].revision == 1'
    "$CG" audit --limit 1 | grep -q 王某
    run ! grep -q 修复装置 <("$CG" audit)
    USER=维护员 "$CG" rebuild >/dev/null
    "$CG" audit --json --limit 1 | jq -e '.[0].command == "rebuild" and .[0].actor == "维护员" and .[0].batch == null'
    run -2 "$CG" audit x
}
