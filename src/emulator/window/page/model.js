// What has happened, as the page remembers it: runs of a program, in each of them what it did to which object, and
// the objects that there are. Bounded, and without any element of the page.

/** A program that was silent for so long begins a new run. */
const PAUSE = 8_000;
/** So many rows are remembered, in whole runs; and of each row and object so much. */
const ROWS = 5_000;
const REQUESTS = 200;
const CHANGES = 20;

/** What one and several objects of a kind are called, in the order in which they are shown; the server says. */
export const KINDS = {};

export const FAULTS = {
  too_many: "a fault: 429", broken: "a fault: 500", unavailable: "a fault: 503", lost: "carried out, answer lost", read_only: "a fault: read-only",
};

export class Model {
  runs = [];
  objects = new Map();
  rows = 0;
  missed = 0;

  /** Forgets what happened; the objects stay. */
  clear() {
    this.runs = [];
    this.rows = 0;
    this.missed = 0;
  }

  hold([kind, id, label]) {
    const key = `${kind} ${id}`;
    const known = this.objects.get(key);
    if (known) known.label = label || known.label;
    else this.objects.set(key, { key, kind, id, label, changes: [], version: 0, at: null });
    return this.objects.get(key);
  }

  take(event) {
    if (event.type === "change") this.change(event);
    else this.request(event);
  }

  change(event) {
    const object = this.hold([event.kind, event.id, event.label]);
    object.changes.push(event);
    if (object.changes.length > CHANGES) object.changes.shift();
    object.version += 1;
    object.at = event.at;
    if (event.after === null) this.objects.delete(object.key);
    const row = this.row(event, object.key, event.id);
    row.changes.push(event);
    if (row.changes.length > CHANGES) row.changes.shift();
    row.label = event.label || row.label;
    row.run[event.before === null ? "created" : event.after === null ? "deleted" : "changed"] += 1;
  }

  request(event) {
    const { kind, id, method } = event;
    const unnamed = method === "GET" || method === "HEAD" ? "list" : "several";
    const row = this.row(event, `${kind} ${id ?? `\n${unnamed}`}`, id ?? null);
    row.requests.push(event);
    if (row.requests.length > REQUESTS) row.requests.shift();
    row.count += 1;
    row.run.requests += 1;
    if (event.status === 429) row.run.refused += 1;
    if (event.fault || event.status >= 500) row.run.failed += 1;
  }

  /** The row of this object in the present run of this program. */
  row(event, key, id) {
    let run = this.runs.find((run) => run.who === event.who);
    if (!run || event.at - run.last > PAUSE) {
      run = {
        key: event.seq, who: event.who, first: event.at, last: event.at, rows: new Map(),
        requests: 0, refused: 0, failed: 0, created: 0, changed: 0, deleted: 0,
      };
      this.runs.unshift(run);
    }
    run.last = Math.max(run.last, event.at + (event.took ?? 0));
    let row = run.rows.get(key);
    if (!row) {
      const label = this.objects.get(key)?.label ?? "";
      row = { key: `${run.key} ${key}`, object: key, run, kind: event.kind, id, label, at: event.at, requests: [], changes: [], count: 0, version: 0 };
      run.rows.set(key, row);
      this.rows += 1;
      while (this.rows > ROWS && this.runs.length > 1) this.rows -= this.runs.pop().rows.size;
    }
    row.version += 1;
    return row;
  }
}

/** What became of a row's object, in one word. */
export function outcome(row) {
  const first = row.changes[0];
  const last = row.changes.at(-1);
  if (last) {
    if (last.after === null) return "deleted";
    return first.before === null ? "created" : "changed";
  }
  const asked = row.requests.at(-1);
  if (!asked) return "read";
  if (trouble(asked)) return "failed";
  if (row.requests.every(({ method }) => method === "GET" || method === "HEAD")) return "read";
  if (asked.status >= 400) return "failed";
  return row.requests.some(({ changes }) => changes > 0) ? "batch" : row.kind === "token" ? "issued" : "same";
}

/** Whether a request went wrong in a way that nobody asks for: reading what is not there is common. */
export const trouble = ({ status, fault, method }) => Boolean(fault) || status === 429 || status >= 500 || (status >= 400 && method !== "GET" && status !== 404);

/** The texts that a filter looks into. */
export function matches(row, words) {
  if (words.length === 0) return true;
  const text = [
    row.id ?? "", row.label, KINDS[row.kind]?.[0], row.kind, row.run.who, outcome(row),
    ...row.requests.flatMap(({ method, path, status, fault, bucket }) => [method, path, status, fault, bucket]),
  ].join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}
