#!/usr/bin/env bash
# make quality: how well the program does on labelled sets that lie beside the repository.
# QUALITY_SETS says where (default ../shared/evaluation); without them it skips and says so.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
sets=${QUALITY_SETS:-$root/../shared/evaluation}
program=${CHENGGUO:-$root/build/release/chengguo}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "exactness: quoted pieces of 1 to 6 characters against a scan"
python3 "$root/tests/quality/exact.py" "$program" "$work/exact" 10000
if [ ! -r "$sets/near_duplicates.jsonl" ]; then
    echo "quality: skipped, no evaluation sets in $sets (QUALITY_SETS=FOLDER names them)"
    exit 0
fi
echo "near duplicates"
python3 "$root/tests/quality/near.py" "$program" "$sets" "$work"
