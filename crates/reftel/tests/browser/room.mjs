// Walks through the reading room as readers do: with a mouse, with a keyboard, without scripts, on a
// phone, on paper, in the dark. Usage: node room.mjs ROOM EMPTY-ROOM
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [room, empty] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});

const only = process.env.ONLY;
let failed = 0;

const walks = [];

/// Notes a walk, to be run with the others at the end.
function walk(name, options, steps) {
  if (!only || name.includes(only)) walks.push(() => run(name, options, steps));
}

/// Runs one walk in a browser of its own, and fails it for whatever a page must never do.
async function run(name, options, steps) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const trouble = [];
  await context.route("**/*", (route) => {
    const url = route.request().url();
    if (url.startsWith(room + "/") || url.startsWith(empty + "/")) return route.continue();
    trouble.push(`asked for ${url}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("dialog", (dialog) => { trouble.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("pageerror", (error) => trouble.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // A page that is missing on purpose is logged too.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) trouble.push(`console: ${message.text()}`);
  });
  try {
    await steps(page, context);
    assert.deepEqual(trouble, []);
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name} at ${page.url()}\n${error.stack}\n${trouble.join("\n")}`);
  }
  await context.close();
}

/// The rules of accessibility that a page breaks, each with the places.
async function violations(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => axe.run());
  return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 4).join("; ")}`);
}

/// An answer, with a Host and a method of our choice.
function answer(path, { method = "GET", host } = {}) {
  const url = new URL(path, room);
  return new Promise((resolve, reject) => {
    const headers = { Host: host ?? url.host, Connection: "close" };
    const asked = request({ hostname: url.hostname, port: url.port, path, method, headers }, (got) => {
      const chunks = [];
      got.on("data", (chunk) => chunks.push(chunk));
      got.on("end", () => resolve({ status: got.statusCode, headers: got.headers, body: Buffer.concat(chunks) }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

const hostile = "/t/09VALDORIA9001";
const unseen = "/t/09VALDORIA9002";
const plain = "/t/08SALTHOLM233";
const pages = [
  "/", "/search?q=ferry", "/search?q=ferry+date:2008&sort=oldest&page=1", "/search?q=*&page=2", "/search?q=zzzz+date:1801",
  "/search?q=dtae:1975", plain, "/t/09VALDORIA1000", "/t/08STATE110034", "/t/99NOSUCH1", hostile, unseen, "/t/09NORTHMARK7002",
  "/saved", "/saved/ferries", "/watch/ministers", "/watch/ministers?new=1", "/posts", "/tags", "/gaps", "/gaps?post=VALDORIA", "/books", "/about", "/nowhere",
  "/search?q=ferr*%20NEAR/5%20tariff&why=1", "/search?q=lighthuose%20nothing", "/search?q=expand:FONMIN",
  "/t/75VALDORIA212/thread", "/t/75VALDORIA212/around", "/id/2/around", "/t/09VALDORIA1000/copies", "/id/1/copies", "/search?q=mrn:08STATE118204",
  "/t/09NORTHMARK7002/copies", "/search?q=mrn:09NORTHMARK7002",
  "/search?q=is:phantom", "/search?q=is:phantom+serial:9999",
];

for (const colorScheme of ["light", "dark"]) {
  walk(`every page is accessible, ${colorScheme}`, { colorScheme }, async (page) => {
    for (const path of pages) {
      await page.goto(room + path);
      assert.deepEqual(await violations(page), [], path);
    }
    await page.goto(empty + "/");
    assert.deepEqual(await violations(page), [], "empty archive");
  });
}

for (const width of [320, 390, 1024, 2200]) {
  walk(`no page is wider than a window of ${width}`, { viewport: { width, height: 800 } }, async (page) => {
    for (const path of pages) {
      await page.goto(room + path);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${path}: ${over} too wide`);
    }
  });
}

