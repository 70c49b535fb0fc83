#!/usr/bin/env bats
# Registration windows: the year that a record counts in, and what is filed late. Flags,
# never refusals.
load lib

setup_file() { lib_setup; }
setup() {
    set -o pipefail
    cd "$BATS_TEST_TMPDIR" && fresh_store
}

year_of() { "$CG" show "$1" --json | jq .stat_year; }

@test "the year: as given, else of the window, else of the approval" {
    {
        regs 1 1 '{stat_year: null, achieved_on: "2018-12-05", approved_on: "2019-12-11"}'
        regs 2 2 '{stat_year: 2018, achieved_on: "2018-12-05"}'
        regs 3 3 '{stat_year: null, achieved_on: null, approved_on: "2016-01-05"}'
        regs 4 4 '{stat_year: null, achieved_on: "2019-11-20", approved_on: "2020-03-05"}'
        regs 5 5 '{stat_year: null, achieved_on: "2018-11", approved_on: "2019-12-11", registry: "110000"}'
        regs 6 6 '{stat_year: 2019, achieved_on: "2019-10-31"}'
    } >a.jsonl
    "$CG" ingest --json a.jsonl | jq -e '.added == 6 and .warnings.W_WINDOW == 1 and .warnings.W_OVERDUE == null'
    [ "$(year_of T-0001)" = 2019 ]
    [ "$(year_of T-0002)" = 2018 ]
    [ "$(year_of T-0003)" = 2016 ]
    [ "$(year_of T-0004)" = 2020 ]
    [ "$(year_of T-0005)" = 2018 ]
    [ "$(total --where year=2019)" -eq 2 ]
    check_deep
}

@test "late: after the day of the window, or after the months of the registry" {
    {
        regs 1 1 '{stat_year: 2025, achieved_on: "2025-06-30", submitted_on: "2026-01-22", approved_on: "2026-02-03"}'
        regs 2 2 '{stat_year: 2025, achieved_on: "2025-06-30", submitted_on: "2026-01-21", approved_on: "2026-02-03"}'
        regs 3 3 '{stat_year: 2025, achieved_on: "2025-06-30", approved_on: "2026-02-03"}'
        regs 4 4 '{registry: "620000", stat_year: 2024, achieved_on: "2024-01-31", submitted_on: "2024-08-01"}'
        regs 5 5 '{registry: "620000", stat_year: 2024, achieved_on: "2024-01-31", submitted_on: "2024-07-31"}'
    } >a.jsonl
    "$CG" ingest --json a.jsonl | jq -e '.added == 5 and .warnings.W_OVERDUE == 3'
}

@test "an administrator's table replaces the built-in one, everywhere" {
    cat >windows.csv <<'T'
registry,stat_year,achieved_from,achieved_to,file_by
140000,2023,2023-01-01,2023-06-30,2023-07-31
140000,2024,2023-07-01,2024-06-30,2024-07-31
T
    printf '[intake]\nwindows = windows.csv\n' >c.ini
    regs 1 1 '{stat_year: null, achieved_on: "2023-08-01", approved_on: "2023-09-01"}' >a.jsonl
    regs 2 2 '{stat_year: null, achieved_on: "2023-08-01", approved_on: null, regno: null, state: "paper_ok"}' >>a.jsonl
    "$CG" --config c.ini ingest a.jsonl >/dev/null 2>&1
    [ "$(year_of T-0001)" = 2024 ]
    run -0 --separate-stderr "$CG" --config c.ini record approve T-0002 --regno 9142024Y0002 --at 2024-08-05
    [[ "$stderr" == *W_OVERDUE* ]]
    [ "$(year_of T-0002)" = 2024 ]
    mkdir in && regs 3 3 '{stat_year: null, achieved_on: "2023-08-01", approved_on: "2023-09-01"}' >in/b.jsonl
    "$CG" --config c.ini watch in --once >/dev/null 2>&1
    [ "$(year_of T-0003)" = 2024 ]
    echo '140000,2025,2024-06-01,2025-06-30,' >>windows.csv
    run -1 --separate-stderr "$CG" --config c.ini ingest a.jsonl
    [[ "$stderr" == *windows.csv:4*重叠* ]]
}
