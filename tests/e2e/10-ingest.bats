#!/usr/bin/env bats
# ingest: counts equal to the generator's truth, every kind of bad input, exit codes,
# and that whatever fails leaves the store as it was.
load lib

setup_file() { lib_setup; }
setup() { cd "$BATS_TEST_TMPDIR" && fresh_store; }

# report_is TRUTH REPORT: every count of the report is the expected one.
report_is() {
    jq -e -n --slurpfile t "$1" --slurpfile r "$2" '
        def part: {read, added, updated, unchanged, withdrawn, skipped, held, rejected, codes};
        ($t[0] | part) as $want | ($r[0] | part) as $got
        | if $got == $want then true else ({$want, $got} | debug | false) end'
}

registered() { sqlite3 -readonly "$CHENGGUO_STORE/registry.db" 'SELECT sum(registered) FROM record'; }

# A store of five records, and what it answers.
five() {
    regs 1 5 >five.jsonl
    "$CG" ingest five.jsonl 2>/dev/null
    dump >five.dump
}
still_five() {
    dump >now.dump
    diff five.dump now.dump
    check_deep
}

@test "the sample: every count equals its truth, and it is searchable" {
    "$CG" ingest --json "$SAMPLE" >report.json 2>err
    report_is "$TRUTH" report.json
    [ "$(total)" -eq "$(jq .visible "$TRUTH")" ]
    [ "$(registered)" -eq "$(jq .registered "$TRUTH")" ]
    for y in $(jq '.by_year[].year' "$TRUTH"); do
        [ "$(total --where "year=$y")" -eq "$(jq ".by_year[] | select(.year == $y).visible" "$TRUTH")" ]
    done
    [ "$(total 煤矿瓦斯)" -gt 0 ]
    check_deep
}

