// The panels beside the activity: objects, rate limits, faults, routes.

import { $, count, h, keep, say, show, since } from "./dom.js";
import { lines, spare } from "./diff.js";
import { difference } from "./activity.js";
import { KINDS } from "./model.js";

/** Of each kind, so many objects are in the page at once. */
const SHOWN = 8;

const open = new Set();
const whole = new Set();

/** Draws the objects; `counts` are the server's, who knows more of them than are listed. */
export function objects(model, counts, clock, redraw) {
  const groups = Object.keys(KINDS).filter((kind) => counts[kind]).map((kind) => {
    const held = [...model.objects.values()].filter((object) => object.kind === kind);
    held.sort((one, other) => (other.at ?? -1) - (one.at ?? -1) || (one.label || one.id).localeCompare(other.label || other.id));
    return { kind, held, total: counts[kind] };
  });
  const panel = $("objects");
  panel.querySelector(".none")?.toggleAttribute("hidden", groups.length > 0);
  const list = panel.list ??= panel.appendChild(h("div"));
  keep(list, groups, ({ kind }) => kind, () => h("div", { class: "group" }, h("h3", {}, h("span"), h("span", { class: "number" })), h("ul", { class: "held" }), h("button", { type: "button", class: "more", hidden: true })),
    (element, { kind, held, total }) => {
      const [title, items, button] = element.children;
      say(title.children[0], KINDS[kind][1]);
      say(title.children[1], total.toLocaleString("en"));
      const most = whole.has(kind) ? held.length : SHOWN;
      keep(items, held.slice(0, most), ({ key }) => key, (object) => createObject(object, clock), updateObject);
      show(button, held.length > most);
      say(button, `Show all ${held.length.toLocaleString("en")}`);
      button.onclick = () => {
        whole.add(kind);
        redraw();
      };
    });
}

function createObject(object, clock) {
  const id = `object-${object.kind}-${[...object.id].map((c) => c.codePointAt(0).toString(36)).join("")}`;
  const button = h("button", {
    type: "button", class: "object", "aria-expanded": "false", "aria-controls": id,
    onclick: () => {
      if (!open.delete(object.key)) open.add(object.key);
      element.drawn = -1;
      updateObject(element, object);
    },
  }, h("span", { class: "name" }), h("span", { class: "muted id" }));
  const element = h("li", {}, button, h("div", { id, class: "inside", hidden: true }));
  element.clock = clock;
  return element;
}

async function updateObject(element, object) {
  if (element.drawn === object.version) return;
  element.drawn = object.version;
  const [button, inside] = element.children;
  say(button.children[0], object.label || object.id);
  say(button.children[1], object.label && object.label !== object.id ? object.id : "");
  const isOpen = open.has(object.key);
  button.setAttribute("aria-expanded", isOpen);
  show(inside, isOpen);
  if (!isOpen) return inside.replaceChildren();
  const answer = await fetch(`api/object?kind=${encodeURIComponent(object.kind)}&id=${encodeURIComponent(object.id)}`);
  const [said, empty] = spare(await answer.json());
  const change = object.changes.at(-1);
  const text = lines(said).join("\n") + (empty ? `\n… ${count(empty, "empty member")}` : "");
  inside.replaceChildren(
    ...(change?.before ? [difference(change, element.clock)] : []),
    h("pre", { class: "document", tabindex: "0", "aria-label": "The object as it is now" }, text));
}

/** Draws the buckets; `ago` is how long ago the server told of them. */
export function limits(buckets, plan, ago) {
  const select = $("plan");
  if (![...select.options].some(({ value }) => value === plan)) select.append(h("option", { value: plan }, plan));
  if (document.activeElement !== select && select.value !== plan) select.value = plan;
  const used = ({ rates }) => rates.some(({ used }) => used > 0);
  const panel = $("limits");
  const [list, note] = panel.parts ??= [panel.appendChild(h("ul", { class: "buckets" })), panel.appendChild(h("p", { class: "muted" }))];
  const touched = buckets.filter((bucket) => used(bucket) || list.kept?.has(bucket.name));
  keep(list, touched, ({ name }) => name, createBucket, (element, bucket) => updateBucket(element, bucket, ago));
  const rest = buckets.length - touched.length;
  say(note, buckets.length === 0 ? "There are no limits. Choose a plan of Ory Network to see its limits." : rest ? `${count(rest, "bucket")} untouched` : "");
  show(note, note.textContent !== "");
}

const window = ({ seconds }) => (seconds === 1 ? "a second" : seconds === 60 ? "a minute" : `in ${seconds} s`);

function createBucket({ name, rates }) {
  return h("li", { class: "bucket" }, h("h3", {}, name, h("span", { class: "muted" })), rates.map((rate) =>
    h("div", { class: "rate" },
      h("div", { class: "meter", role: "meter", "aria-valuemin": "0", "aria-label": `${name}: requests ${window(rate)}` }, h("div", { class: "fill" })),
      h("span", { class: "level" }))));
}

