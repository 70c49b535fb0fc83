#!/usr/bin/env bash
# What each part of the ranking buys: ablate.sh [QUALITY_SETS]
#
# Builds the program of the last commit in a folder of its own, once as it is and once
# without each part (one changed line each), and scores all of them on the judged sets of
# ir.py. The last rows change the request instead of the program. Takes about ten minutes.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
sets=${1:-$root/../shared/evaluation}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone -q "$root" "$work/source"
ln -s "$root/node_modules" "$work/source/node_modules"
cd "$work/source"

# name @ file @ sed expression
parts='
everything @ core/xindex/node.h @ s/^$//
no characters @ core/xindex/node.h @ s/CHAR_WEIGHT = [0-9.]*/CHAR_WEIGHT = 0/
no counting of characters @ core/xindex/wide.cc @ s/CHAR_COUNT_WEIGHT = [0-9.]*F/CHAR_COUNT_WEIGHT = 0/
no second look @ core/xindex/xindex.h @ s/#define XINDEX_REFINED .*/#define XINDEX_REFINED 0/
no title @ core/xindex/literal.cc @ s/IN_TITLE = [0-9.]*, IS_TITLE = [0-9.]*/IN_TITLE = 0, IS_TITLE = 0/
no nearness @ core/xindex/tree.cc @ s/IS_NEAR = [0-9.]*/IS_NEAR = 0/
no rare characters as parts @ core/xindex/xindex.h @ s/#define XINDEX_RARE .*/#define XINDEX_RARE 1000000000/
common parts count too @ core/xindex/xindex.h @ s/#define XINDEX_COMMON .*/#define XINDEX_COMMON 1/
words of asking count @ query/question.c @ s/size_t n = length_at(.*;/size_t n = 0 \* length_at(norm);/
pasted titles are queries @ query/search.c @ s/(r->query->plain || r->pasted)/r->query->plain/
'

run() {
    mkdir -p "$work/sets"
    echo "== $1"
    QUALITY_PARAMS=$2 python3 tests/quality/ir.py build/release/chengguo "$sets" "$work/sets" || true
}

echo "$parts" | while IFS=@ read -r name file change; do
    name=${name% } file=${file# } change=${change# }
    file=${file% }
    [ -n "$name" ] || continue
    sed -i "$change" "$file"
    if [ "$name" != everything ] && git diff --quiet; then
        echo "ablate.sh: '$name' changes nothing in $file" >&2
        exit 1
    fi
    make -s -j2 build/release/chengguo >/dev/null
    run "$name" ''
    git checkout -q "$file"
done
make -s -j2 build/release/chengguo >/dev/null
run 'expand=0' expand=0
run 'relax=0' relax=0
