// pinyin.mjs T2S_INC PINYIN_TSV DIVISIONS_TSV ESSAY - build-time tool: prints the tables
// behind core/pinyin.c.
//
// Readings come from the npm package pinyin-pro (its data modules, not its algorithm), from
// ICU for rare characters, and from data/pinyin.tsv, which wins. How often words are used
// comes from Debian's rime-essay. Everything is folded to matching text with the table that
// core/gen/t2s.c made, and tones are taken off.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import chars from "pinyin-pro/dist/esm/data/dict1.mjs";
import words2 from "pinyin-pro/dist/esm/data/dict2.mjs";
import words3 from "pinyin-pro/dist/esm/data/dict3.mjs";
import words4 from "pinyin-pro/dist/esm/data/dict4.mjs";
import words5 from "pinyin-pro/dist/esm/data/dict5.mjs";
import { PatternNumberDict as numbered } from "pinyin-pro/dist/esm/data/special.mjs";
import surnameReadings from "pinyin-pro/dist/esm/data/surname.mjs";

const [t2sPath, tsvPath, divisionsPath, essayPath] = process.argv.slice(2);
const CODE_POINTS = 0x110000;
const BLOCK_BITS = 7;
const PHRASE_MAX = 8; // characters of a word
const SURNAME_MAX = 2; // characters, as in core/pinyin.c
const READINGS_MAX = 8; // PINYIN_READINGS_MAX
// Words of rime-essay that are taken: up to this long, used at least so often. In 52,000
// titles and names, words of four characters changed nothing; words used 300 times mended
// some readings, spoilt as many others, and made the table 2.3 MB.
const WORD_MAX = 3;
const COUNT_MIN = 1000;
// How often words count as used, at least: those of data/pinyin.tsv, places, phrases of
// the package.
const OUR_COUNT = 6000;
const PLACE_COUNT = 5000;
const PHRASE_COUNT = 100;
const COST_UNIT = 12; // of a natural logarithm
const COST_MAX = 255;
const OTHER_READING = 16; // how much rarer a character is in another than its usual reading
const HAN = 1; // TEXT_HAN
const FLAG_BITS = 6; // TEXT_FLAG_BITS

function fail(message) {
    process.stderr.write(`pinyin.mjs: ${message}\n`);
    process.exit(1);
}
function read(path) {
    try {
        return readFileSync(path, "utf8");
    } catch (e) {
        return fail(`${e.message}; core/deps.sh run installs what the build needs`);
    }
}

// ---- matching text -------------------------------------------------------------------
const [pagePart, blockPart] = read(t2sPath).split("text_block[");
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
const ours = new Set();

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

// Rare characters that the package lacks: ICU has one reading for each, if any.
const rare = [];
for (let cp = 0; cp < CODE_POINTS; cp++)
    if (isHan(cp) && becomes(cp) === cp && !readings.has(cp)) rare.push(cp);
const latin = execFileSync("uconv", ["-f", "utf-8", "-t", "utf-8", "-x", "Han-Latin"], {
    input: rare.map((cp) => String.fromCodePoint(cp)).join("\n"),
    encoding: "utf8",
    maxBuffer: 1 << 26,
}).split("\n");
if (latin.length !== rare.length) fail(`uconv gave ${latin.length} lines for ${rare.length}`);
rare.forEach((cp, i) => {
    if (legal.has(plain(latin[i]))) readings.set(cp, [plain(latin[i])]);
});

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