function updateBucket(element, { rates }, ago) {
  const [title, ...bars] = element.children;
  let wait = 0;
  rates.forEach((rate, at) => {
    const [meter, level] = bars[at].children;
    const left = rate.reset - ago;
    const used = left > 0 ? rate.used : 0;
    if (used) wait = Math.max(wait, left);
    meter.setAttribute("aria-valuemax", rate.requests);
    meter.setAttribute("aria-valuenow", used);
    meter.setAttribute("aria-valuetext", `${used} of ${rate.requests} used`);
    meter.className = `meter ${used >= rate.requests ? "full" : used * 4 >= rate.requests * 3 ? "high" : ""}`;
    meter.firstChild.style.width = `${Math.min(100, (used / rate.requests) * 100)}%`;
    say(level, `${used}/${rate.requests} ${window(rate)}`);
  });
  say(title.lastChild, wait ? `empty again in ${wait < 1000 ? "<1 s" : since(wait)}` : "");
}

const share = [10, 25, 50, 100].map((value) => [value, `${value} %`]);
const milliseconds = [[100, "100 ms"], [300, "300 ms"], [1000, "1 s"], [5000, "5 s"]];
const SWITCHES = [
  ["latency", "Slow", "each request waits", milliseconds, 1],
  ["too_many", "429", "too many requests", share, 1],
  ["broken", "500", "an error of the server", share, 1],
  ["unavailable", "503", "unavailable for now", share, 1],
  ["lost", "Lost", "carried out, answer lost", share, 1],
  ["read_only", "Read-only", "writes get a 403", [], 0],
  ["gated", "Plan", "paid settings get a 403", [], 0],
  ["quota", "Quota", "new projects get a 402", [], 0],
  ["stale_reads", "Stale", "reads show old projects", [[1, "1 read"], [2, "2 reads"], [5, "5 reads"]], 0],
  ["key_delay", "Slow keys", "new keys work later", milliseconds, 2],
];

/** A value that the page does not offer, and how a banner tells what is on. */
const AMOUNT = { latency: (value) => `${value} ms`, key_delay: (value) => `${value} ms`, stale_reads: (value) => `${value} reads` };
const TOLD = {
  latency: (value) => `every request ${since(value) === "0 s" ? `${value} ms` : `${value / 1000} s`} late`,
  lost: (value) => `${value} % of answers lost`,
  stale_reads: (value) => `${value === 1 ? "a read after a write shows" : `${value} reads after a write show`} the old project`,
  key_delay: (value) => `new keys work after ${value} ms`,
};

/** Draws the switches, and says what is on. `flip` is given what to switch. */
export function faults(now, flip) {
  const list = $("faults");
  keep(list, SWITCHES, ([name]) => name, (item) => createSwitch(item, flip), (element, [name]) => {
    const value = now[name];
    const [box, amount] = element.parts;
    if (box.checked !== Boolean(value)) box.checked = Boolean(value);
    element.classList.toggle("on", Boolean(value));
    if (amount && value && document.activeElement !== amount) {
      if (![...amount.options].some((option) => option.value === String(value))) {
        amount.append(h("option", { value }, AMOUNT[name]?.(value) ?? `${value} %`));
      }
      amount.value = String(value);
    }
  });
  const on = SWITCHES.filter(([name]) => now[name]).map(([name, title, what]) => {
    return TOLD[name]?.(now[name]) ?? (now[name] === true ? what : `${now[name]} % answered ${title}`);
  });
  say($("banner-text"), on.join(" · "));
  show($("banner"), on.length > 0);
}

function createSwitch([name, title, what, amounts, index], flip) {
  const box = h("input", { type: "checkbox", role: "switch", id: `fault-${name}`, "aria-describedby": `what-${name}` });
  const amount = amounts.length
    ? h("select", { "aria-label": `${title}: how much` }, amounts.map(([value, text], at) => h("option", { value, selected: at === index }, text)))
    : null;
  const value = () => (box.checked ? (amount ? Number(amount.value) : true) : (amount ? 0 : false));
  box.addEventListener("change", () => flip({ [name]: value() }));
  amount?.addEventListener("change", () => box.checked && flip({ [name]: value() }));
  const element = h("li", {}, box, h("label", { for: `fault-${name}` }, title), h("span", { class: "muted", id: `what-${name}` }, what), amount);
  element.parts = [box, amount];
  return element;
}

export const NOTHING = Object.fromEntries(SWITCHES.map(([name, , , amounts]) => [name, amounts.length ? 0 : false]));

export function routes(summary) {
  const rows = Object.entries(summary).sort(([, one], [, other]) => other.requests - one.requests);
  keep($("routes"), rows, ([route]) => route, ([route]) => h("tr", {}, h("th", { scope: "row" }, route), h("td"), h("td")),
    (element, [, { requests, too_many }]) => {
      say(element.children[1], requests.toLocaleString("en"));
      say(element.children[2], too_many || "");
    });
}
