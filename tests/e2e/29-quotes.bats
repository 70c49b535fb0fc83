#!/usr/bin/env bats
# Quotes of a CSV file that cannot be right cost their own row only, and nothing of the
# lines that they swallow stays behind when those may be the rest of a classified row.
load lib

setup_file() { lib_setup; }
setup() { cd "$BATS_TEST_TMPDIR" && fresh_store; }

# Six titles that have nothing in common; the classified and the broken rows hold 金丝雀.
write_table() {
    cat <<'END'
成果名称,批准登记号,批准登记日期,成果类别,成果密级,第一完成单位
煤层气井筒修复装置,9142025Y0001,2025-03-01,应用技术成果,非密,太原理工大学
"智慧"矿山金丝雀甲,9142025Y0002,2025-03-01,应用技术成果,机密,太原理工大学
谷子杂交新品种选育,9142025Y0003,2025-03-02,应用技术成果,非密,山西农业大学
"第一行金丝雀乙
第二行金丝雀丙"接着写,9142025Y0004,2025-03-01,应用技术成果,机密,太原理工大学
"镁合金轮毂
低压铸造",9142025Y0005,2025-03-05,应用技术成果,非密,中北大学
"从未闭合金丝雀丁,9142025Y0006,2025-03-01,应用技术成果,非密,太原理工大学
心电图自动判读软件,9142025Y0007,2025-03-07,应用技术成果,非密,山西医科大学
日期有误金丝雀戊,9142025Y0008,2025-13-01,应用技术成果,非密,太原理工大学
END
}

# check FILE: four good rows are in, five are not, and nothing of those is kept.
check() {
    run "$CG" ingest "$1"
    [ "$status" = 3 ]
    [[ "$output" == *"读入 9 行：新增 4，"*"拒收 5；"* ]]
    [[ "$output" == *"$1:3: 列“成果名称”：引号不成对"*E_SYNTAX* ]]
    [[ "$output" == *"$1:5: 列“成果名称”：引号不成对"*E_SYNTAX* ]]
    [[ "$output" == *"$1:6: "*E_CLASSIFIED* ]]
    [[ "$output" == *"$1:9: 列“成果名称”：引号不成对"*E_SYNTAX* ]]
    [[ "$output" == *"$1:11: 列“批准登记日期”"*E_FIELD* ]]
    [ "$(total --audience internal '心电图')" = 1 ]
    [ "$(total --audience internal '谷子杂交')" = 1 ]
    run ! grep -rlaF 金丝雀 "$CHENGGUO_STORE"
    [[ "$output" == "" ]]
}

@test "wrong quotes cost their own row, in UTF-8" {
    write_table >t.csv
    check t.csv
}

@test "wrong quotes cost their own row, in GB18030" {
    write_table | iconv -f UTF-8 -t GB18030 >t.csv
    check t.csv
    run ! grep -rlaF "$(printf '\xbd\xf0\xcb\xbf\xc8\xb8')" "$CHENGGUO_STORE"
}

@test "wrong quotes cost their own row, in UTF-16" {
    { printf '\xff\xfe'; write_table | iconv -f UTF-8 -t UTF-16LE; } >t.csv
    check t.csv
}

@test "an open row that is wrong on its one line is kept to be mended" {
    {
        echo '成果名称,批准登记号,批准登记日期,成果类别,成果密级,第一完成单位'
        echo '"智慧"矿山调度平台,9142025Y0002,2025-03-01,应用技术成果,非密,太原理工大学'
        echo '谷子杂交新品种选育,9142025Y0003,2025-03-02,应用技术成果,非密,山西农业大学'
    } >t.csv
    run "$CG" ingest t.csv
    [ "$status" = 3 ]
    [[ "$output" == *"读入 2 行：新增 1，"*"拒收 1；"* ]]
    [[ "$output" != *内容未保存* ]]
    [ "$(sqlite3 "$CHENGGUO_STORE/registry.db" "SELECT CAST(raw AS TEXT) LIKE '%智慧%平台%' FROM quarantine")" = 1 ]
}