read(tsvPath).split("\n").forEach((line, i) => {
    if (line === "" || line.startsWith("#")) return;
    const [kind, text, reading, why] = line.split("\t");
    if (!why) fail(`${tsvPath}:${i + 1}: wants kind, text, reading, reason`);
    if (!reading.split(" ").every((s) => legal.has(s))) fail(`${tsvPath}:${i + 1}: ${reading}`);
    if (kind === "name") addPhrase(surnames, text, reading);
    else if (kind !== "word") fail(`${tsvPath}:${i + 1}: unknown kind ${kind}`);
    else if (codes(text).length > 1) addPhrase(phrases, text, reading), ours.add(fold(text));
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

// ---- words: how frequent, how read ------------------------------------------------------
// A word costs the logarithm of how rare it is; a text is read by its cheapest split.
const counts = new Map(); // folded text -> how often it is used
for (const line of read(essayPath).split("\n")) {
    const [text, count] = line.split("\t");
    const n = Number(count);
    if (!n || !codes(text).every(isHan)) continue;
    const key = fold(text);
    counts.set(key, Math.max(counts.get(key) ?? 0, n));
}
const total = [...counts.values()].reduce((a, b) => a + b, 0);
const costOf = (count) =>
    Math.min(COST_MAX, Math.round(COST_UNIT * Math.log(total / Math.max(count, 1))));
const charCost = (cp) => costOf(counts.get(String.fromCodePoint(cp)) ?? 1);

const words = new Map(); // text -> {list, cost}
function readByWords(text) {
    const cps = codes(text);
    const best = [{ cost: 0 }];
    for (let i = cps.length - 1; i >= 0; i--) {
        const rest = best[0];
        let here = {
            cost: rest.cost + charCost(cps[i]),
            list: [(readings.get(cps[i]) ?? [""])[0]],
            rest,
        };
        for (let n = 2; n <= Math.min(PHRASE_MAX, cps.length - i); n++) {
            const w = words.get(String.fromCodePoint(...cps.slice(i, i + n)));
            const after = best[n - 1];
            if (w && w.cost + after.cost < here.cost)
                here = { cost: w.cost + after.cost, list: w.list, rest: after };
        }
        best.unshift(here);
    }
    const out = [];
    for (let at = best[0]; at.rest; at = at.rest) out.push(...at.list);
    return out;
}
const wanted = new Set(phrases.keys());
for (const [text, n] of counts) {
    const length = codes(text).length;
    if (length >= 2 && length <= WORD_MAX && n >= COUNT_MIN) wanted.add(text);
}
// Places, with and without 市, 县, 区: they must hold together behind 市长 or 都市.
const places = new Set();
for (const line of read(divisionsPath).split("\n")) {
    const label = line.startsWith("#") ? "" : (line.split("\t")[1] ?? "");
    for (const name of [label, label.replace(/(市|县|区)$/, "")]) {
        const text = fold(name);
        const mine = codes(text);
        if (mine.length >= 2 && mine.every(isHan) && mine.some((c) => readings.get(c)?.length > 1))
            places.add(text);
    }
}
for (const text of places) wanted.add(text);
// Shorter ones first: a word without a reading of its own is read by its parts.
for (const text of [...wanted].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))) {
    if (codes(text).length > PHRASE_MAX) continue;
    const list = phrases.get(text) ?? readByWords(text);
    const least = Math.max(
        ours.has(text) ? OUR_COUNT : 0,
        places.has(text) ? PLACE_COUNT : 0,
        phrases.has(text) ? PHRASE_COUNT : 0,
    );
    words.set(text, { list, cost: costOf(Math.max(counts.get(text) ?? 0, least)) });
}

// ---- a trie: the children of a node stand together, sorted ------------------------------
const usualOf = (text) => codes(text).map((cp) => (readings.get(cp) ?? [""])[0]);
const trie = { children: new Map() };
for (const [text, word] of words) {
    let node = trie;
    for (const cp of codes(text)) {
        if (cp > 0xffff) fail(`${text}: a word outside plane 0`);
        if (!node.children.has(cp)) node.children.set(cp, { cp, children: new Map() });
        node = node.children.get(cp);
    }
    node.word = word;
    node.special = word.list.join(" ") !== usualOf(text).join(" ");
}
const nodes = [trie];
const pool = [0, 0]; // 0: no word ends here, 1: read by the usual readings
for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    node.index = i;
    node.first = nodes.length;
    nodes.push(...[...node.children.values()].sort((a, b) => a.cp - b.cp));
    node.at = node.word ? 1 : 0;
    if (node.special) {
        node.at = pool.length;
        pool.push(...node.word.list.map((s) => idOf.get(s)));
    }
}
if (trie.children.size > 0xffff || pool.length > 0xffff) fail("a number outgrows 16 bits");

