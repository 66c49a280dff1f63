// The activity: runs, in each the rows of what was done to which object, and in an open row its requests and changes.

import { $, count, duration, h, keep, say, show } from "./dom.js";
import { diff } from "./diff.js";
import { FAULTS, KINDS, matches, outcome, trouble } from "./model.js";

/** So many rows are in the page at once. */
const STEP = 200;
/** Of an open row, so many of its requests. */
const SHOWN = 40;

const WORDS = { created: "created", changed: "changed", deleted: "deleted", read: "read", same: "as it was", batch: "batch", issued: "answered", failed: "failed" };

let most = STEP;
const open = new Set();

export function more() {
  most += STEP;
}

export function reset() {
  most = STEP;
  open.clear();
}

/** Draws what matches; `clock` tells the time of day of an event. */
export function draw(model, filter, clock) {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  let [left, matching, total] = [most, 0, 0];
  const runs = [];
  for (const run of model.runs) {
    const found = [...run.rows.values()].filter((row) => matches(row, words)).reverse();
    total += run.rows.size;
    matching += found.length;
    if (left > 0 && found.length) runs.push({ run, rows: found.slice(0, left) });
    left -= found.length;
  }
  keep($("runs"), runs, ({ run }) => run.key, createRun, (element, item) => updateRun(element, item, clock));
  show($("more"), matching > most);
  say($("more"), `Show ${count(Math.min(STEP, matching - most), "more row")}`);
  show($("empty"), total === 0);
  say($("matching"), words.length ? `${matching} of ${count(total, "row")}` : model.missed ? `${model.missed} older events are not kept` : "");
}

function createRun() {
  return h("li", { class: "run" },
    h("h3", {}, h("span", { class: "who" }), h("span", { class: "when muted" }), h("span", { class: "sum muted" })),
    h("ol", { class: "rows" }));
}

function updateRun(element, { run, rows }, clock) {
  const [title, list] = element.children;
  say(title.children[0], run.who || "somebody");
  say(title.children[1], clock(run.first));
  const done = ["created", "changed", "deleted"].filter((word) => run[word]).map((word) => `${run[word]} ${word}`);
  const bad = [run.refused && `${run.refused} × 429`, run.failed && `${run.failed} failed`].filter(Boolean);
  say(title.children[2], [count(run.requests, "request"), `in ${duration(run.last - run.first)}`, done.join(", ") || "only read: a plan or a refresh", ...bad].join(" · "));
  keep(list, rows, (row) => row.key, createRow, (item, row) => updateRow(item, row, clock));
}

function createRow(row) {
  const id = `row-${row.key.replace(/[^a-z0-9]/gi, "-")}-${row.at}`;
  const button = h("button", {
    type: "button", class: "row", "aria-expanded": "false", "aria-controls": id,
    onclick: () => {
      if (!open.delete(row.key)) open.add(row.key);
      element.drawn = -1;
      updateRow(element, row, element.clock);
    },
  }, h("span", { class: "badge" }), h("span", { class: "name" }), h("span", { class: "kind muted" }), h("span", { class: "flags" }), h("span", { class: "took muted" }));
  const element = h("li", {}, button, h("div", { id, class: "inside", hidden: true }));
  return element;
}

function updateRow(element, row, clock) {
  element.clock = clock;
  if (element.drawn === row.version) return;
  element.drawn = row.version;
  const [button, inside] = element.children;
  const [badge, name, kind, flags, took] = button.children;
  const what = outcome(row);
  badge.className = `badge ${what}`;
  say(badge, WORDS[what]);
  const [one, many] = KINDS[row.kind] ?? [row.kind, row.kind];
  say(name, row.id === null ? many : row.label || row.id);
  say(kind, row.id === null ? (what === "read" ? "list" : "several at once") : row.label && row.label !== row.id ? `${one} ${row.id}` : one);
  const bad = new Map();
  row.requests.filter(trouble).forEach(({ status, fault }) => {
    const word = fault === "lost" ? "lost" : String(status);
    bad.set(word, (bad.get(word) ?? 0) + 1);
  });
  flags.replaceChildren(...[...bad].map(([word, times]) => h("span", { class: "flag" }, times > 1 ? `${word} × ${times}` : word)));
  say(took, row.count ? `${count(row.count, "request")}, ${duration(row.requests.reduce((sum, { took }) => sum + took, 0))}` : "in a batch");
  const isOpen = open.has(row.key);
  button.setAttribute("aria-expanded", isOpen);
  show(inside, isOpen);
  inside.replaceChildren(...(isOpen ? insides(row, clock) : []));
}

function insides(row, clock) {
  const changes = row.changes.map((change) => difference(change, clock));
  const late = row.requests.slice(-SHOWN);
  const left = row.count - late.length;
  return [
    ...changes,
    late.length > 0 && h("table", { class: "requests" },
      h("caption", { class: "unseen" }, "Requests"),
      h("thead", { class: "unseen" }, h("tr", {}, ...["Time", "Method", "Path", "Status", "Took"].map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, late.map((one) => request(one, clock)))),
    left > 0 && h("p", { class: "muted" }, `and ${count(left, "request")} before`),
  ].filter(Boolean);
}

function request(one, clock) {
  const told = [FAULTS[one.fault], one.why].filter(Boolean).join(": ");
  return h("tr", { class: trouble(one) ? "bad" : "" },
    h("td", { class: "muted" }, clock(one.at)), h("td", {}, one.method),
    h("td", { class: "path" }, one.path, told && h("span", { class: "why" }, told)),
    h("td", { class: "status" }, one.fault === "lost" ? "–" : String(one.status)), h("td", { class: "muted" }, duration(one.took)));
}

/** A change as lines. */
export function difference({ before, after, at }, clock) {
  const words = { "+": "added", "-": "removed" };
  const told = diff(before, after);
  const title = before === null ? "Created" : after === null ? "Deleted" : "Changed";
  const [added, removed] = ["+", "-"].map((sign) => told.filter(([one]) => one === sign).length);
  return h("figure", { class: "diff" },
    h("figcaption", {}, `${title} at ${clock(at)}`, h("span", { class: "muted" }, before && after ? ` · ${added} added, ${removed} removed` : "")),
    h("div", { class: "lines", tabindex: "0", role: "group", "aria-label": `${title}: lines` }, told.map(([sign, line]) =>
      h("div", { class: { "+": "add", "-": "del", "…": "gap", " ": "same" }[sign] },
        h("span", { class: "sign", "aria-hidden": "true" }, sign), words[sign] && h("span", { class: "unseen" }, `${words[sign]}: `),
        h("code", {}, line)))));
}
