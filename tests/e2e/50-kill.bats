#!/usr/bin/env bats
# kill -9 at random moments of ingest (in place and in bulk) and of rebuild: readers have
# the old answers or the new ones, and running the same again ends where an undisturbed
# run ends. The moments come from a seed and the time an undisturbed run takes.
load lib

CHAINS=3 # runs that are killed KILLS times each and then finished, per way
KILLS=5

setup_file() {
    lib_setup
    cd "$BATS_FILE_TMPDIR" || return
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
setup() { cd "$BATS_FILE_TMPDIR" || return; }

# killed WINDOW [OPTION] COMMAND…: runs it and kills it, and (unless --foreground) every
# process it made, at a moment of the first WINDOW nanoseconds; fails when it was not
# running any more.
killed() {
    local at=$(($1 / 1000 * RANDOM / 32768)) code=0
    shift
    local option=()
    [ "$1" != --foreground ] || { option=("$1") && shift; }
    timeout "${option[@]}" -s KILL "$(printf '%d.%06d' $((at / 1000000)) $((at % 1000000)))" "$@" >/dev/null 2>&1 || code=$?
    [ "$code" = 137 ]
}

# what a killed run left: does a reader get the old answers or the new?
reader_is_well() {
    local now
    now=$(total)
    [ "$now" = "${OLD:-$(cat old.total)}" ] || [ "$now" = "$(cat new.total)" ] || { echo "a reader saw $now"; return 1; }
}

# torture WAY SEED BASE COMMAND…: CHAINS stores, each killed KILLS times while the command
# ran and then finished. A run that ended before its kill starts the chain anew with less
# time, so that a machine that became faster or slower does not matter.
torture() {
    local way=$1 base=$3 hit=0 miss=0 behind=0 i n code window
    RANDOM=$2
    shift 3
    window=$(cat "$way.ns")
    for i in $(seq "$CHAINS"); do
        export CHENGGUO_STORE="$BATS_TEST_TMPDIR/$way-$i"
        cp -r "$base" "$CHENGGUO_STORE"
        n=0
        while [ "$n" -lt "$KILLS" ] && [ "$miss" -lt 60 ]; do
            if killed "$window" "$CG" "$@"; then
                n=$((n + 1))
                reader_is_well
                # the batch is in the registry and not yet published: the kill that hurts most
                [ "$(total)" = "$(cat new.total)" ] ||
                    [ "$(sqlite3 "$CHENGGUO_STORE/registry.db" 'SELECT max(n) FROM revision')" = 1 ] || behind=$((behind + 1))
            else
                miss=$((miss + 1))
                window=$((window * 7 / 8))
                rm -rf "$CHENGGUO_STORE"
                cp -r "$base" "$CHENGGUO_STORE"
            fi
        done
        hit=$((hit + n))
        code=0
        "$CG" "$@" >/dev/null 2>&1 || code=$?
        [ "$code" = 0 ] || [ "$code" = 3 ]
        check_deep
        dump >"$BATS_TEST_TMPDIR/now.dump"
        diff new.dump "$BATS_TEST_TMPDIR/now.dump"
        # nothing of the unfinished work is left
        [ "$(find "$CHENGGUO_STORE" -mindepth 1 -maxdepth 1 ! -name 'registry.db-*' -printf '%f\n' | sort | tr '\n' ' ')" = \
            "internal lock public registry.db " ] || { ls -R "$CHENGGUO_STORE"; false; }
        rm -rf "$CHENGGUO_STORE"
    done
    echo "# $way: $hit kills of a running process, $behind of them between registry and sets" >&3
    [ "$hit" -eq $((CHAINS * KILLS)) ]
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
    hit=0 window=$(cat rebuild.ns)
    for _ in $(seq 40); do
        if killed "$window" --foreground "$CG" rebuild; then hit=$((hit + 1)); else window=$((window * 7 / 8)); fi
        # at once, while its workers may still be ending; 5: one of them holds the lock yet
        code=0
        "$CG" rebuild >/dev/null 2>&1 || code=$?
        [ "$code" = 0 ] || [ "$code" = 5 ]
        reader_is_well
        [ "$hit" -lt 6 ] || break
    done
    "$CG" ingest second.jsonl >/dev/null 2>&1 || [ $? = 3 ]
    check_deep
    dump >"$BATS_TEST_TMPDIR/now.dump"
    diff new.dump "$BATS_TEST_TMPDIR/now.dump"
    echo "# alone: $hit kills of a running process" >&3
    [ "$hit" -eq 6 ]
}
