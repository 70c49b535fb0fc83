#!/usr/bin/env bats
# config check: every setting with its value and where it came from; wrong files are
# named by line, with what was probably meant.
load lib

setup_file() { lib_setup; }
setup() { cd "$BATS_TEST_TMPDIR" || return; }

@test "defaults, file, environment and flag, in rising order" {
    "$CG" config check --json >a.json
    jq -e '.["store.dir"] == {value: "./store", from: "default"} and all(.[]; .from == "default")' a.json
    printf '\xef\xbb\xbf[store]\ndir = kept\n[site]\nname = 山西省成果查询\n[index]\nbulk = 50\n' >c.ini
    "$CG" --config c.ini config check --json >a.json
    jq -e '.["store.dir"].value == "kept" and .["site.name"] == {value: "山西省成果查询", from: "file"}
        and .["index.bulk"] == {value: 50, from: "file"} and .["serve.threads"].from == "default"' a.json
    CHENGGUO_STORE=env "$CG" --config c.ini config check --json |
        jq -e '.["store.dir"] == {value: "env", from: "CHENGGUO_STORE"}'
    CHENGGUO_STORE=env "$CG" --config c.ini --store flag config check --json |
        jq -e '.["store.dir"] == {value: "flag", from: "--store"}'
    CHENGGUO_STORE=env "$CG" --store=flag config check | grep -q '^store.dir *flag *--store '
}

@test "a file is refused with line and nearest name; nothing runs on half a file" {
    try() { # PATTERN TEXT
        printf '%b' "$2" >c.ini
        run -1 "$CG" --config c.ini config check
        [[ "$output" == *$1* ]] || { echo "$output"; return 1; }
        run -1 "$CG" --config c.ini --store s ingest "$SAMPLE"
        [ ! -e s ]
    }
    try 'c.ini:2:*threads' '[serve]\nthread=2\n'
    try 'c.ini:2:*256' '[serve]\nthreads=257\n'
    try 'c.ini:3:*整数' '[serve]\n# a remark\nthreads=zwei\n'
    try 'c.ini:1:' 'no setting\n'
    try 'c.ini:2:' '[store]\nregistry=1400000000\n'
    try 'c.ini:2:' "[site]\nname=$(printf '%0300d' 0)\n"
    run -1 "$CG" --config none.ini config check
    [[ "$output" == *none.ini* ]]
    run -1 "$CG" --config . config check
}

@test "usage: no verb, a wrong verb, a missing value, a global flag that is not one" {
    run -2 "$CG" config
    run -2 "$CG" config show
    run -2 "$CG" --config
    run -2 "$CG" --stroe x config check
    run -2 "$CG" --now tomorrow config check
    run -2 "$CG"
    run -0 "$CG" --help
    [[ "$output" == *ingest*search*serve* ]]
    run -0 "$CG" --version
    for c in ingest search show stats chart serve check rebuild config; do
        run -0 --separate-stderr "$CG" "$c" --help
        [[ "$output" == *"$c"* && -z "$stderr" ]]
    done
}
