// pinyin.mjs T2S_INC PINYIN_TSV - build-time tool: prints the tables behind core/pinyin.c.
//
// Readings come from the npm package pinyin-pro (its data modules, not its algorithm) and
// from data/pinyin.tsv, which wins. Everything is folded to matching text with the table
// that core/gen/t2s.c made, tones are taken off, and a phrase is kept only where it is read
// otherwise than its parts are.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import chars from "pinyin-pro/dist/esm/data/dict1.mjs";
import words2 from "pinyin-pro/dist/esm/data/dict2.mjs";
import words3 from "pinyin-pro/dist/esm/data/dict3.mjs";
import words4 from "pinyin-pro/dist/esm/data/dict4.mjs";
import words5 from "pinyin-pro/dist/esm/data/dict5.mjs";
import { PatternNumberDict as numbered } from "pinyin-pro/dist/esm/data/special.mjs";
import surnameReadings from "pinyin-pro/dist/esm/data/surname.mjs";

const [t2sPath, tsvPath] = process.argv.slice(2);
const CODE_POINTS = 0x110000;
const BLOCK_BITS = 7;
const PHRASE_MAX = 8; // characters, as in core/pinyin.c
const READINGS_MAX = 8; // PINYIN_READINGS_MAX
const HAN = 1; // TEXT_HAN
const FLAG_BITS = 6; // TEXT_FLAG_BITS

function fail(message) {
    process.stderr.write(`pinyin.mjs: ${message}\n`);
    process.exit(1);
}

// ---- matching text -------------------------------------------------------------------
const [pagePart, blockPart] = readFileSync(t2sPath, "utf8").split("text_block[");
const numbers = (s) =>
    [...s.slice(s.indexOf("{")).matchAll(/0x[0-9A-F]+|\d+/g)].map((m) => Number(m[0]));
const textPage = numbers(pagePart);
const textBlock = numbers(blockPart);
const entryOf = (cp) =>
    textBlock[(textPage[cp >> BLOCK_BITS] << BLOCK_BITS) | (cp & ((1 << BLOCK_BITS) - 1))];
const becomes = (cp) => cp ^ (entryOf(cp) >>> FLAG_BITS);
const isHan = (cp) => (entryOf(cp) & HAN) !== 0;
const codes = (s) => [...s].map((c) => c.codePointAt(0));
const fold = (s) => String.fromCodePoint(...codes(s).map(becomes));

// Without tone; u with dots is v, e with circumflex is e.
const plain = (s) =>
    s.normalize("NFD").replace(/u\u0308/g, "v").replace(/[\u0300-\u036f]/g, "");

// ---- readings ------------------------------------------------------------------------
const readings = new Map(); // code point -> plain readings, the usual one first
const phrases = new Map(); // text -> plain readings
const surnames = new Map();

function addReadings(cp, list) {
    const all = readings.get(cp) ?? [];
    for (const r of list) if (!all.includes(r)) all.push(r);
    readings.set(cp, all);
}

// The simplified character's own readings first, then those of what folds into it.
const known = [];
for (let cp = 0; cp < CODE_POINTS; cp++) {
    if (cp >= 0xd800 && cp < 0xe000) continue;
    const r = chars.get(String.fromCodePoint(cp));
    if (r && isHan(cp)) known.push([cp, plain(r).split(" ")]);
}
for (const [cp, list] of known) if (becomes(cp) === cp) addReadings(cp, list);
for (const [cp, list] of known) if (becomes(cp) !== cp) addReadings(becomes(cp), list);

const legal = new Set([...readings.values()].flat());
function addPhrase(map, text, reading) {
    const key = fold(text);
    const list = plain(reading).trim().split(/\s+/);
    if (codes(key).length !== list.length) fail(`${text}: not one reading a character`);
    // The package has a few slips ("zh" for zhi).
    if (list.every((s) => legal.has(s))) map.set(key, list);
}
for (const { zh, pinyin } of numbered) addPhrase(phrases, zh, pinyin);
for (const words of [words2, words3, words4, words5])
    for (const [text, reading] of Object.entries(words))
        if (codes(text).every(isHan)) addPhrase(phrases, text, reading);
for (const [text, reading] of Object.entries(surnameReadings)) addPhrase(surnames, text, reading);

readFileSync(tsvPath, "utf8").split("\n").forEach((line, i) => {
    if (line === "" || line.startsWith("#")) return;
    const [kind, text, reading, why] = line.split("\t");
    if (!why) fail(`${tsvPath}:${i + 1}: wants kind, text, reading, reason`);
    if (!reading.split(" ").every((s) => legal.has(s))) fail(`${tsvPath}:${i + 1}: ${reading}`);
    if (kind === "name") addPhrase(surnames, text, reading);
    else if (kind !== "word") fail(`${tsvPath}:${i + 1}: unknown kind ${kind}`);
    else if (codes(text).length > 1) addPhrase(phrases, text, reading);
    else {
        const cp = becomes(text.codePointAt(0));
        const list = [...plain(reading).split(" "), ...(readings.get(cp) ?? [])];
        readings.set(cp, [...new Set(list)]);
    }
});
for (const [cp, list] of readings) readings.set(cp, list.slice(0, READINGS_MAX));
// A phrase may use a reading that its character's list lacks.
for (const [text, list] of phrases)
    codes(text).forEach((cp, i) => {
        const all = readings.get(cp);
        if (!all) readings.set(cp, [list[i]]);
        else if (!all.includes(list[i]) && all.length < READINGS_MAX) all.push(list[i]);
    });

const syllables = ["", ...new Set([...readings.values()].flat())].sort();
const idOf = new Map(syllables.map((s, i) => [s, i]));
for (const s of syllables) if (s.length > 6 || !/^[a-z]*$/.test(s)) fail(`syllable ${s}`);