walk("a bar of the chart narrows, to its count", {}, async (page) => {
  await page.goto(room + "/search?q=*");
  for (const pattern of [/date:\d{4}$/, /date:\d{4}-\d\d$/]) {
    const bar = page.locator(".dates svg a").last();
    const wanted = (await bar.getAttribute("aria-label")).split(": ")[1];
    await bar.click();
    assert.match(new URL(page.url()).searchParams.get("q"), pattern);
    assert.equal(await page.locator(".summary h1").innerText(), wanted);
    if (await page.locator(".dates").count() === 0) break;
    assert.deepEqual(await violations(page), []);
  }
});

walk("a piece of text leads to its paragraph", {}, async (page) => {
  await page.goto(room + "/search?q=ferry+tariff");
  const link = page.locator(".para-link").first();
  const number = (await link.innerText()).match(/\d+/)[0];
  await link.click();
  const target = page.locator(".para:target");
  await target.waitFor();
  assert.equal(await target.getAttribute("id"), `p${number}`);
  assert.ok(await target.evaluate((e) => { const box = e.getBoundingClientRect(); return box.top >= 0 && box.top < innerHeight; }));
  assert.notEqual(await target.evaluate((e) => getComputedStyle(e).backgroundColor), "rgba(0, 0, 0, 0)");
});

