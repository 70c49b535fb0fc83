#!/bin/bash
# run.sh TARGET SECONDS: libFuzzer on tests/fuzz/fuzz_TARGET.c, starting from its corpus
# and words from TARGET.dict where it is there. New inputs go to build/fuzz/TARGET; a crash
# is left there for tests/fuzz/corpus/TARGET.
set -eu
cd "$(dirname "$0")/../.."
target=$1 seconds=$2
dir=build/fuzz/$target
# libFuzzer ends without cleaning up: what a target makes goes when the next run starts.
export TMPDIR=$PWD/$dir/tmp
rm -rf "$TMPDIR"
mkdir -p "$dir/new" "$TMPDIR"
make -s -j2 FLAVOUR=fuzz CC=clang CXX=clang++ build/fuzz-bin/fuzz_"$target"
words=()
[ ! -r "tests/fuzz/$target.dict" ] || words=("-dict=tests/fuzz/$target.dict")
exec build/fuzz-bin/fuzz_"$target" "${words[@]}" -max_total_time="$seconds" -timeout=10 \
    -rss_limit_mb=2048 -artifact_prefix="$dir/" "$dir/new" tests/fuzz/corpus/"$target"
