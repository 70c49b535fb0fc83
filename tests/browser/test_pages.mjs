// test_pages.mjs - the pages in a real browser, over the sample: at 360 and 1280 px,
// without scripts, by keyboard, and every link that stands on them. Prints TAP.
//
// CHENGGUO is the program (run.sh sets it), CHROMIUM the browser. Without a browser the
// whole file is one skip that says so.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const PROGRAM = process.env.CHENGGUO ?? join(ROOT, "build/asan/chengguo");
const BROWSER = process.env.CHROMIUM ?? "/usr/bin/chromium";
const QUERY = "煤矿瓦斯";
const WIDTHS = [360, 1280];
const MAX_LINKS = 300; // of the crawl
const STEP_MS = 30000; // no step takes longer, even under sanitizers

if (!existsSync(BROWSER)) {
    console.log("1..1\nok 1 pages # SKIP no browser at " + BROWSER);
    process.exit(0);
}
const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// ---- TAP -----------------------------------------------------------------------------

let count = 0, failures = 0;
async function test(name, body) {
    count++;
    try {
        const note = await body();
        console.log(`ok ${count} ${name}${note ? ` (${note})` : ""}`);
    } catch (error) {
        failures++;
        console.log(`not ok ${count} ${name}`);
        console.log(String(error.stack ?? error).replace(/^/gm, "# "));
    }
}
function check(truth, ...what) {
    if (!truth) throw new Error(what.join(" "));
}

// ---- store and daemon ----------------------------------------------------------------

const dir = mkdtempSync(join(tmpdir(), "chengguo-pages-"));
const store = join(dir, "store"), ready = join(dir, "ready");
const ingested = spawnSync(PROGRAM, ["--store", store, "ingest", join(ROOT, "data/sample/registrations.jsonl")]);
check(ingested.status === 0, "ingest of the sample:", ingested.status, ingested.stderr, ingested.error);
const daemon = spawn(PROGRAM, ["--store", store, "serve", "--quiet", "--listen", "127.0.0.1:0", "--ready-file", ready],
    { stdio: ["ignore", "ignore", "pipe"] });
let daemonTalk = "";
daemon.stderr.on("data", (d) => (daemonTalk += d));
const daemonEnd = new Promise((done) => daemon.on("exit", (code, signal) => done(code ?? signal)));

async function waitForFile(path) {
    const end = Date.now() + STEP_MS;
    while (!existsSync(path)) {
        check(Date.now() < end && daemon.exitCode === null, "the daemon is not ready:", daemonTalk);
        await new Promise((done) => setTimeout(done, 20));
    }
    return readFileSync(path, "utf8").trim();
}

const BASE = await waitForFile(ready);
const json = async (path) => (await fetch(BASE + path)).json();
const found = await json("/search.json?q=" + encodeURIComponent(QUERY));
const record = found.hits[0].url;

const PAGES = [
    ["/", 200], ["/search?q=" + encodeURIComponent(QUERY), 200], ["/search?q=" + encodeURIComponent("技术"), 200],
    ["/search?q=zzzznothing", 200], [record, 200], ["/stats", 200], ["/stats/T01", 200], ["/stats/T02", 200],
    ["/charts", 200], ["/charts/C01", 200], ["/help", 200], ["/search?q=9142016Y0001", 200], ["/achievement/0000000Z0000", 404], ["/nowhere", 404],
    ["/search?year=abc", 400],
];

// ---- browser -------------------------------------------------------------------------

const browser = await chromium.launch({
    executablePath: BROWSER,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});

// A page of its own context, with a list of everything it complained of.
async function open(width, options = {}) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, ...options });
    context.setDefaultTimeout(STEP_MS);
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (m) => {
        // the browser itself reports the status of a page that is meant to be an error
        if (["error", "warning"].includes(m.type()) && !/status of (400|404)/.test(m.text())) complaints.push(m.text());
    });
    page.on("pageerror", (e) => complaints.push(String(e)));
    // the next page may come before the icon of this one
    page.on("requestfailed", (r) => {
        if (r.failure()?.errorText !== "net::ERR_ABORTED") complaints.push("failed: " + r.url());
    });
    page.on("request", (r) => {
        if (!r.url().startsWith(BASE) && !r.url().startsWith("data:")) complaints.push("elsewhere: " + r.url());
    });
    return { page, complaints, close: () => context.close() };
}

