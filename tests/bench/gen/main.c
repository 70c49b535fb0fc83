/* chengguo-gen - seeded synthetic registrations with the exact expected outcomes.
 * Start reading at stream.h (what rows there are) and reg.h (what a record is). */
#include "tests/bench/gen/stream.h"
#include "tests/bench/gen/tsv.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "用法: chengguo-gen --out FILE.jsonl [选项]      生成合成登记数据\n"
    "      chengguo-gen --from-tsv DATA.tsv --out FILE.jsonl   转换基准测试用 TSV\n"
    "\n"
    "  --seed S            随机种子（默认 7）；同一种子和选项得到逐字节相同的文件\n"
    "  --count N           成果记录数（默认 2000）；修订、事件、合同和错误行另计\n"
    "  --truth FILE.json   写出预期的入库结果和各年度计数\n"
    "  --events FILE       事件另存一个文件（默认与登记行同在一个文件）\n"
    "  --contracts FILE    合同、到账、奖励、应用状态、效益另存一个文件\n"
    "  --csv FILE --xlsx FILE   成果记录另存为表格（列名为规范字段的中文标签）\n"
    "  --year-from Y --year-to Y   统计年度范围（默认 2016–2025，逐年增长 5%）\n"
    "  --registry CODE     登记机关所在省的区划代码（默认 140000）\n"
    "  --clean             不产生应被拒收或待定的行\n"
    "  --share KIND=X      某类行占记录数的比例，0 为不产生；--kinds 列出种类\n"
    "  --corpus DIR        标题、关键词、摘要取自语料目录（仅用于性能测试）\n"
    "  --kinds             列出行的种类和默认比例\n";

static bool number(const char *z, long lo, long hi, long *out) {
    char *end;
    errno = 0;
    long v = strtol(z, &end, 10);
    if (errno || end == z || *end || v < lo || v > hi) return false;
    *out = v;
    return true;
}

static bool set_share(struct stream_options *o, const char *arg) {
    const char *eq = strchr(arg, '=');
    char *end;
    if (!eq) return false;
    double x = strtod(eq + 1, &end);
    if (end == eq + 1 || *end || !(x >= 0 && x <= 1)) return false;
    for (int k = 0; k < ROW_KIND_COUNT; k++)
        if (strlen(row_kind_names[k]) == (size_t)(eq - arg) &&
            !strncmp(row_kind_names[k], arg, (size_t)(eq - arg))) {
            o->share[k] = x;
            return true;
        }
    return false;
}

static int list_kinds(void) {
    for (int k = 0; k < ROW_KIND_COUNT; k++)
        printf("%-18s %.4f%s\n", row_kind_names[k], row_kind_shares[k],
               k >= ROW_ERRORS ? "  (not with --clean)" : "");
    return 0;
}

static int usage(const char *what, const char *arg) {
    fprintf(stderr, "chengguo-gen: %s的值无效：%s\n", what, arg);
    return 2;
}

int main(int argc, char **argv) {
    enum {
        OPT_SEED = 256,
        OPT_COUNT,
        OPT_OUT,
        OPT_TRUTH,
        OPT_EVENTS,
        OPT_CONTRACTS,
        OPT_CSV,
        OPT_XLSX,
        OPT_FROM,
        OPT_TO,
        OPT_REGISTRY,
        OPT_CLEAN,
        OPT_SHARE,
        OPT_CORPUS,
        OPT_TSV,
        OPT_KINDS,
        OPT_HELP
    };
    static const struct option longs[] = {
        {"seed", 1, 0, OPT_SEED},         {"count", 1, 0, OPT_COUNT},
        {"out", 1, 0, OPT_OUT},           {"truth", 1, 0, OPT_TRUTH},
        {"events", 1, 0, OPT_EVENTS},     {"contracts", 1, 0, OPT_CONTRACTS},
        {"csv", 1, 0, OPT_CSV},           {"xlsx", 1, 0, OPT_XLSX},
        {"year-from", 1, 0, OPT_FROM},    {"year-to", 1, 0, OPT_TO},
        {"registry", 1, 0, OPT_REGISTRY}, {"clean", 0, 0, OPT_CLEAN},
        {"share", 1, 0, OPT_SHARE},       {"corpus", 1, 0, OPT_CORPUS},
        {"from-tsv", 1, 0, OPT_TSV},      {"kinds", 0, 0, OPT_KINDS},
        {"help", 0, 0, OPT_HELP},         {0}};
    struct stream_options o = {
        .seed = 7, .count = 2000, .year_from = 2016, .year_to = 2025, .registry = 140000};
    memcpy(o.share, row_kind_shares, sizeof o.share);
    const char *tsv = NULL;
    long v = 0;
    for (int c; (c = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
        switch (c) {
            case OPT_SEED: {
                char *end;
                o.seed = strtoull(optarg, &end, 10);
                if (end == optarg || *end) return usage("--seed", optarg);
                break;
            }
            case OPT_COUNT:
                if (!number(optarg, 1, STREAM_COUNT_MAX, &o.count))
                    return usage("--count", optarg);
                break;
            case OPT_OUT:
                o.out = optarg;
                break;
            case OPT_TRUTH:
                o.truth = optarg;
                break;
            case OPT_EVENTS:
                o.events = optarg;
                break;
            case OPT_CONTRACTS:
                o.contracts = optarg;
                break;
            case OPT_CSV:
                o.csv = optarg;
                break;
            case OPT_XLSX:
                o.xlsx = optarg;
                break;
            case OPT_CORPUS:
                o.corpus = optarg;
                break;
            case OPT_TSV:
                tsv = optarg;
                break;
            case OPT_FROM:
                if (!number(optarg, 1990, 2150, &v)) return usage("--year-from", optarg);
                o.year_from = (int)v;
                break;
            case OPT_TO:
                if (!number(optarg, 1990, 2150, &v)) return usage("--year-to", optarg);
                o.year_to = (int)v;
                break;
            case OPT_REGISTRY:
                if (!number(optarg, 110000, 820000, &v))
                    return usage("--registry", optarg);
                o.registry = (int)v;
                break;
            case OPT_CLEAN:
                o.clean = true;
                break;
            case OPT_SHARE:
                if (!set_share(&o, optarg)) return usage("--share", optarg);
                break;
            case OPT_KINDS:
                return list_kinds();
            case OPT_HELP:
                fputs(help, stdout);
                return 0;
            default:
                return 2;
        }
    }
    if (!o.out || optind < argc || o.year_from > o.year_to) {
        fputs(help, stderr);
        return 2;
    }
    for (int k = ROW_ERRORS; o.clean && k < ROW_KIND_COUNT; k++) o.share[k] = 0;
    struct err err = {0};
    enum status s = tsv ? tsv_convert(tsv, o.out, &err) : stream_run(&o, &err);
    if (s != STATUS_OK) {
        char text[800];
        fprintf(stderr, "chengguo-gen: %s\n", err_line(&err, text, sizeof text));
    }
    return status_exit_code(s);
}
