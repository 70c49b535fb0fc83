#!/usr/bin/env bats
# kill -9 at random moments of ingest (in place and in bulk) and of rebuild: readers have
# the old answers or the new ones, and running the same again ends where an undisturbed
# run ends. The moments come from a seed and the time an undisturbed run takes.
load lib

CHAINS=6 # runs that are killed KILLS times each and then finished, per way
KILLS=4

setup_file() {
    lib_setup
    cd "$BATS_FILE_TMPDIR"
    "$GEN" --seed 50 --count 260 --out all.jsonl
    head -n 120 all.jsonl >first.jsonl
    tail -n +121 all.jsonl >second.jsonl
    printf '[index]\nbulk = 1000000\n' >place.ini
    printf '[index]\nbulk = 1\nprocesses = 2\n' >bulk.ini
    "$CG" --store base ingest first.jsonl >/dev/null 2>&1 || [ $? = 3 ]
    for way in place bulk; do
        cp -r base "$way"
        from=$(date +%s%N)
        "$CG" --store "$way" --config "$way.ini" ingest second.jsonl >/dev/null 2>&1 || [ $? = 3 ]
        echo $(($(date +%s%N) - from)) >"$way.ns"
    done
    from=$(date +%s%N)
    "$CG" --store place rebuild >/dev/null
    echo $(($(date +%s%N) - from)) >rebuild.ns
    CHENGGUO_STORE=place dump >new.dump
    CHENGGUO_STORE=base total >old.total
    CHENGGUO_STORE=place total >new.total
}
setup() { cd "$BATS_FILE_TMPDIR"; }

# killed_at NS COMMAND…: runs it and kills it, and every process it made, at a moment of
# the first NS nanoseconds; succeeds when it was still running.
killed_at() {
    local at=$(($1 / 1000 * RANDOM / 32768)) code=0
    shift
    timeout -s KILL "$(printf '%d.%06d' $((at / 1000000)) $((at % 1000000)))" "$@" >/dev/null 2>&1 || code=$?
    [ "$code" = 137 ]
}

# what a killed run left: does a reader get the old answers or the new?
reader_is_well() {
    local now
    now=$(total)
    [ "$now" = "${OLD:-$(cat old.total)}" ] || [ "$now" = "$(cat new.total)" ] || { echo "a reader saw $now"; return 1; }
}

# torture WAY SEED BASE COMMAND…: CHAINS stores, each killed KILLS times and then finished.
torture() {
    local way=$1 base=$3 hit=0 behind=0 i k code
    RANDOM=$2
    shift 3
    for i in $(seq "$CHAINS"); do
        export CHENGGUO_STORE="$BATS_TEST_TMPDIR/$way-$i"
        cp -r "$base" "$CHENGGUO_STORE"
        for k in $(seq "$KILLS"); do
            if killed_at "$(cat "$way.ns")" "$CG" "$@"; then hit=$((hit + 1)); fi
            reader_is_well
            # the batch is in the registry and not yet published: the kill that hurts most
            [ "$(total)" = "$(cat new.total)" ] ||
                [ "$(sqlite3 "$CHENGGUO_STORE/registry.db" 'SELECT max(n) FROM revision')" = 1 ] || behind=$((behind + 1))
        done
        code=0
        "$CG" "$@" >/dev/null 2>&1 || code=$?
        [ "$code" = 0 ] || [ "$code" = 3 ]
        check_deep
        dump >"$BATS_TEST_TMPDIR/now.dump"
        diff new.dump "$BATS_TEST_TMPDIR/now.dump"
        # nothing of the unfinished work is left
        [ "$(ls "$CHENGGUO_STORE" | grep -v '^registry.db-' | tr '\n' ' ')" = "internal lock public registry.db " ] || { ls -R "$CHENGGUO_STORE"; false; }
        rm -rf "$CHENGGUO_STORE"
    done
    echo "# $way: $hit of $((CHAINS * KILLS)) kills hit a running process, $behind of them between registry and sets" >&3
    [ "$hit" -ge 12 ]
}

@test "ingest in place, killed again and again" { torture place 1001 base --config place.ini ingest second.jsonl; }
@test "ingest in bulk, killed again and again" { torture bulk 2002 base --config bulk.ini ingest second.jsonl; }
@test "rebuild, killed again and again" {
    OLD=$(cat new.total)
    torture rebuild 3003 place rebuild
}

@test "the one process that was told dies alone: its workers end too, the next run is sound" {
    export CHENGGUO_STORE="$BATS_TEST_TMPDIR/alone"
    cp -r base "$CHENGGUO_STORE"
    RANDOM=4004
    hit=0
    for _ in $(seq 10); do
        at=$(($(cat rebuild.ns) / 1000 * RANDOM / 32768))
        code=0
        timeout --foreground -s KILL "$(printf '%d.%06d' $((at / 1000000)) $((at % 1000000)))" "$CG" rebuild >/dev/null 2>&1 || code=$?
        [ "$code" != 137 ] || hit=$((hit + 1))
        # at once, while its workers may still be ending; 5: one of them holds the lock yet
        code=0
        "$CG" rebuild >/dev/null 2>&1 || code=$?
        [ "$code" = 0 ] || [ "$code" = 5 ]
        reader_is_well
    done
    "$CG" ingest second.jsonl >/dev/null 2>&1 || [ $? = 3 ]
    check_deep
    dump >"$BATS_TEST_TMPDIR/now.dump"
    diff new.dump "$BATS_TEST_TMPDIR/now.dump"
    echo "# alone: $hit of 10 kills hit" >&3
    [ "$hit" -ge 3 ]
}
