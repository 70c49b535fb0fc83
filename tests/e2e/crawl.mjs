// crawl.mjs URL ROUTES ID…: fetches every route of ROUTES (query/route.c) with every face and
// follows every link of what comes back, then prints each answer with its headers; what is
// deflated (XLSX, compressed answers) is printed as it reads. Errors are answers too.
// On stderr: how many answers each route gave. Exit code 1: a route that gave none.
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

const LIMIT = 1500; // answers; links of the same kind repeat themselves
const [base, routes, ...ids] = process.argv.slice(2);
const faces = ["", ".json", ".csv", ".xlsx", ".atom", ".svg", ".png", ".bib", ".ris"];
const patterns = [...readFileSync(routes, "utf8").matchAll(/"(\/[a-z.]*(?:\/\{[a-z]+\})?)",/g)].map((m) => m[1]);
const hits = new Map(patterns.map((p) => [p, 0]));
const queue = [], seen = new Set(), kinds = new Map();

// Of one path and set of parameters a dozen values is enough.
function add(href, from, asked = false) {
    const url = new URL(href, from);
    url.hash = "";
    if (url.origin !== new URL(base).origin || seen.has(url.href)) return;
    const kind = `${url.pathname.replace(/(?<=.)\/[^/]*$/, "/")} ${[...url.searchParams.keys()].sort()}`;
    const n = kinds.get(kind) ?? 0;
    if (n >= 12 && !asked) return;
    if (!asked) kinds.set(kind, n + 1);
    seen.add(url.href);
    if (url.pathname.startsWith("/search")) queue.push(url);
    else queue.unshift(url);
}

function count(path) {
    const stem = path.replace(/\.[a-z]+$/, "");
    for (const p of patterns) {
        const parts = p.split("/"), have = (p.includes(".") ? path : stem).split("/");
        if (parts.length === have.length && parts.every((x, i) => x === have[i] || (x.startsWith("{") && have[i])))
            hits.set(p, hits.get(p) + 1);
    }
}

for (const p of patterns)
    for (const face of faces)
        for (const id of p.includes("{") ? ids : [""]) add(p.replace(/\{[a-z]+\}/, encodeURIComponent(id)) + (p === "/" ? "" : face), base, true);
for (const q of ["facets=all&facet_size=1000&size=100", "q=装置&highlight=1", "q=不存在的词", "sort=-title", "page=2", "size=0", "nothing=1",
    "q=%22", "state=draft", "consent=no", "facets=consent", "person=甲某", "cursor=x"])
    for (const face of ["", ".json", ".csv", ".atom"]) add(`/search${face}?${q}`, base);
for (const q of ["装", "zhuangzhi", "zz", "太原", "甲", "T-", "9142015"]) add(`/suggest.json?q=${q}`, base);
for (const text of ["煤层气井筒修复装置", "甲某", "zzzz"]) add(`/similar.json?text=${text}`, base);

let answers = 0;
while (queue.length && answers < LIMIT) {
    const url = queue.shift();
    const r = await fetch(url, { redirect: "manual" });
    const bytes = Buffer.from(await r.arrayBuffer());
    answers++;
    if (r.status === 200) count(decodeURIComponent(url.pathname));
    // the hash of an ETag may hold any few digits by chance
    const headers = [...r.headers].map(([k, v]) => `${k}: ${k === "etag" ? v.replace(/[0-9a-f]{16}"$/, '…"') : v}`);
    process.stdout.write(`\n== ${r.status} ${url.href}\n${headers.join("\n")}\n\n`);
    process.stdout.write(bytes);
    // members of an XLSX
    for (let at = bytes.indexOf("PK\x03\x04"); at >= 0; at = bytes.indexOf("PK\x03\x04", at + 4))
        try { process.stdout.write(inflateRawSync(bytes.subarray(at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28)))); } catch { /* stored */ }
    const text = bytes.toString("utf8"), type = r.headers.get("content-type") ?? "";
    if (/html|svg|xml/.test(type))
        for (const m of text.matchAll(/(?:href|src|action)="([^"]+)"/g)) add(m[1].replaceAll("&amp;", "&"), url);
    if (/json/.test(type)) for (const m of text.matchAll(/"(\/[^"\\]+)"/g)) add(m[1], url);
}
for (const [p, n] of hits) console.error(`${n}\t${p}`);
console.error(`${answers} answers`);
process.exitCode = [...hits.values()].some((n) => n === 0) ? 1 : 0;
