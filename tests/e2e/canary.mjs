// canary.mjs ROOT WHAT: registrations whose every private field holds a value of its own, and
// what to look for afterwards. The fields come from docs/registration-format.md, which
// tests/unit/test_docs.c holds to the field table, so that none can be forgotten.
//
//   rows     the lines: T-0001 public, T-0002 in its publicity period, T-0003.. not public
//   words    what may be nowhere in public bytes, answers and logs, one a line
//   amounts  the amounts in fen and counts, one a line: nowhere as binary numbers either
//   fields   the fields that hold something, one path a line, and those that cannot
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [root, what] = process.argv.slice(2);
const text = readFileSync(join(root, "docs/registration-format.md"), "utf8");
const fields = text.split("\n").filter((l) => /^\| `[^`]+` \|/.test(l)).map((l) => {
    const [path, , , type, list, tier, categories] = l.split("|").slice(1).map((c) => c.trim().replaceAll("`", ""));
    return { path, type, list, tier, categories };
}).filter((f) => ["P0", "P1", "N"].includes(f.tier));

// Values that many records share tell nothing by themselves: their keys are looked for.
const shared = ["state", "consent", "paper_pending", "secrecy", "veto", "people[].returned", "people[].gender"];
// Coded and yes-no fields of a record in its publicity period count in public tables.
const counted = ["code", "code list", "bool"];
const coded = { degree: "硕士研究生", job_title: "副高级", gender: "女", state: "approved", consent: "yes", secrecy: "非密",
    attribute: "国外引进、消化吸收创新", level: "国内一般", research: "与国(境)外合作", evaluation: "权威部门检测",
    reason: "管理", conversion: "其他协商方式", conclusion: "none", yesno: false };

const words = new Set(), amounts = new Set(), filled = [], left = [];
let serial = 0;

// A value for a field, unique as far as its type allows, and what shows it.
function value(f) {
    const n = ++serial, two = String(n % 28 + 1).padStart(2, "0");
    const mark = (v, ...shown) => { for (const w of shown.length ? shown : [v]) words.add(String(w)); return v; };
    switch (f.type) {
    case "text": return mark(`qv${f.tier === "N" ? "z" : "p"}${n}q`);
    case "int":
        if (f.path === "papers[].year") return mark(1907);
        amounts.add(7319 * 100 + n);
        return mark(7319 * 100 + n);
    case "date": return mark(`19${10 + n % 20}-1${n % 3}-${two}`);
    case "instant": return mark(`1931-10-${two}T07:08:09Z`, `1931-10-${two}`);
    case "money":
        amounts.add(7319051700 + n);
        return mark(`73190517.${String(n % 100).padStart(2, "0")}`, "73190517");
    case "money map":
        amounts.add(7319061700 + n);
        words.add("73190617");
        return { 国家投入: `73190617.${String(n % 100).padStart(2, "0")}` };
    case "bool": return coded.yesno;
    case "code":
    case "code list": {
        const code = coded[f.list];
        if (code === undefined) throw new Error(`no value for ${f.path} (${f.list})`);
        if (f.tier === "N" && !shared.includes(f.path)) words.add(code);
        return f.type === "code" ? code : [code];
    }
    default: throw new Error(`no value for ${f.path} (${f.type})`);
    }
}

function put(row, path, v) {
    const [head, key] = path.split(/\[\]\.|\./);
    if (key === undefined) row[head] = v;
    else if (path.includes("[]")) ((row[head] ??= [{}])[0])[key] = v;
    else (row[head] ??= {})[key] = v;
}

function record(i, over) {
    const n = String(i).padStart(4, "0");
    return { kind: "registration", schema: 1, uid: `T-${n}`, rev: 1, updated_at: "2016-01-01T00:00:00+08:00", registry: "140000",
        state: "approved", consent: "yes", publicity: "closed", secrecy: "非密", regno: `9142015Y${n}`, approved_on: "2015-12-11",
        stat_year: 2015, category: "A", title: `第${n}号煤层气井筒修复装置`, keywords: ["井筒修复"],
        abstract: "装置用于煤层气井筒修复。", units: [{ name: `太原第${i}试验厂`, type: "企业", region: "140100" }],
        people: [{ name: "甲某", unit: 1 }], ...over };
}

function fill(row, tier) {
    for (const f of fields) {
        if (f.tier !== tier || f.path.startsWith("collection.")) continue;
        if (tier === "P1" && counted.includes(f.type)) { left.push(f.path); continue; }
        if (shared.includes(f.path)) {
            left.push(f.path);
            const key = f.path.split(/[.]/).pop();
            words.add(`"${key}":`);
            if (["state", "consent", "paper_pending", "secrecy"].includes(f.path)) continue;
        } else filled.push(f.path);
        put(row, f.path, value(f));
    }
    return row;
}

const first = fill(record(1, {}), "N");
// unknown keys at every depth, and an unknown label, which is kept raw
Object.assign(first, { mystery: "qvx1q", 未知项: { 深处: ["qvx2q", { 更深: "qvx3q" }] }, form: "qvx4q新形式" });
first.units[0].unknown = "qvx5q";
first.people[0].unknown = "qvx6q";
first.contact.unknown = "qvx7q";
const second = fill(record(2, { publicity: "unit_open" }), "P1");
const rows = [first, second,
    record(3, { title: "qvh3q装置", consent: "no" }), record(4, { title: "qvh4q装置", paper_pending: true }),
    record(5, { title: "qvh5q装置", state: "draft", regno: null }), record(6, {}),
    record(7, { title: "qvh7q装置", publicity: "objected" }), record(8, { title: "qvh8q装置", consent: null }),
    { kind: "event", uid: "T-0006", to: "approved", at: "2016-02-01", by: "qve1q", opinion: "qve2q" },
    { kind: "contract", contract_no: "qvc1q", type: "许可", signed_on: "2016-03-01", amount_total: "73190717.01",
        amount_tech: "73190717.00", equity_value: "73190717.02", subtype: "qvc2q", currency: "qvc3q", plan_kind: "qvc4q",
        field: "qvc5q", ip_no: "qvc6q2016", achievement_title: "qvc7q", supersedes: "qvc8q", unknown: "qvc9q",
        seller: { name: "qvc10q", uscc: "qvc11q", size: "qvc12q", country: "qvc13q", region: "140100" },
        buyer: { name: "qvc14q", uscc: "qvc15q", type: "企业" } },
    { kind: "receipt", contract_no: "qvc1q", no: 1, received_on: "2016-04-01", amount: "73190717.03" },
    { kind: "reward", contract_no: "qvc1q", no: 1, paid_on: "2016-04-02", amount: "73190717.04", person_times: 4 },
    { kind: "app_status", uid: "T-0006", as_of: "2016-06-30", status: "试用", reporter: "qvc16q" },
    { kind: "benefit", uid: "T-0006", year: 2016, unit: "qvc17q", self: "73190717.05" }];
for (const w of ["qvx", "qvh", "qve", "qvc", "73190717", "mystery", "未知项"]) words.add(w);
for (let i = 0; i <= 5; i++) amounts.add(7319071700 + i);
// what stands for other fields is not private
for (const w of ["qvz", "qvp"]) words.add(w);

switch (what) {
case "rows": for (const r of rows) console.log(JSON.stringify(r)); break;
case "words": for (const w of words) console.log(w); break;
case "amounts": for (const a of amounts) console.log(a); break;
case "fields": for (const f of filled) console.log(f); for (const f of left) console.log(`- ${f}`); break;
default: throw new Error("rows, words, amounts or fields");
}
