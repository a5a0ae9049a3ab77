// Keys, focus and a clock for the review page; small helps elsewhere. Everything works without it.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);

// ---- The card on the table -------------------------------------------------------------------

let shownAt = performance.now();
let lastAnswer = "";

const reveal = () => one("#review .reveal");

function begin() {
  shownAt = performance.now();
  const closed = one("#review .reveal:not([open])");
  const first = one("#typed") ?? (closed && one("summary", closed)) ?? one("#review [data-focus]");
  first?.focus({ preventScroll: true });
  for (const button of all("[data-opens]")) button.hidden = false;
  scrollable();
}

// Code wider than the page can be scrolled with the arrow keys.
function scrollable() {
  for (const code of all(".prose pre, .prose table")) if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
}

function open() {
  const details = reveal();
  if (!details || details.open) return;
  details.open = true;
  opened(details); // at once, so that a fast second key finds its button
}

function opened(details) {
  scrollable();
  compare();
  if (one("#typed") && document.activeElement === one("#typed")) one("#typed").blur();
  one('[name="rating"][value="3"]', details)?.focus({ preventScroll: true });
}

function rate(value) {
  if (reveal()?.open) one(`[name="rating"][value="${value}"]`)?.click();
}

document.addEventListener("toggle", (event) => {
  if (event.target === reveal() && event.target.open) opened(event.target);
}, true);

document.addEventListener("submit", (event) => {
  const duration = event.target.elements.namedItem("duration");
  if (!duration) return;
  duration.value = Math.round(performance.now() - shownAt);
  lastAnswer = event.submitter?.dataset.words ?? "";
}, true);

// ---- Keys ------------------------------------------------------------------------------------

const tool = (key) => one(`#review [data-key="${key}"]`)?.click();

const keys = {
  1: () => rate(1), 2: () => rate(2), 3: () => rate(3), 4: () => rate(4),
  u: () => tool("u"), "-": () => tool("-"), "@": () => tool("@"),
  "*": () => tool("*"), f: () => tool("*"), "?": () => tool("?"),
  " ": () => (reveal()?.open ? rate(3) : open()),
};
keys.Enter = keys[" "];

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of all(".menu[open]")) menu.open = false;
  if (!one("#review") || event.repeat || event.isComposing || one("dialog[open]")) return;
  if (typing(event.target)) {
    if (event.target.id === "typed" && event.key === "Enter") { event.preventDefault(); open(); }
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && !event.shiftKey) {
    event.preventDefault();
    tool("u");
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
  const own = event.key === " " || event.key === "Enter";
  const control = event.target.closest("button, a, summary");
  if (own && control && control.parentElement !== reveal()) return; // the browser does it itself
  event.preventDefault();
  keys[event.key]();
});

// ---- Typed answers ---------------------------------------------------------------------------

// As cards/typed.py has it.
const plain = (text) => text.normalize("NFC").replace(/[‘’“”"`]/g, "'").replace(/\s+/g, " ").trim().replace(/ ?([^\p{L}\p{N}_ ]) ?/gu, "$1").toLowerCase();

// What was typed and what was right, letter by letter: [same | added | missing, text].
function difference(typed, right) {
  const a = [...typed.slice(0, 400)], b = [...right.slice(0, 400)];
  const length = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      length[i][j] = a[i] === b[j] ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
  const parts = [];
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { parts.push(["span", b[j]]); i++; j++; }
    else if (j < b.length && (i === a.length || length[i][j + 1] >= length[i + 1][j])) parts.push(["ins", b[j++]]);
    else parts.push(["del", a[i++]]);
  }
  return parts;
}

function expected() {
  const holes = all("#answer .cloze-word").map((hole) => hole.textContent);
  return (holes.length ? holes.join(" ") : one("#answer").textContent).trim();
}

function compare() {
  const field = one("#typed"), line = one("#diff");
  if (!field || !line || !field.value.trim()) return;
  const rights = [expected(), ...JSON.parse(line.dataset.accept || "[]")];
  const right = rights.find((text) => plain(text) === plain(field.value));
  line.hidden = false;
  if (right !== undefined) {
    line.replaceChildren(element("ins", `✓ ${field.value.trim()}`));
    return;
  }
  const parts = difference(field.value.trim(), rights[0]).map(([name, text]) => element(name, text));
  line.replaceChildren("You typed: ", field.value.trim(), "\nCompared:  ", ...parts);
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

// ---- htmx: focus after a swap, and errors that lose nothing ----------------------------------

function notice(text) {
  const line = element("p", text);
  line.className = "flash problem";
  one("#notice").replaceChildren(line);
}

document.addEventListener("htmx:beforeRequest", () => one("#notice").replaceChildren());

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status < 400) return;
  if (!/id="(review|passphrase|check)"/.test(xhr.responseText)) {
    event.detail.target = one("#notice");
    event.detail.swapOverride = "innerHTML";
  }
  if (!xhr.responseText.trim()) notice(`The server answered ${xhr.status}. Nothing was lost: try again.`);
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => notice("The server cannot be reached. Nothing was lost: try again in a moment."));
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "review" && event.detail.elt.id !== "review") return;
  scrollTo(0, 0);
  const left = one("#review progress");
  const rest = left ? `${left.max - left.value} left.` : "";
  one("#said").textContent = lastAnswer ? `${lastAnswer}. ${rest}` : rest;
  lastAnswer = "";
  begin();
});

// ---- Small helps -----------------------------------------------------------------------------

document.addEventListener("click", async (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    opener.closest("details")?.removeAttribute("open");
    document.getElementById(opener.dataset.opens).showModal();
  }
  const copier = event.target.closest("[data-copy]");
  if (copier) {
    const text = one(copier.dataset.copy).textContent.trim();
    for (const field of all('input[autocomplete="new-password"]')) field.value = text;
    await navigator.clipboard?.writeText(text).catch(() => {});
    copier.textContent = "Copied and filled in";
  }
  for (const menu of all(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

const scripted = () => all("[data-copy], [data-script]").forEach((button) => { button.hidden = false; });
document.addEventListener("htmx:afterSettle", scripted);

document.addEventListener("change", (event) => {
  if (event.target.name === "theme" && event.target.form?.dataset.theme !== undefined) {
    document.documentElement.dataset.theme = event.target.value;
  }
});

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const field of all('input[name="zone"]')) field.value ||= zone;
scripted();
scrollable();
if (one("#review")) begin();