// ---- homophones: by how often the character is used, a sixteenth of it where this is
// not its usual reading
const useOf = (cp, usual) =>
    (counts.get(String.fromCodePoint(cp)) ?? 0) / (usual ? 1 : OTHER_READING);
const homophones = syllables.map(() => []);
for (const [cp, list] of readings)
    list.forEach((s, i) => homophones[idOf.get(s)].push({ cp, use: useOf(cp, i === 0) }));
for (const list of homophones) list.sort((a, b) => b.use - a.use || a.cp - b.cp);

// ---- output ----------------------------------------------------------------------------
const out = [];
function array(declaration, values, perLine = 24) {
    out.push(`static const ${declaration} = {`);
    for (let i = 0; i < values.length; i += perLine)
        out.push(values.slice(i, i + perLine).join(",") + ",");
    out.push("};");
}
array(
    `char syllable_name[${syllables.length}][PINYIN_SYLLABLE_MAX + 1]`,
    syllables.map((s) => `"${s}"`),
    12,
);

const blocks = new Map();
const pages = [];
for (let p = 0; p < CODE_POINTS >> BLOCK_BITS; p++) {
    const cells = [];
    for (let k = 0; k < 1 << BLOCK_BITS; k++) {
        const cp = (p << BLOCK_BITS) | k;
        const list = readings.get(cp);
        const node = trie.children.get(cp)?.index ?? 0;
        cells.push(list ? `{${idOf.get(list[0])},${node},${charCost(cp)}}` : "{0,0,0}");
    }
    const key = cells.join(",");
    if (!blocks.has(key)) blocks.set(key, blocks.size);
    pages.push(blocks.get(key));
}
array("uint16_t char_page[]", pages);
array("struct han char_block[][1 << BLOCK_BITS]", [...blocks.keys()].map((b) => `{${b}}`), 1);
array(
    "struct node word_node[]",
    nodes.map((n) => `{${n.cp ?? 0},${n.children.size},${n.first},${n.at},${n.word?.cost ?? 0}}`),
    6,
);
array("uint16_t word_reading[]", pool);

const several = [...readings].filter(([, list]) => list.length > 1).sort((a, b) => a[0] - b[0]);
const morePool = [];
const more = several.map(([cp, list]) => {
    const at = morePool.length;
    morePool.push(...list.map((s) => idOf.get(s)));
    return `{${cp},${at},${list.length}}`;
});
array("struct more more_char[]", more, 8);
array("uint16_t more_reading[]", morePool);

const at = [0];
for (const list of homophones) at.push(at[at.length - 1] + list.length);
array("uint32_t homophone_at[]", at);
array("uint32_t homophone[]", homophones.flat().map((h) => h.cp));

const pair = (list) => `{${list[0]},${list[1] ?? 0}}`;
const names = [...surnames]
    .map(([text, list]) => ({ cps: codes(text), ids: list.map((s) => idOf.get(s)) }))
    .filter((name) => name.cps.length <= SURNAME_MAX && name.ids.every(Boolean))
    .sort((a, b) => a.cps[0] - b.cps[0] || (a.cps[1] ?? 0) - (b.cps[1] ?? 0));
array("struct surname surname[]", names.map((n) => `{${pair(n.cps)},${pair(n.ids)}}`), 6);

const text = out.join("\n");
const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
process.stdout.write(`/* Made by core/gen/pinyin.mjs from npm pinyin-pro, ICU, rime-essay and data/pinyin.tsv:
 * ${readings.size} characters, ${words.size} words, ${names.length} surnames. */
${text}
#define PINYIN_TABLE_HASH UINT64_C(0x${hash})
`);