walk("the next page goes on where this one ends", {}, async (page) => {
  const hits = () => page.locator(".hit h2 a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  await page.goto(room + "/search?q=*");
  for (let at = 2; await page.locator("a[rel=next]").count() > 0; at += 1) {
    await page.locator("a[rel=next]").click();
    assert.match(page.url(), /after=\d+/);
    const behind = await hits();
    await page.goto(room + `/search?q=*&page=${at}`);
    assert.deepEqual(await hits(), behind);
  }
});

walk("the query box offers how to go on", {}, async (page) => {
  await page.goto(room + "/search?q=ferry");
  const box = page.getByRole("combobox");
  const offers = () => box.evaluate((e) => [...e.list.options].map((option) => option.value));
  assert.ok((await offers()).includes("is:phantom"));
  for (const [typed, offered] of [
    ["ferry from:VALD", "ferry from:VALDORIA"], ["ferry -is:ph", "ferry -is:phantom"],
    ["ferry class:S", "ferry class:SECRET"], ["cited", "citedby:"],
  ]) {
    await box.fill(typed);
    await page.waitForFunction((want) => [...document.querySelector("input[name=q]").list.options].some((o) => o.value === want), offered);
  }
});

async function readsTheStory(page) {
  await page.goto(room + "/");
  await page.getByRole("combobox").fill("signal light reftel");
  await page.getByRole("combobox").fill("demarche from:SALTHOLM");
  await page.getByRole("button", { name: "Search" }).click();
  assert.match(await page.getByRole("heading", { level: 1 }).innerText(), /^\d+ telegrams?$/);
  await page.locator(".hit a", { hasText: "SALTHOLM: DEMARCHE REQUEST" }).click();
  assert.match(await page.locator("h1").innerText(), /DEMARCHE REQUEST/);
  await page.locator(".prose a.reftel", { hasText: "reftel" }).first().click();
  assert.match(page.url(), /\/t\/08STATE118204$/);
  assert.match(await page.locator("main").innerText(), /2 telegrams with one number/);
  await page.goBack();
  assert.match(await page.locator("h1").innerText(), /DEMARCHE REQUEST/);
  await page.getByRole("link", { name: /After →/ }).click();
  assert.match(await page.locator(".kicker .mrn").innerText(), /08SALTHOLM251/);
}

walk("search, result, telegram, reftel, back, next", {}, readsTheStory);

walk("what was corrected is marked, and copies are one result with the reason", {}, async (page) => {
  await page.goto(room + "/t/09NORTHMARK7002");
  const corrected = await page.locator("section.corrections").innerText();
  assert.match(corrected, /captions\s+NODIS; LIMDIS, read as nothing\s+Roe <b>, 1 January 1970: <script>/);
  assert.match(await page.locator(".captions").innerText(), /NODIS/);
  await page.getByRole("link", { name: /Other copies 1/ }).click();
  await page.getByRole("link", { name: "Set against one another" }).click();
  assert.match(await page.locator("ul.why").innerText(), /1 and 2: joined by hand.*Roe <b>, 1970-01-01/);
  await page.goto(room + "/search?q=mrn:08SALTHOLM233+OR+mrn:09NORTHMARK7002");
  assert.equal(await page.locator("ol.hits > li").count(), 1);
  await page.getByText("and a copy").click();
  await page.locator(".others").getByRole("link").first().click();
  assert.match(page.url(), /\/id\/\d+$/);
});
walk("the same without scripts", { javaScriptEnabled: false }, readsTheStory);

walk("a missing reference leads to who cites it", {}, async (page) => {
  await page.goto(room + "/");
  await page.locator(".missing a").first().click();
  assert.match(await page.locator("main").innerText(), /Not in this archive/);
  await page.locator(".entries a").first().click();
  assert.ok(await page.locator(".telegram a.absent").count() > 0);
});

walk("facets narrow, chips widen", { javaScriptEnabled: false }, async (page) => {
  await page.goto(room + "/search?q=ferry");
  const total = async () => Number.parseInt((await page.locator("h1").innerText()).replace(",", ""), 10);
  const all = await total();
  const facet = (name, value) =>
    page.locator(".facets section", { has: page.getByRole("heading", { name }) }).getByRole("link", { name: value, exact: true });
  const promised = await page.locator(".facets section").nth(0).locator("li", { hasText: "2008" }).locator(".n").innerText();
  await facet("Year", "2008").click();
  assert.equal(new URL(page.url()).searchParams.get("q"), "ferry date:2008");
  assert.equal(await total(), Number(promised));
  assert.ok((await total()) < all);
  await facet("Post", "VALDORIA").click();
  assert.equal(await page.getByRole("combobox").inputValue(), "ferry date:2008 from:VALDORIA");
  const both = await total();
  await page.getByRole("list", { name: "Narrowed by" }).getByRole("link", { name: /2008/ }).click();
  assert.equal(await page.getByRole("combobox").inputValue(), "ferry from:VALDORIA");
  assert.ok((await total()) >= both);
  await page.getByRole("link", { name: "Oldest", exact: true }).click();
  const dates = await page.locator(".hit time").evaluateAll((times) => times.map((time) => time.dateTime));
  assert.deepEqual(dates, [...dates].sort());
});

walk("pages follow one another", { javaScriptEnabled: false }, async (page) => {
  await page.goto(room + "/search?q=*");
  const first = await page.locator(".hit h2 a").evaluateAll((links) => links.map((link) => link.href));
  await page.getByRole("link", { name: "Next →" }).click();
  const second = await page.locator(".hit h2 a").evaluateAll((links) => links.map((link) => link.href));
  assert.equal(first.filter((href) => second.includes(href)).length, 0);
  assert.match(page.url(), /page=2/);
});

walk("an illegal query shows its place", {}, async (page) => {
  const got = await page.goto(room + "/search?q=" + encodeURIComponent("ferry dtae:1975"));
  assert.equal(got.status(), 400);
  assert.match(await page.locator(".wrong").innerText(), /dtae/);
  assert.equal(await page.getByRole("combobox").inputValue(), "ferry dtae:1975");
});

walk("the keyboard reaches everything", {}, async (page) => {
  const focused = () => page.evaluate(() => document.activeElement.outerHTML.slice(0, 200));
  const tabTo = async (pattern, most) => {
    for (let i = 0; i < most; i += 1) {
      await page.keyboard.press("Tab");
      if (pattern.test(await focused())) return;
    }
    assert.fail(`no ${pattern} within ${most} tabs; at ${await focused()}`);
  };
  await page.goto(room + "/");
  await tabTo(/class="skip"/, 1);
  assert.ok(await page.locator(".skip").isVisible());
  await page.keyboard.press("Enter");
  await tabTo(/<input[^>]*name="q"/, 1);
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(ring, "solid");
  await page.keyboard.type("demarche from:SALTHOLM");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/search/);
  await page.locator(".skip").focus();
  await page.keyboard.press("Enter");
  await tabTo(/href="\/id\/\d+"/, 12);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/id\//);
  await page.keyboard.press("/");
  assert.match(await focused(), /name="q"/);
  // From a field to its place in the original.
  await page.locator(".pin[aria-label^='Subject']").focus();
  await page.keyboard.press("Enter");
  assert.match(page.url(), /#o-\d+$/);
});

const lights = async (page, place) => page.locator(place).first().evaluate((e) => getComputedStyle(e).backgroundColor);
const dark = "rgba(0, 0, 0, 0)";

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with scripts" : "without scripts";
  walk(`a field and its place in the original light up, ${how}`, { javaScriptEnabled, reducedMotion: "reduce" }, async (page) => {
    await page.goto(room + plain);
    const field = page.locator("h1 .f");
    const n = (await field.getAttribute("class")).match(/f(\d+)/)[1];
    const lit = () => page.waitForTimeout(250).then(() => lights(page, `.sheet .o${n}`));
    assert.equal(await lit(), dark);
    await field.hover();
    assert.notEqual(await lit(), dark);
    assert.match(await page.locator(`.sheet .o${n}`).first().innerText(), /SALTHOLM: DEMARCHE REQUEST/);
    await page.mouse.move(2, 2);
    assert.equal(await lit(), dark);
    // The other way round, and by a link alone.
    await page.locator(`.sheet .o${n}`).first().hover();
    await page.waitForTimeout(250);
    assert.notEqual(await lights(page, `.f${n}`), dark);
    await page.mouse.move(2, 2);
    await page.goto(`${room}${plain}#o-${n}`);
    assert.notEqual(await lit(), dark);
  });
}

