#!/bin/bash
# run.sh: every lint; prints what each found and exits 1 when any did.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
c_files() { git ls-files '*.c' '*.h' '*.cc'; }
step() { # NAME COMMAND...
    local name=$1
    shift
    if out=$("$@" 2>&1); then
        echo "ok   $name"
    else
        echo "FAIL $name"
        printf '%s\n' "$out" | head -n 60
        bad=1
    fi
}

format() { c_files | xargs clang-format --dry-run -Werror; }

# Which folder may include which (design: dependencies run one way).
layers() {
    c_files | grep -v '^tests/' | xargs grep -Hn '^#include "' | awk -F: '
        BEGIN {
            allow["core"] = " core "; allow["web"] = " core web "
            allow["stats"] = " core stats "; allow["stats/draw"] = " core stats stats/draw "
            allow["indexer"] = " core stats indexer "
            allow["query"] = " core stats web query "
            allow["."] = " core indexer query stats "
        }
        {
            from = $1; if (!sub("/[^/]*$", "", from)) from = "."
            sub("^core/.*", "core", from)
            to = $3; sub("^#include \"", "", to); sub("\".*", "", to)
            if (to !~ "/") next                      # generated, or beside it
            sub("/[^/]*$", "", to); sub("^core/.*", "core", to)
            if (index(allow[from], " " to " ") == 0) {
                print $1 ":" $2 ": " from "/ must not include " to "/"; bad = 1
            }
        }
        END { exit bad }'
}

# Each library behind one door.
doors() {
    local rc=0
    door() { # HEADER ALLOWED-PATH-REGEX
        local hits
        hits=$(c_files | grep -v '^tests/' | xargs grep -ln "#include <$1" | grep -vE "$2")
        [ -z "$hits" ] || { echo "<$1> outside $2: $hits"; rc=1; }
    }
    door xapian.h '^core/xindex/'
    door kainjow '^web/template\.cc$'
    door microhttpd.h '^query/http\.c$'
    door plot.h '^stats/draw/'
    door librsvg '^stats/draw/'
    door sqlite3.h '^core/db\.h$'
    door csv.h '^indexer/sheet_csv\.c$'
    door expat.h '^indexer/sheet_xlsx_xml\.c$'
    door zip.h '^indexer/(sheet_xlsx_part|sniff_zip)\.c$'
    return $rc
}

banned() {
    ! c_files | xargs grep -nE \
        '(^|[^_[:alnum:]>.])(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|strncpy|tmpnam|mktemp|rand|srand|localtime|gmtime|asctime|ctime|system|popen|alloca)\(' |
        grep -v '^[^:]*:[0-9]*: *\(\*\|/\*\|//\)'
}

# A header compiles alone, as C and (where C++ includes it) as C++.
headers() {
    local rc=0 flags
    flags="-I. -Ibuild/gen -D_GNU_SOURCE $(pkg-config --cflags xapian-core icu-uc jansson libxxhash librsvg-2.0)"
    for h in $(git ls-files '*.h'); do
        local lang="c -std=c17"
        case $h in core/xindex/*) [ "$h" = core/xindex/xindex.h ] || lang="c++ -std=c++17" ;; esac
        # shellcheck disable=SC2086
        echo "#include \"$h\"" | gcc $flags -Wall -Wextra -fsyntax-only -x $lang - || rc=1
    done
    return $rc
}

check_cpp() {
    git ls-files 'core/*.c' 'indexer/*.c' 'query/*.c' 'stats/*.c' 'web/*.c' main.c |
        cppcheck --file-list=- --quiet --enable=warning,portability,performance --error-exitcode=1 --inline-suppr \
        --std=c11 --language=c -I. -Ibuild/gen -D_GNU_SOURCE --suppress=missingInclude \
        --suppress=unknownMacro --suppress=normalCheckLevelMaxBranches -j 2
}

tidy() {
    local flags
    flags="-std=c17 -I. -Ibuild/gen -D_GNU_SOURCE $(pkg-config --cflags icu-uc jansson libxxhash librsvg-2.0 libmicrohttpd)"
    # shellcheck disable=SC2086
    git ls-files 'core/*.c' 'indexer/*.c' 'query/*.c' 'stats/*.c' 'web/*.c' main.c |
        xargs -P 2 -n 8 sh -c 'flags=$1; shift; clang-tidy --quiet "$@" -- $flags 2>/dev/null' tidy "$flags" |
        { ! grep -E 'warning:|error:'; }
}

shell() { git ls-files '*.sh' '*.bash' '.ci/run' | xargs shellcheck -S warning; }

make -s build/gen/t2s.inc build/gen/pinyin.inc build/gen/codes_embedded.h build/gen/synonyms_embedded.h build/gen/profiles_embedded.h build/gen/web_embedded.h >/dev/null || bad=1
step format format
step layers layers
step doors doors
step 'banned functions' banned
step 'headers stand alone' headers
step cppcheck check_cpp
step clang-tidy tidy
step shellcheck shell
exit $bad
