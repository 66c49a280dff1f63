// The page: listens to the emulator, keeps what it tells, and draws it once a frame. Also the header, keys and theme.

import { $, count, say, show, since } from "./dom.js";
import { KINDS, Model } from "./model.js";
import * as activity from "./activity.js";
import * as panels from "./panels.js";

const model = new Model();
/** Events that came while the page was paused. */
const waiting = [];
/** So many of them at most: the rest is missed. */
const MOST_WAITING = 20_000;

let status = null;
/** When the server said so, by this page's clock. */
let told = 0;
/** The server's start on the wall clock. */
let began = Infinity;
let paused = false;
let source = null;
let next = 0;
let drawing = false;

const clock = (at) => new Date(began + at).toLocaleTimeString("en-GB");

function redraw() {
  if (drawing || !status) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    activity.draw(model, $("filter").value, clock);
    panels.objects(model, status.objects, clock, redraw);
    panels.routes(status.routes);
    figures();
  });
}

function figures() {
  const counts = Object.values(status.routes);
  const sum = (member) => counts.reduce((total, one) => total + one[member], 0);
  say($("requests"), sum("requests").toLocaleString("en"));
  const refused = sum("too_many");
  say($("refused"), refused.toLocaleString("en"));
  $("refused").parentElement.classList.toggle("bad", refused > 0);
  say($("held"), Object.values(status.objects).reduce((total, one) => total + one, 0).toLocaleString("en"));
  tick();
}

/** What moves with time alone. */
function tick() {
  if (!status) return;
  const ago = performance.now() - told;
  say($("running"), since(status.now + ago));
  panels.limits(status.buckets, status.plan, ago);
}

function learn(now) {
  status = now;
  told = performance.now();
  // Of all that this was told, the one that was on its way for the shortest time is nearest.
  began = Math.min(began, Date.now() - now.now);
  panels.faults(status.faults, flip);
}

function take(events, missed) {
  model.missed += missed;
  if (paused) {
    waiting.push(...events);
    model.missed += waiting.splice(0, Math.max(0, waiting.length - MOST_WAITING)).length;
  } else {
    events.forEach((event) => model.take(event));
    announce(events);
  }
  state();
}

/** Tells those who do not see it, in one sentence every few seconds. */
let unsaid = { requests: 0, changes: 0 };
let saying = null;
function announce(events) {
  events.forEach(({ type }) => { unsaid[type === "change" ? "changes" : "requests"] += 1; });
  if (saying || unsaid.requests === 0) return;
  saying = setTimeout(() => {
    saying = null;
    say($("said"), `${count(unsaid.requests, "request")}, ${count(unsaid.changes, "change")}`);
    unsaid = { requests: 0, changes: 0 };
  }, 4000);
}

function state() {
  const live = source && source.readyState === EventSource.OPEN;
  const text = paused ? `Paused${waiting.length ? ` · ${waiting.length} new` : ""}` : live ? "Live" : "Disconnected";
  say($("live"), text);
  $("live").className = `live ${paused ? "paused" : live ? "on" : "off"}`;
  say($("pause-text"), paused ? "Resume" : "Pause");
  $("pause").setAttribute("aria-pressed", paused);
}

async function start() {
  const first = await (await fetch("api/state")).json();
  learn(first.status);
  Object.assign(KINDS, Object.fromEntries(first.kinds));
  say($("about"), `${first.about.url.replace("http://", "")} · plays ${first.about.version}`);
  const names = ["HYDRA_ADMIN", "HYDRA_PUBLIC", "KRATOS_ADMIN", "KRATOS_PUBLIC", "KETO_READ", "KETO_WRITE", "TALOS"];
  say($("exports"), names.map((name) => `export ORY_${name}_URL=${first.about.url}`).join("\n"));
  began = Date.now() - first.status.now;
  model.objects.clear();
  model.clear();
  first.objects.forEach((object) => model.hold(object));
  first.events.forEach((event) => model.take(event));
  model.missed += first.missed;
  next = first.next;
  redraw();
}