walk("the original scrolls to the field", { reducedMotion: "reduce" }, async (page) => {
  await page.goto(room + plain);
  await page.locator(".signature .f").hover();
  await page.waitForTimeout(600);
  assert.ok(await page.locator(".sheet").evaluate((sheet) => sheet.scrollTop > 0));
});

walk("a telegram can't break out of its page", {}, async (page) => {
  for (const path of [hostile, "/search?q=breakout", "/", "/posts", "/search?q=" + encodeURIComponent('<script>alert(1)</script> "')]) {
    await page.goto(room + path);
    const seen = await page.evaluate(() => ({
      images: document.images.length,
      frames: document.querySelectorAll("iframe, object, embed, style, base").length,
      scripts: [...document.scripts].map((script) => new URL(script.src).pathname),
      forms: [...document.forms].map((form) => form.getAttribute("action")),
      handlers: [...document.querySelectorAll("*")].flatMap((e) => [...e.attributes]).filter((a) => /^on|^style$/.test(a.name)).length,
      links: [...document.links].map((link) => link.protocol),
    }));
    assert.equal(seen.images + seen.frames + seen.handlers, 0, path);
    assert.deepEqual(seen.scripts, ["/assets/room.js"], path);
    assert.ok(seen.forms.every((action) => action === "/search"), path);
    assert.ok(seen.links.every((protocol) => protocol === "http:"), path);
  }
  await page.goto(room + hostile);
  assert.match(await page.locator("h1").innerText(), /<script>alert\("breakout"\)<\/script>/);
  await page.waitForTimeout(300);
});

walk("what can't be seen is shown", {}, async (page) => {
  await page.goto(room + unseen);
  const text = await page.locator("body").innerText();
  assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\u200b\u0007\u0008\u001b]/);
  assert.match(await page.locator(".sheet").innerText(), /\[U\+202E\]NIAGA/);
  assert.match(text, /שלום/);
});

walk("a telegram of two megabytes is shown in part", {}, async (page) => {
  await page.goto(room + "/t/09NORTHMARK7001");
  assert.match(await page.locator(".sheet").innerText(), /see the raw original/);
  assert.ok(await page.locator(".sheet .l").count() > 1000);
});

