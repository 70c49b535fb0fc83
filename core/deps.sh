#!/bin/bash
# deps.sh run|test|bench|lint: installs the Debian and npm packages that are missing, and
# says which. Everything the project needs on a fresh Debian 12 is listed here.
set -eu
group=${1:?usage: deps.sh run|test|bench|lint}

build="gcc g++ make pkg-config libxapian-dev libsqlite3-dev libmicrohttpd-dev libjansson-dev
 libicu-dev libtalloc-dev zlib1g-dev libinih-dev libxxhash-dev libzip-dev libexpat1-dev
 libcsv-dev libjemalloc-dev libplot-dev librsvg2-dev rime-essay
 libcairo2-dev libfreetype-dev libfontconfig-dev libkainjow-mustache-dev
 fonts-noto-cjk ca-certificates"
tests="libcmocka-dev gnumeric bats curl jq libxml2-utils chromium sqlite3 strace zstd procps python3"
lint="libclang-rt-14-dev clang-format clang-tidy cppcheck shellcheck"
bench="liblucene8-java default-jdk-headless libgroonga-dev zstd wrk bc"
case $group in
run) want=$build ;;
test) want="$build $tests" ;;
lint) want="$build $lint" ;;
bench) want="$build $tests $bench" ;;
*) echo "deps.sh: unknown group $group" >&2; exit 2 ;;
esac
# A node that is there already (from another source) serves as well as Debian's.
command -v npm >/dev/null 2>&1 || want="$want nodejs npm"

missing=
for p in $want; do
    dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2>/dev/null | grep -q '^ii' || missing="$missing $p"
done
if [ -n "$missing" ]; then
    echo "安装缺少的软件包 / installing missing packages:$missing"
    sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    export DEBIAN_FRONTEND=noninteractive
    $sudo apt-get update -qq
    # shellcheck disable=SC2086
    $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
# npm packages: code tables at build time, browser test tools at test time.
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    if [ "$group" = run ] || [ "$group" = lint ]; then omit="--omit=dev"; else omit=; fi
    echo "安装 npm 包 / npm ci $omit"
    npm ci --no-audit --no-fund --silent $omit
elif [ "$group" = test ] && [ ! -d node_modules/playwright-core ]; then
    echo "安装 npm 包 / npm ci"
    npm ci --no-audit --no-fund --silent
fi