@test "all kinds of bad rows among 3,000: outcomes and codes equal the generator's truth" {
    "$GEN" --seed 3000 --count 3000 --out all.jsonl --truth truth.json
    run -3 --separate-stderr "$CG" ingest --json --reject-file rejects.jsonl all.jsonl
    echo "$output" >report.json
    report_is truth.json report.json
    jq -e '.codes | length >= 10' truth.json
    jq -e '[.added, .updated, .unchanged, .withdrawn, .skipped, .held, .rejected] as $o
           | .read == ($o | add)' report.json
    # the reject file holds each refused row once, with its place and code
    [ "$(wc -l <rejects.jsonl)" -eq "$(jq '.held + .rejected' truth.json)" ]
    jq -s -e --slurpfile t truth.json '(group_by(.code) | map({(.[0].code): length}) | add) == $t[0].codes
        and all(.line > 0 and (.row // .hash | length) > 0)
        and all(.code != "E_CLASSIFIED" and .code != "H_MARKING" or (has("row") | not))' rejects.jsonl
    [ "$(total)" -eq "$(jq .visible truth.json)" ]
    check_deep
}

@test "three files that refer to each other: each file's counts are its own" {
    "$GEN" --seed 5 --count 400 --out main.jsonl --events events.jsonl --contracts contracts.jsonl --truth truth.json
    for f in main events contracts; do
        "$CG" ingest --json "$f.jsonl" >"$f.json" 2>/dev/null || [ $? = 3 ]
        jq ".files.$f" truth.json >want.json
        report_is want.json "$f.json"
    done
    [ "$(registered)" -eq "$(jq .after_all.registered truth.json)" ]
    [ "$(total)" -eq "$(jq .after_all.visible truth.json)" ]
    check_deep
}

@test "twice is once: the second time everything is unchanged, no new revision" {
    "$GEN" --seed 6 --count 300 --out a.jsonl
    ingest a.jsonl
    dump >first.dump
    sums=$(cd "$CHENGGUO_STORE" && find public internal -type f -exec md5sum {} + | sort)
    "$CG" ingest --json a.jsonl >again.json 2>/dev/null || [ $? = 3 ]
    jq -e '.added == 0 and .updated == 0 and .withdrawn == 0 and .skipped == 0 and .unchanged > 0
           and .revision == 1 and .unchanged + .held + .rejected == .read' again.json
    dump >second.dump
    diff first.dump second.dump
    [ "$sums" = "$(cd "$CHENGGUO_STORE" && find public internal -type f -exec md5sum {} + | sort)" ]
}

@test "--dry-run reports the same and changes nothing" {
    five
    "$GEN" --seed 7 --count 200 --out a.jsonl
    run -3 --separate-stderr "$CG" ingest --json --dry-run a.jsonl
    jq 'del(.seconds, .revision)' <<<"$output" >dry.json
    still_five
    run -3 --separate-stderr "$CG" ingest --json a.jsonl
    jq 'del(.seconds, .revision)' <<<"$output" >wet.json
    diff dry.json wet.json
}

@test "exit codes: 0 clean, 3 with refused rows, 2 wrong usage, 1 no file, 4 no store" {
    regs 1 2 >good.jsonl
    run -0 "$CG" ingest good.jsonl
    regs 3 3 '{title: null}' >bad.jsonl
    run -3 "$CG" ingest bad.jsonl
    [[ "$output" == *bad.jsonl:1:*title*E_FIELD* ]]
    run -2 "$CG" ingest
    run -2 "$CG" ingest --no-such-option good.jsonl
    run -2 "$CG" ingest --dry-rum good.jsonl
    [[ "$output" == *dry-run* ]]
    run -2 "$CG" injest good.jsonl
    [[ "$output" == *ingest* ]]
    run -2 "$CG" ingest --profile shanxi good.jsonl
    run -2 "$CG" ingest --encoding gb18030 good.jsonl
    fresh_store none
    run -4 "$CG" check
    run -4 "$CG" rebuild
    [ ! -e "$CHENGGUO_STORE" ]
}

@test "standard input, and the empty file" {
    regs 1 3 | "$CG" ingest --json - 2>/dev/null | jq -e '.read == 3 and .added == 3'
    : >empty.jsonl
    "$CG" ingest --json empty.jsonl 2>/dev/null | jq -e '.read == 0 and .revision == 1'
    [ "$(total)" -eq 3 ]
}

@test "what cannot be read: a missing file, a directory, unreadable memory; the store stays" {
    five
    run -1 "$CG" ingest no-such.jsonl
    [[ "$output" == *no-such.jsonl*没有这个文件* ]]
    run -1 "$CG" ingest .
    [[ "$output" == *目录* || "$output" == *irectory* ]]
    run -1 "$CG" ingest /proc/self/mem
    [[ "$output" == */proc/self/mem* ]]
    run -1 "$CG" ingest --reject-file no/such/folder/r.jsonl five.jsonl
    [[ "$output" == *no/such/folder* ]]
    still_five
}

@test "what earlier files of a call brought stands when a later one cannot be read" {
    regs 1 2 >good.jsonl
    run -1 "$CG" ingest good.jsonl no-such.jsonl
    [ "$(total)" -eq 2 ]
    check_deep
}

@test "a truncated file: whole lines come in, the torn one is told with its line" {
    regs 1 3 >a.jsonl
    head -c -10 a.jsonl >torn.jsonl
    run -3 "$CG" ingest torn.jsonl
    [[ "$output" == *torn.jsonl:3:*E_SYNTAX* ]]
    [ "$(total)" -eq 2 ]
}

@test "line ends and marks: CRLF, a BOM, a last line without end, blank lines" {
    { printf '\xef\xbb\xbf'; regs 1 2 | sed 's/$/\r/'; printf '\n   \n'; regs 3 3 | tr -d '\n'; } >a.jsonl
    "$CG" ingest --json a.jsonl >r.json 2>/dev/null
    jq -e '.read == 3 and .added == 3 and (.ignored | length) == 2' r.json
    [ "$(total)" -eq 3 ]
}

@test "wrong encodings: GB18030 and UTF-16 are named, nothing is guessed" {
    regs 1 2 >utf8.jsonl
    iconv -f UTF-8 -t GB18030 utf8.jsonl >gb.jsonl
    run -3 "$CG" ingest gb.jsonl
    [[ "$output" == *gb.jsonl:1:*E_ENCODING* ]]
    iconv -f UTF-8 -t UTF-16 utf8.jsonl >utf16.jsonl
    run "$CG" ingest utf16.jsonl
    [ "$status" -ne 0 ]
    [[ "$output" == *UTF-16* ]]
    [ "$(total)" -eq 0 ]
    check_deep
}

@test "a second writer: 5 and the holder's name, readers go on" {
    five
    exec 9<>"$CHENGGUO_STORE/lock"
    flock -n 9
    run -5 "$CG" ingest five.jsonl
    [[ "$output" == *另一个进程* ]]
    run -5 "$CG" rebuild
    run -5 "$CG" check
    [ "$(total)" -eq 5 ]
    exec 9>&-
    still_five
}

@test "told to stop while it waits for its input: 130, nothing half-done" {
    five
    mkfifo pipe
    exec 9<>pipe
    regs 6 9 >&9
    "$CG" ingest pipe 2>err 3>&- 9>&- &
    pid=$!
    # it holds the lock once it runs
    wait_for 30 grep -q "pid $pid" "$CHENGGUO_STORE/lock"
    kill -TERM "$pid"
    code=0
    wait "$pid" || code=$?
    exec 9>&-
    [ "$code" -eq 130 ]
    still_five
}

@test "a damaged registry: 6 with a sentence, and it is not written" {
    five
    db="$CHENGGUO_STORE/registry.db"
    cp "$db" whole.db
    printf 'garbage garbage garbage' | dd of="$db" conv=notrunc bs=1 seek=0 status=none
    cp "$db" damaged.db
    for c in "ingest five.jsonl" check rebuild; do
        run -6 "$CG" $c
        [[ "$output" == *registry.db* ]]
        cmp "$db" damaged.db
    done
    cp whole.db "$db"
    still_five
    # damage inside: every page after the first
    size=$(stat -c %s "$db")
    head -c $((size - 4096)) /dev/zero | tr '\0' '\377' | dd of="$db" conv=notrunc bs=4096 seek=1 status=none
    run -6 "$CG" check --deep
    run -6 "$CG" ingest five.jsonl
}

@test "a foreign database, a newer schema, a foreign folder, a file as the store: 6" {
    five
    db="$CHENGGUO_STORE/registry.db"
    cp "$db" whole.db
    rm "$db"
    sqlite3 "$db" 'CREATE TABLE shop(id INTEGER PRIMARY KEY); INSERT INTO shop VALUES(1)'
    run -6 "$CG" ingest five.jsonl
    [ "$(sqlite3 "$db" 'SELECT group_concat(name) FROM sqlite_master')" = shop ]
    cp whole.db "$db"
    sqlite3 "$db" 'PRAGMA user_version=999' >/dev/null
    run -6 "$CG" ingest five.jsonl
    [[ "$output" == *999* || "$output" == *新* ]]
    cp whole.db "$db"
    still_five
    mkdir photos
    echo picture >photos/a.jpg
    run -6 "$CG" --store photos ingest five.jsonl
    [ "$(ls photos)" = a.jpg ]
    run -6 "$CG" --store five.jsonl ingest five.jsonl
}

@test "a damaged published set: check says which, rebuild mends it" {
    five
    for f in columns-1 text-1 data.db index/postlist.glass; do
        truncate -s 10 "$CHENGGUO_STORE/public/$f"
        run -6 "$CG" check
        "$CG" rebuild >/dev/null
        still_five
    done
}

# In a mount namespace of our own: STORE on a disk of the given size.
on_small_disk() { # SIZE SCRIPT
    unshare -m bash -euc 'mount -t tmpfs -o size='"$1"' none "$CHENGGUO_STORE"; '"$2"
}

@test "a full disk: an error, the old answers, and the next run finishes the work" {
    mkdir "$CHENGGUO_STORE"
    on_small_disk 1m true 2>/dev/null || skip "no right to mount a small disk"
    regs 1 5 >five.jsonl
    "$GEN" --seed 8 --count 300 --clean --out big.jsonl --truth big.json
    export -f search total regs check_deep on_small_disk
    hit=0
    for size in 700k 1m 1400k 2m 3m 4m 5m 6m 8m; do
        rc=0
        on_small_disk "$size" '
            "$CG" ingest five.jsonl 2>/dev/null || exit 9
            rc=0
            "$CG" ingest big.jsonl 2>err || rc=$?
            [ "$rc" = 0 ] || [ "$rc" = 1 ] || { echo "exit $rc"; cat err; exit 1; }
            all=$((5 + $(jq .visible big.json))) now=$(total)
            if [ "$rc" = 1 ]; then
                grep -q "chengguo: " err || { echo "no message"; exit 1; }
                # the old answers or, when only the internal set lacked room, the new
                [ "$now" = 5 ] || [ "$now" = "$all" ] || { echo "half-done: $now"; exit 1; }
            fi
            mount -o remount,size=200m "$CHENGGUO_STORE"
            "$CG" ingest big.jsonl 2>err || { cat err; exit 1; }
            [ "$(total)" = "$all" ] || { echo "lost: $(total)"; exit 1; }
            check_deep || exit 1
            exit $((10 + rc))' || rc=$?
        echo "size $size: $rc" # 9: not even the five, 10: room enough, 11: full
        [ "$rc" = 9 ] || [ "$rc" = 10 ] || [ "$rc" = 11 ]
        [ "$rc" != 11 ] || hit=$((hit + 1))
    done
    echo "full in $hit sizes"
    [ "$hit" -ge 2 ]
}

@test "a limit on file sizes: the same" {
    five
    "$GEN" --seed 8 --count 300 --clean --out big.jsonl --truth big.json
    rc=0
    (
        trap '' XFSZ
        ulimit -f 1000
        "$CG" ingest big.jsonl
    ) 2>err || rc=$?
    [ "$rc" -eq 1 ]
    grep -q 'chengguo: ' err
    [ "$(total)" -eq 5 ]
    "$CG" ingest big.jsonl 2>/dev/null
    [ "$(total)" -eq $((5 + $(jq .visible big.json))) ]
    check_deep
}