walk("an old encoding is read, and lit in the right place", {}, async (page) => {
  await page.goto(room + "/t/09VALDORIA9003");
  assert.match(await page.locator(".prose").innerText(), /The café – “closed” – is named in reftel/);
  assert.equal(await page.locator(".prose a.reftel").innerText(), "reftel");
});

walk("it prints without what paper can't use", {}, async (page) => {
  await page.goto(room + "/t/75VALDORIA212");
  await page.emulateMedia({ media: "print" });
  for (const gone of [".masthead", ".series", ".contents", ".colophon"]) {
    if (await page.locator(gone).count()) assert.ok(!(await page.locator(gone).first().isVisible()), gone);
  }
  assert.ok(await page.locator(".banner").first().isVisible());
  assert.ok(await page.locator(".sheet").isVisible());
  const pdf = await page.pdf({ format: "A4" });
  assert.ok(pdf.length > 10_000);
});

walk("an empty archive says what to type", {}, async (page) => {
  await page.goto(empty + "/");
  assert.match(await page.locator("main").innerText(), /reftel import PATH/);
  for (const path of ["/search?q=ferry", "/posts", "/tags", "/books"]) assert.equal((await page.goto(empty + path)).status(), 200, path);
});

walk("answers are safe", {}, async () => {
  const home = await answer("/");
  assert.equal(home.status, 200);
  const policy = home.headers["content-security-policy"];
  for (const part of ["default-src 'none'", "style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"]) {
    assert.ok(policy.includes(part), part);
  }
  assert.ok(!policy.includes("unsafe"));
  for (const path of ["/", "/nowhere", hostile, `${hostile}/raw`, "/assets/room.css", "/search?q=dtae:1"]) {
    const got = await answer(path);
    assert.equal(got.headers["x-content-type-options"], "nosniff", path);
    assert.equal(got.headers["referrer-policy"], "no-referrer", path);
    assert.ok(got.headers["content-security-policy"], path);
  }
  const { port } = new URL(room);
  for (const host of ["elsewhere.example", `elsewhere.example:${port}`, "127.0.0.1", "127.0.0.1:1"]) {
    assert.equal((await answer("/", { host })).status, 421, host);
  }
  for (const host of [`localhost:${port}`, `[::1]:${port}`]) assert.equal((await answer("/", { host })).status, 200, host);
  for (const method of ["POST", "PUT", "DELETE"]) assert.equal((await answer("/", { method })).status, 405, method);
  assert.equal((await answer("/search?q=ferry", { method: "HEAD" })).body.length, 0);
});

walk("the raw twin is the original, byte for byte", {}, async () => {
  for (const [path, file] of [[hostile, "markup.txt"], [unseen, "unseen.txt"], ["/t/09VALDORIA9003", "windows.txt"]]) {
    const raw = await answer(`${path}/raw`);
    assert.equal(raw.status, 200, path);
    assert.match(raw.headers["content-type"], /^text\/plain; charset=/);
    assert.match(raw.headers["content-disposition"], /^inline; filename="[A-Za-z0-9-]+\.txt"$/);
    assert.match(raw.headers["content-security-policy"], /sandbox/);
    assert.deepEqual(raw.body, readFileSync(new URL(`hostile/${file}`, import.meta.url)), path);
  }
  const otherwise = await answer("/t/08%20saltholm%20000233");
  assert.equal(otherwise.headers.location, plain);
  const json = JSON.parse((await answer(`${hostile}/json`)).body);
  assert.equal(json.mrn, "09VALDORIA9001");
});

/// Two at a time: as many as a small machine has cores.
await Promise.all([1, 2].map(async () => {
  for (let next = walks.shift(); next; next = walks.shift()) await next();
}));
await browser.close();
console.log(failed ? `${failed} failed` : "all well");
process.exitCode = failed ? 1 : 0;