function listen() {
  source = new EventSource(`api/events?from=${next}`);
  source.onopen = state;
  source.onmessage = ({ data, lastEventId }) => {
    const batch = JSON.parse(data);
    // Another server is there now, which knows nothing of what this page knows.
    if (Number(lastEventId) < next || batch.status.now < status.now) return again();
    next = Number(lastEventId);
    learn(batch.status);
    take(batch.events, batch.missed);
    redraw();
  };
  source.onerror = () => {
    state();
    if (source.readyState === EventSource.CLOSED) setTimeout(again, 2000);
  };
}

async function again() {
  source?.close();
  try {
    await start();
    listen();
  } catch {
    state();
    setTimeout(again, 2000);
  }
}

async function flip(what) {
  const answer = await fetch("api/switch", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(what) });
  const now = await answer.json();
  say($("fault-error"), answer.ok ? "" : `Not switched: ${now.error}.`);
  show($("fault-error"), !answer.ok);
  if (answer.ok) learn(now);
  else panels.faults(status.faults, flip);
  redraw();
}

function pause() {
  paused = !paused;
  if (!paused) waiting.splice(0).forEach((event) => model.take(event));
  state();
  redraw();
}

function clear() {
  model.clear();
  waiting.length = 0;
  activity.reset();
  say($("said"), "The activity is cleared.");
  state();
  redraw();
}

const THEMES = ["system", "light", "dark"];
function theme(chosen) {
  const now = THEMES.includes(chosen) ? chosen : "system";
  document.documentElement.dataset.theme = now;
  localStorage.setItem("theme", now);
  say($("theme-text"), now === "system" ? "Theme" : now === "light" ? "Light" : "Dark");
  $("theme").title = `Theme: ${now}`;
}

/** The row after or before the one that has the focus; the first one if none has. */
function step(by) {
  const rows = [...document.querySelectorAll("button.row")];
  const at = rows.indexOf(document.activeElement);
  rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus();
}

const actions = {
  p: pause, c: clear, j: () => step(1), k: () => step(-1),
  t: () => theme(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length]),
  f: () => document.querySelector("#faults input").focus(),
  0: () => flip(panels.NOTHING), "/": () => $("filter").focus(), "?": () => $("keys").showModal(),
};

function key(event) {
  const { key, target } = event;
  if (target === $("filter") && key === "Escape") {
    $("filter").value = "";
    target.blur();
    redraw();
  }
  if (target.matches?.("button.row") && (key === "ArrowDown" || key === "ArrowUp")) {
    event.preventDefault();
    step(key === "ArrowDown" ? 1 : -1);
  }
  const typing = target.matches?.("input:not([type=checkbox]), select, textarea") || $("keys").open;
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !$("letters").checked) return;
  const action = actions[key.toLowerCase()];
  if (action) {
    event.preventDefault();
    action();
  }
}

document.addEventListener("keydown", key);
$("pause").addEventListener("click", pause);
$("clear").addEventListener("click", clear);
$("theme").addEventListener("click", actions.t);
$("help").addEventListener("click", actions["?"]);
$("banner-off").addEventListener("click", actions["0"]);
$("filter").addEventListener("input", redraw);
$("plan").addEventListener("change", ({ target }) => flip({ plan: target.value }));
$("more").addEventListener("click", () => {
  activity.more();
  redraw();
});
$("letters").checked = localStorage.getItem("letters") !== "off";
$("letters").addEventListener("change", ({ target }) => localStorage.setItem("letters", target.checked ? "on" : "off"));
theme(localStorage.getItem("theme"));
// What stays in sight begins below the header, whose height depends on its lines and on the banner.
new ResizeObserver(() => document.documentElement.style.setProperty("--top", `${$("top").offsetHeight}px`)).observe($("top"));
setInterval(tick, 250);
again();