const overflow = () => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide <= 0) return null;
    const guilty = [...document.querySelectorAll("body *")].find(
        (e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
    return `${wide} px too wide at ${guilty?.tagName}.${guilty?.className}`;
};

for (const width of WIDTHS) {
    for (const scripts of [true, false]) {
        await test(`${width} px, scripts ${scripts ? "on" : "off"}: no complaint, no overflow, one heading`, async () => {
            const { page, complaints, close } = await open(width, { javaScriptEnabled: scripts });
            for (const [path, status] of PAGES) {
                const answer = await page.goto(BASE + path);
                check(answer.status() === status, path, "answered", answer.status());
                check((await page.locator("h1").count()) === 1, path, "has not one h1");
                check((await page.title()).length > 3, path, "has no title");
                const csp = answer.headers()["content-security-policy"] ?? "";
                check(csp.includes("default-src") && !csp.includes("unsafe"), path, "CSP:", csp);
                const wide = await page.evaluate(overflow);
                check(!wide, path, wide);
                check(complaints.length === 0, path, complaints.join("; "));
            }
            await close();
            return `${PAGES.length} pages`;
        });
    }
    await test(`${width} px: axe finds nothing`, async () => {
        const { page, close } = await open(width);
        const wrong = [];
        for (const scheme of ["light", "dark"]) {
            await page.emulateMedia({ colorScheme: scheme });
            for (const [path] of PAGES) {
                await page.goto(BASE + path);
                // what is folded away is judged too
                await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
                await page.evaluate(AXE);
                const { violations } = await page.evaluate(() => globalThis.axe.run(document));
                for (const v of violations)
                    wrong.push(`${scheme} ${path}: ${v.id} ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`);
            }
        }
        await close();
        check(wrong.length === 0, wrong.join("\n"));
        return `${2 * PAGES.length} pages`;
    });
}

await test("every link of the pages, and of the pages behind them, resolves", async () => {
    const { page, close } = await open(1280, { javaScriptEnabled: false });
    const seen = new Map(), todo = PAGES.filter(([, s]) => s === 200).map(([p]) => BASE + p);
    const broken = [];
    for (const url of todo) seen.set(url, "start");
    while (todo.length && seen.size - todo.length < MAX_LINKS) {
        const url = todo.shift();
        const answer = await fetch(url, { redirect: "follow" });
        if (!answer.ok) broken.push(`${answer.status} ${url} on ${seen.get(url)}`);
        const text = await answer.text();
        if (!answer.headers.get("content-type")?.startsWith("text/html")) continue;
        // the parser of the browser, not a pattern
        await page.setContent(text);
        const hrefs = await page.evaluate(() =>
            [...document.querySelectorAll("a[href], link[href], img[src], form[action]")].map(
                (e) => e.getAttribute("href") ?? e.getAttribute("src") ?? e.getAttribute("action")));
        for (const href of hrefs) {
            const to = new URL(href, url);
            if (to.origin !== new URL(BASE).origin) continue;
            to.hash = "";
            if (!seen.has(to.href)) {
                seen.set(to.href, url);
                todo.push(to.href);
            }
        }
    }
    await close();
    check(broken.length === 0, broken.join("\n"));
    check(seen.size > 100, "only", seen.size, "links seen");
    return `${seen.size - todo.length} of ${seen.size} links followed`;
});

await test("fragments lead to something on the page", async () => {
    const { page, close } = await open(1280, { javaScriptEnabled: false });
    const lost = [];
    for (const [path] of PAGES) {
        await page.goto(BASE + path);
        lost.push(...(await page.evaluate(() =>
            [...document.querySelectorAll('a[href^="#"], [aria-labelledby], [aria-describedby], label[for]')].flatMap((e) =>
                (e.getAttribute("href")?.slice(1) ?? e.getAttribute("aria-labelledby") ??
                    e.getAttribute("aria-describedby") ?? e.getAttribute("for"))
                    .split(" ").filter((id) => !document.getElementById(id)).map((id) => location.pathname + "#" + id)))));
    }
    await close();
    check(lost.length === 0, lost.join(", "));
});

await test("a search by keyboard only, from the first page to a record", async () => {
    const { page, complaints, close } = await open(1280, { javaScriptEnabled: false });
    await page.goto(BASE + "/");
    const focused = () => page.evaluate(() => {
        const e = document.activeElement, box = e.getBoundingClientRect();
        return { tag: e.tagName, name: e.getAttribute("name"), text: e.textContent.trim(), href: e.getAttribute("href"),
            inHit: !!e.closest(".hit h3"), outline: getComputedStyle(e).outlineStyle, visible: box.width > 0 && box.height > 0 };
    });
    const tabTo = async (what, wanted) => {
        for (let i = 0; i < 200; i++) {
            await page.keyboard.press("Tab");
            const f = await focused();
            check(f.tag === "BODY" || f.visible, "focus on something invisible:", JSON.stringify(f));
            if (wanted(f)) return f;
        }
        throw new Error("no way by keyboard to " + what);
    };
    const first = await tabTo("the first element", () => true);
    check(first.href === "#main", "the first stop is not the way to the content:", JSON.stringify(first));
    await tabTo("the search box", (f) => f.name === "q");
    await page.keyboard.type(QUERY);
    await Promise.all([page.waitForURL(/\/search\?/), page.keyboard.press("Enter")]);
    const total = Number((await page.locator(".total strong").innerText()).replace(/[^0-9]/g, ""));
    check(total === found.total, "the page says", total, "the interface", found.total);
    check((await page.locator("mark").count()) > 0, "nothing is marked");
    const hit = await tabTo("a hit", (f) => f.inHit);
    check(hit.outline !== "none", "the focus is not shown");
    await Promise.all([page.waitForURL(/\/achievement\//), page.keyboard.press("Enter")]);
    check((await page.locator("h1").innerText()).length > 3, "no title on the record");
    check(complaints.length === 0, complaints.join("; "));
    await close();
    return `${total} hits`;
});

await test("a facet narrows to the count that stood beside it, and can be taken off", async () => {
    let clicked = 0;
    for (const width of WIDTHS) {
        const { page, close } = await open(width, { javaScriptEnabled: false });
        const start = BASE + "/search?q=" + encodeURIComponent("技术");
        await page.goto(start);
        const groups = await page.locator("details.facet").count();
        check(groups >= 4, "only", groups, "facets");
        for (let g = 0; g < groups; g++) {
            await page.goto(start);
            const filters = page.locator("details.filters");
            if (!(await filters.getAttribute("open"))) {
                const summary = filters.locator(":scope > summary");
                if (await summary.isVisible()) await summary.click();
            }
            const group = page.locator("details.facet").nth(g);
            if ((await group.getAttribute("open")) === null) await group.locator("summary").click();
            const items = group.locator("ul.counts li");
            const item = items.nth(Math.min(1, (await items.count()) - 1));
            const shown = Number((await item.locator(".n").innerText()).replace(/[^0-9]/g, ""));
            await item.locator("a").click();
            await page.waitForURL((u) => u.href !== start);
            const total = Number((await page.locator(".total strong").innerText()).replace(/[^0-9]/g, ""));
            check(total === shown, page.url(), "facet said", shown, "the page", total);
            check((await page.locator(".chips .chip").count()) === 1, page.url(), "no chip");
            clicked++;
        }
        const narrowed = page.url();
        await page.locator(".chips .chip").click();
        await page.waitForURL((u) => u.href !== narrowed);
        check((await page.locator(".chips .chip").count()) === 0, "the chip stayed");
        await close();
    }
    return `${clicked} facets`;
});

await test("paging goes through all hits once, forward and back", async () => {
    const { page, close } = await open(360, { javaScriptEnabled: false });
    await page.goto(BASE + "/search?year=2020&sort=title");
    const total = Number((await page.locator(".total strong").innerText()).replace(/[^0-9]/g, ""));
    const urls = [];
    let pages = 0;
    for (;;) {
        urls.push(...(await page.locator(".hit h3 a").evaluateAll((a) => a.map((e) => e.getAttribute("href")))));
        pages++;
        const next = page.locator('.paging a[rel="next"]');
        if ((await next.count()) === 0 || pages > 50) break;
        const here = page.url();
        await next.click();
        await page.waitForURL((u) => u.href !== here);
    }
    check(urls.length === total && new Set(urls).size === total, urls.length, "hits of", total, "on", pages, "pages");
    check(pages > 2, "only", pages, "pages");
    const last = page.url();
    await page.locator('.paging a[rel="prev"]').click();
    await page.waitForURL((u) => u.href !== last);
    check((await page.locator(".hit").count()) === 20, "the page before the last is not full");
    await close();
    return `${total} hits on ${pages} pages`;
});

await test("a cell of a table leads to exactly its achievements", async () => {
    const { page, close } = await open(1280, { javaScriptEnabled: false });
    let cells = 0;
    for (const table of ["T01", "T02"]) {
        await page.goto(`${BASE}/stats/${table}`);
        const links = await page.locator("table.data tbody td a").evaluateAll((a) =>
            a.map((e) => ({ href: e.getAttribute("href"), cell: e.closest("td").textContent })));
        check(links.length > 5, table, "has only", links.length, "links");
        for (const { href, cell } of links.slice(0, 12)) {
            const visible = /可查\s*([\d,]+)/.exec(cell)?.[1];
            if (!visible) continue;
            const { total } = await json(href.replace("/search?", "/search.json?"));
            check(total === Number(visible.replaceAll(",", "")), table, href, cell.trim(), total);
            cells++;
        }
    }
    await close();
    check(cells > 5, "only", cells, "cells compared");
    return `${cells} cells`;
});

await test("a chart is a picture with words: text, title, and links that lead to searches", async () => {
    const { page, close } = await open(1280, { javaScriptEnabled: false });
    await page.goto(BASE + "/charts/C01.svg");
    const seen = await page.evaluate(() => ({
        texts: document.querySelectorAll("text").length,
        title: document.querySelector("title")?.textContent,
        links: [...document.querySelectorAll("a")].map((a) => a.getAttribute("href") ?? a.getAttribute("xlink:href")),
    }));
    await close();
    check(seen.texts > 10 && seen.title?.length > 3, JSON.stringify(seen));
    check(seen.links.length > 10 && seen.links.every((l) => l.startsWith("/search?")), seen.links.slice(0, 3).join(" "));
    return `${seen.links.length} links`;
});

await browser.close();
await test("the daemon ends well", async () => {
    daemon.kill("SIGTERM");
    const code = await daemonEnd;
    check(code === 0, "it ended with", code, daemonTalk);
});
rmSync(dir, { recursive: true, force: true });
console.log(`1..${count}`);
process.exit(failures ? 1 : 0);