// ---- phrases: those that are not what their parts say ---------------------------------
// Shorter ones first, so that what is left out is read by kept phrases and characters.
const kept = new Map();
function readGreedily(text) {
    const out = [];
    const cps = [...text];
    for (let i = 0; i < cps.length; ) {
        let n = Math.min(PHRASE_MAX, cps.length - i);
        while (n > 1 && !kept.has(cps.slice(i, i + n).join(""))) n--;
        if (n > 1) out.push(...kept.get(cps.slice(i, i + n).join("")));
        else out.push((readings.get(cps[i].codePointAt(0)) ?? [""])[0]);
        i += n;
    }
    return out;
}
for (const [text, list] of [...phrases].sort((a, b) => a[0].length - b[0].length)) {
    if (codes(text).length > PHRASE_MAX) continue;
    if (readGreedily(text).join(" ") !== list.join(" ")) kept.set(text, list);
}

// ---- a trie: the children of a node stand together, sorted ------------------------------
const trie = { children: new Map(), reading: null };
for (const [text, list] of kept) {
    let node = trie;
    for (const cp of codes(text)) {
        if (cp > 0xffff) fail(`${text}: a phrase outside plane 0`);
        if (!node.children.has(cp))
            node.children.set(cp, { cp, children: new Map(), reading: null });
        node = node.children.get(cp);
    }
    node.reading = list;
}
const nodes = [trie];
const pool = [0];
for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    node.index = i;
    node.first = nodes.length;
    nodes.push(...[...node.children.values()].sort((a, b) => a.cp - b.cp));
    node.at = 0;
    if (node.reading) {
        node.at = pool.length;
        pool.push(...node.reading.map((s) => idOf.get(s)));
    }
}
if (trie.children.size > 0xffff) fail("too many characters begin phrases");

// ---- homophones: GB/T 2312 level 1, level 2, others -------------------------------------
const rank = new Map();
const gb = new TextDecoder("gb18030");
for (let row = 0xb0; row <= 0xf7; row++)
    for (let cell = 0xa1; cell <= 0xfe; cell++) {
        const cp = gb.decode(Uint8Array.of(row, cell)).codePointAt(0);
        if (isHan(cp)) rank.set(cp, row <= 0xd7 ? 0 : 1);
    }
const rankOf = (cp) => rank.get(cp) ?? 2;
const homophones = syllables.map(() => []);
for (const [cp, list] of readings) for (const s of list) homophones[idOf.get(s)].push(cp);
for (const list of homophones) list.sort((a, b) => rankOf(a) - rankOf(b) || a - b);

// ---- output ----------------------------------------------------------------------------
const out = [];
function array(type, name, values, perLine = 24) {
    out.push(`static const ${type} ${name}[${values.length}] = {`);
    for (let i = 0; i < values.length; i += perLine)
        out.push(values.slice(i, i + perLine).join(",") + ",");
    out.push("};");
}
array("char", "syllable_name", syllables.map((s) => `"${s}"`), 12);
out[out.findIndex((l) => l.includes("syllable_name"))] =
    `static const char syllable_name[${syllables.length}][PINYIN_SYLLABLE_MAX + 1] = {`;

const blocks = new Map();
const pages = [];
for (let p = 0; p < CODE_POINTS >> BLOCK_BITS; p++) {
    const cells = [];
    for (let k = 0; k < 1 << BLOCK_BITS; k++) {
        const cp = (p << BLOCK_BITS) | k;
        const usual = idOf.get((readings.get(cp) ?? [""])[0]);
        cells.push(`{${usual},${trie.children.get(cp)?.index ?? 0}}`);
    }
    const key = cells.join(",");
    if (!blocks.has(key)) blocks.set(key, blocks.size);
    pages.push(blocks.get(key));
}
array("uint16_t", "char_page", pages);
array("struct han", "char_block[][1 << BLOCK_BITS]", [...blocks.keys()].map((b) => `{${b}}`), 1);
out[out.findIndex((l) => l.includes("char_block"))] =
    `static const struct han char_block[${blocks.size}][1 << BLOCK_BITS] = {`;
array("struct node", "phrase_node",
    nodes.map((n) => `{${n.cp ?? 0},${n.children.size},${n.first},${n.at}}`), 6);
array("uint16_t", "phrase_reading", pool);

const several = [...readings].filter(([, list]) => list.length > 1).sort((a, b) => a[0] - b[0]);
const morePool = [];
const more = several.map(([cp, list]) => {
    const at = morePool.length;
    morePool.push(...list.map((s) => idOf.get(s)));
    return `{${cp},${at},${list.length}}`;
});
array("struct more", "more_char", more, 8);
array("uint16_t", "more_reading", morePool);

const at = [0];
for (const list of homophones) at.push(at[at.length - 1] + list.length);
array("uint32_t", "homophone_at", at);
array("uint32_t", "homophone", homophones.flat());

const names = [...surnames]
    .filter(([text, list]) => codes(text).length <= 2 && list.every((s) => idOf.has(s)))
    .map(([text, list]) => [...codes(text), 0].slice(0, 2).concat([...list.map((s) => idOf.get(s)), 0].slice(0, 2)))
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
array("struct surname", "surname", names.map((n) => `{{${n[0]},${n[1]}},{${n[2]},${n[3]}}}`), 6);

const text = out.join("\n");
const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
process.stdout.write(`/* Made by core/gen/pinyin.mjs from npm pinyin-pro and data/pinyin.tsv:
 * ${readings.size} characters, ${kept.size} phrases, ${names.length} surnames. */
${text}
#define PINYIN_TABLE_HASH UINT64_C(0x${hash})
`);
