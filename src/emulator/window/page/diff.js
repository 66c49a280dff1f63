// Two JSON documents as lines that were added, removed or kept. Knows nothing of the page.

const isNothing = (value) => value === null || value === undefined || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
const isEmpty = (value) => value === false || isNothing(value);

/** The lines of a document, its members in the order of their names. */
export function lines(json, indent = "", name = "", comma = "") {
  const head = name === "" ? "" : `${JSON.stringify(name)}: `;
  if (json === null || typeof json !== "object" || Object.keys(json).length === 0) {
    return [`${indent}${head}${JSON.stringify(json)}${comma}`];
  }
  const [open, close] = Array.isArray(json) ? "[]" : "{}";
  const names = Array.isArray(json) ? json.map((_, at) => at) : Object.keys(json).sort();
  const inner = names.flatMap((one, at) =>
    lines(json[one], `${indent}  `, Array.isArray(json) ? "" : one, at + 1 < names.length ? "," : ""));
  return [`${indent}${head}${open}`, ...inner, `${indent}${close}${comma}`];
}

/** A new or a removed document without the members that say nothing, and how many those are. */
export function spare(json) {
  if (json === null || typeof json !== "object" || Array.isArray(json)) return [json, 0];
  const said = Object.entries(json).filter(([, value]) => !isEmpty(value));
  return [Object.fromEntries(said), Object.keys(json).length - said.length];
}

/** What turns one document into the other: `[sign, line]` each, the sign being `+`, `-`, a space, or `…` for a gap. */
export function diff(before, after) {
  if (before === null || after === null) {
    const [said, empty] = spare(before ?? after);
    const sign = before === null ? "+" : "-";
    const told = lines(said).map((line) => [sign, line]);
    return empty ? [...told, ["…", `${empty} empty member${empty === 1 ? "" : "s"}`]] : told;
  }
  if (depth(after) > SHALLOW) return paths(before, after, "");
  return gaps(pair(lines(likened(before, after)), lines(after)));
}

/** In deeper documents a line does not say where it is: what has changed is told by its path. */
const SHALLOW = 6;

const isTree = (json) => json !== null && typeof json === "object" && !Array.isArray(json);
const depth = (json) => (json === null || typeof json !== "object" ? 0 : 1 + Math.max(0, ...Object.values(json).map(depth)));

function paths(before, after, path) {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const isList = Array.isArray(before) && Array.isArray(after) && before.length === after.length;
  if ((isTree(before) && isTree(after)) || isList) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => paths(before[name], after[name], path ? `${path}.${name}` : name));
  }
  const told = (json) => (json === undefined ? [] : lines(json, "  "));
  return [[" ", path], ...gaps(pair(told(before), told(after)))];
}

/** The old document with the new one's spelling of nothing: servers store `null` and read back `[]`. */
function likened(before, after) {
  if (typeof before !== "object" || typeof after !== "object" || before === null || after === null) return before;
  const old = { ...before };
  for (const [name, value] of Object.entries(after)) {
    if (name in old && isNothing(old[name]) && isNothing(value)) old[name] = value;
  }
  return Array.isArray(before) ? before : old;
}

// A comma more or less is no change of what stands before it.
const same = (one, other) => one.replace(/,$/, "") === other.replace(/,$/, "");

function pair(old, now) {
  let start = 0;
  while (start < old.length && start < now.length && same(old[start], now[start])) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && same(old.at(-1 - end), now.at(-1 - end))) end += 1;
  const kept = (from) => from.map((line) => [" ", line]);
  return [
    ...kept(now.slice(0, start)),
    ...middle(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...kept(now.slice(now.length - end)),
  ];
}

/** The longest common subsequence; where that would take too long, all is replaced. */
function middle(old, now) {
  const replaced = () => [...old.map((line) => ["-", line]), ...now.map((line) => ["+", line])];
  if (old.length * now.length > 4_000_000) return replaced();
  const width = now.length + 1;
  const length = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      length[i * width + j] = same(old[i], now[j])
        ? length[(i + 1) * width + j + 1] + 1
        : Math.max(length[(i + 1) * width + j], length[i * width + j + 1]);
    }
  }
  const told = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && same(old[i], now[j])) {
      told.push([" ", now[j]]);
      i += 1;
      j += 1;
    } else if (i < old.length && (j === now.length || length[(i + 1) * width + j] >= length[i * width + j + 1])) {
      told.push(["-", old[i]]);
      i += 1;
    } else {
      told.push(["+", now[j]]);
      j += 1;
    }
  }
  return told;
}

/** Leaves out what is far from any change. */
function gaps(told) {
  const near = told.map((_, at) => told.slice(Math.max(0, at - 1), at + 2).some(([sign]) => sign !== " "));
  const kept = [];
  let left = 0;
  const close = () => {
    if (left) kept.push(["…", `${left} unchanged line${left === 1 ? "" : "s"}`]);
    left = 0;
  };
  told.forEach((line, at) => {
    if (!near[at]) left += 1;
    else {
      close();
      kept.push(line);
    }
  });
  close();
  return kept;
}
