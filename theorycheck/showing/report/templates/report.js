"use strict";
document.documentElement.classList.add("js");
const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
const claims = all("article.claim");
const filters = all("input.filter");
const search = document.getElementById("search");
const shown = document.getElementById("shown");

/* Targets land below the sticky bar, however many rows it takes. */
const bar = document.querySelector(".bar");
function measureBar() {
  const height = getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0;
  document.documentElement.style.setProperty("--bar", `${height + 12}px`);
}
window.addEventListener("resize", measureBar);
measureBar();

/* Filters: the style sheet hides what the boxes exclude; search hides by attribute. */
function isShown(claim) {
  const wanted = filters.filter((box) => box.checked).map((box) => box.id.slice("only-".length));
  const tags = claim.dataset.tags.split(" ");
  return !claim.hidden && (wanted.length === 0 || wanted.some((tag) => tags.includes(tag)));
}
function update() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const claim of claims) {
    const text = words.length ? claimText(claim) : "";
    claim.hidden = !words.every((word) => text.includes(word));
  }
  const count = claims.filter(isShown).length;
  shown.textContent = count === claims.length ? "" : `${count} of ${claims.length} shown`;
  for (const paper of all("section.paper")) {
    paper.hidden = !all("article.claim", paper).some(isShown);
  }
}
function claimText(claim) {
  claim.searchText ??= [claim.closest(".paper").getAttribute("aria-label"), claim.querySelector("header").textContent,
    claim.querySelector(".statement").textContent, claim.querySelector(".why").textContent].join(" ").toLowerCase();
  return claim.searchText;
}
filters.forEach((box) => box.addEventListener("change", update));
search.addEventListener("input", update);

/* A link to a claim shows it, whatever is filtered, and opens it. */
function visit(hash) {
  const target = hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
  if (!target || !target.classList.contains("claim")) return;
  if (!isShown(target)) {
    filters.forEach((box) => { box.checked = false; });
    search.value = "";
    update();
  }
  target.querySelector("details").open = true;
  target.scrollIntoView({ block: "start" });
}
window.addEventListener("hashchange", () => visit(location.hash));
document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  const hash = link && link.getAttribute("href");
  if (hash && hash.startsWith("#claim-") && hash === location.hash) visit(hash);
});

/* Open and close many at once; print everything. */
document.getElementById("expand").addEventListener("click", () => {
  claims.filter(isShown).forEach((claim) => { claim.querySelector("details").open = true; });
});
document.getElementById("collapse").addEventListener("click", () => {
  all("article.claim > details[open]").forEach((details) => { details.open = false; });
});
let openedForPrint = [];
window.addEventListener("beforeprint", () => {
  openedForPrint = all("article.claim > details:not([open])");
  openedForPrint.forEach((details) => { details.open = true; });
});
window.addEventListener("afterprint", () => openedForPrint.forEach((details) => { details.open = false; }));

/* Copy buttons. */
for (const button of all("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      button.textContent = document.execCommand("copy") ? "Copied" : "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}

/* The graph: zoom, drag, and the claims that a claim rests on or supports. */
const drawing = document.getElementById("graph-drawing");
if (drawing) {
  const canvas = drawing.closest(".canvas");
  const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
  let zoom = 1;
  const fit = () => Math.min(1, (canvas.clientWidth - 2) / width);
  function show(value) {
    zoom = Math.max(0.2, Math.min(3, value));
    drawing.setAttribute("width", width * zoom);
    drawing.setAttribute("height", height * zoom);
  }
  show(Math.max(0.75, fit()));
  const zooms = { in: () => zoom * 1.25, out: () => zoom / 1.25, fit, full: () => 1 };
  all("[data-zoom]").forEach((button) => button.addEventListener("click", () => show(zooms[button.dataset.zoom]())));

  let grip = null;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch" || event.target.closest("a")) return;
    grip = { x: event.clientX, y: event.clientY, left: canvas.scrollLeft, top: canvas.scrollTop };
    canvas.setPointerCapture(event.pointerId);
    canvas.classList.add("dragged");
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!grip) return;
    canvas.scrollLeft = grip.left - (event.clientX - grip.x);
    canvas.scrollTop = grip.top - (event.clientY - grip.y);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => { grip = null; canvas.classList.remove("dragged"); });
  }

  const nodes = new Map(all("a.node", drawing).map((node) => [node.getAttribute("href").slice(1), node]));
  const edges = all("g.edge", drawing);
  function reach(start, from, to) {
    const found = new Set([start]);
    for (const claim of found) {
      edges.forEach((edge) => { if (edge.dataset[from] === claim) found.add(edge.dataset[to]); });
    }
    return found;
  }
  function highlight(claim) {
    drawing.classList.toggle("focus", claim !== null);
    if (claim === null) return;
    const below = reach(claim, "user", "used");
    const above = reach(claim, "used", "user");
    nodes.forEach((node, anchor) => node.classList.toggle("near", below.has(anchor) || above.has(anchor)));
    for (const edge of edges) {
      const { used, user } = edge.dataset;
      edge.classList.toggle("near", (below.has(used) && below.has(user)) || (above.has(used) && above.has(user)));
    }
  }
  nodes.forEach((node, anchor) => {
    for (const event of ["pointerenter", "focus"]) node.addEventListener(event, () => highlight(anchor));
    for (const event of ["pointerleave", "blur"]) node.addEventListener(event, () => highlight(null));
  });
}
update();
visit(location.hash);
