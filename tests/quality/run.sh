#!/usr/bin/env bash
# make quality: how well the program does on labelled sets that lie beside the repository.
# QUALITY_SETS says where (default ../shared/evaluation); what needs none of them runs anyway.
# Ends with 1 when a figure is below what it must reach.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
sets=${QUALITY_SETS:-$root/../shared/evaluation}
program=${CHENGGUO:-$root/build/release/chengguo}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# measure NAME NEEDED-FILE SCRIPT ARGUMENT…
measure() {
    local name=$1 needed=$2 script=$3
    shift 3
    echo "$name"
    if [ ! -e "$needed" ]; then
        echo "  skipped, $needed is not there (QUALITY_SETS=FOLDER names the sets)"
        return
    fi
    mkdir -p "$work/$script"
    python3 "$root/tests/quality/$script" "$program" "$@" || failed=1
}

measure 'near duplicates' "$sets/near_duplicates.jsonl" near.py "$sets" "$work/near.py"
measure 'search' "$sets/ir" ir.py "$sets" "$work/ir.py"
measure 'suggestions' "$sets/suggest" suggest.py "$sets" "$work/suggest.py"
measure 'similar records' "$sets/ir/csl_keyword" similar.py "$sets" "$work/similar.py"
measure 'did you mean' "$root/data/sample" spell.py "$sets" "$work/spell.py"
measure 'exactness' "$root/data/sample" exact.py "$work/exact.py"
exit $failed
