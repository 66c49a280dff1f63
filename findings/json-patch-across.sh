#!/usr/bin/env bash
# npm fast-json-patch 3.1.1 and rfc6902 5.4.0, PyPI jsonpatch 1.48, Go evanphx/json-patch/v5 5.9.11, crate json-patch 5.0.0: `test` of 1 fails where 1.0 is.
#
# Guess: JSON Patch has a test suite that all share. `test` compares numbers by their value, as RFC 6902 says: 1 is 1.0,
#        and 100 is 1e2; what is not there is not null; an index is digits, without a sign or a leading zero, and what is no
#        index of a list is an error.
# Seen:  in Go and Rust 1 is not 1.0, at any depth. In Go a member that is not there is null to `test`, and -1 is the last
#        item. In rfc6902 lists have a member `length` and texts have items, and replacing -1 or 1e0 is a success that
#        changes nothing. 01 is 1 in two of the five.
#
# Needs cargo, go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >patches <<'TEXT'
{"a":1}	{"op":"test","path":"/a","value":1.0}
{"a":100}	{"op":"test","path":"/a","value":1e2}
{"a":{"b":[1]}}	{"op":"test","path":"/a","value":{"b":[1.0]}}
{}	{"op":"test","path":"/a","value":null}
{"a":[1,2]}	{"op":"test","path":"/a/length","value":2}
{"a":"xyz"}	{"op":"copy","from":"/a/0","path":"/b"}
{"a":[1,2]}	{"op":"replace","path":"/a/-1","value":4}
{"a":[1,2]}	{"op":"replace","path":"/a/1e0","value":4}
{"a":[1,2]}	{"op":"add","path":"/a/01","value":4}
TEXT
go_program patch github.com/evanphx/json-patch/v5@v5.9.11 <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	jsonpatch "github.com/evanphx/json-patch/v5"
)

func main() {
	patches, _ := os.Open("patches")
	for lines := bufio.NewScanner(patches); lines.Scan(); {
		document, operation, _ := strings.Cut(lines.Text(), "\t")
		patch, err := jsonpatch.DecodePatch([]byte("[" + operation + "]"))
		if err != nil {
			panic(err)
		}
		if result, err := patch.Apply([]byte(document)); err != nil {
			fmt.Println("error")
		} else {
			fmt.Println(string(result))
		}
	}
}
GO
crate json-patch=5.0.0 serde_json=1.0.154 <<'RUST'
fn main() {
    for line in std::fs::read_to_string("patches").unwrap().lines() {
        let (document, operation) = line.split_once('\t').unwrap();
        let mut document = serde_json::from_str(document).unwrap();
        let patch: json_patch::Patch = serde_json::from_str(&format!("[{operation}]")).unwrap();
        match json_patch::patch(&mut document, &patch) {
            Ok(()) => println!("{document}"),
            Err(_) => println!("error"),
        }
    }
}
RUST
quietly npm install fast-json-patch@3.1.1 rfc6902@5.4.0
quietly python3 -m venv python
quietly python/bin/pip install jsonpatch==1.48
expect "$(paste patches <(node -e '
const fast = require("fast-json-patch"), rfc6902 = require("rfc6902")
for (const line of require("fs").readFileSync("patches", "utf8").trim().split("\n")) {
  const [document, patch] = line.split("\t").map(text => JSON.parse(text))
  const results = [
    () => fast.applyPatch(structuredClone(document), [patch], true).newDocument,
    () => {
      const holder = { whole: structuredClone(document) }
      if (rfc6902.applyPatch(holder, [{ ...patch, path: "/whole" + patch.path, from: "/whole" + patch.from }])[0]) throw 0
      return holder.whole
    },
  ].map(apply => { try { return JSON.stringify(apply()) } catch { return "error" } })
  console.log(results.join("\t"))
}') <(python/bin/python -c '
import json, jsonpatch
for line in open("patches"):
    document, patch = map(json.loads, line.split("\t"))
    try:
        print(json.dumps(jsonpatch.apply_patch(document, [patch]), separators=(",", ":")))
    except Exception:
        print("error")
') <(./patch) <(cargo run --quiet) |
  awk -F'\t' '{ print $1 " " $2 "\n  fast " $3 ", rfc6902 " $4 ", Python " $5 ", Go " $6 ", Rust " $7 }')" <<'WANTED'
{"a":1} {"op":"test","path":"/a","value":1.0}
  fast {"a":1}, rfc6902 {"a":1}, Python {"a":1}, Go error, Rust error
{"a":100} {"op":"test","path":"/a","value":1e2}
  fast {"a":100}, rfc6902 {"a":100}, Python {"a":100}, Go error, Rust error
{"a":{"b":[1]}} {"op":"test","path":"/a","value":{"b":[1.0]}}
  fast {"a":{"b":[1]}}, rfc6902 {"a":{"b":[1]}}, Python {"a":{"b":[1]}}, Go error, Rust error
{} {"op":"test","path":"/a","value":null}
  fast error, rfc6902 error, Python error, Go {}, Rust error
{"a":[1,2]} {"op":"test","path":"/a/length","value":2}
  fast error, rfc6902 {"a":[1,2]}, Python error, Go error, Rust error
{"a":"xyz"} {"op":"copy","from":"/a/0","path":"/b"}
  fast error, rfc6902 {"a":"xyz","b":"x"}, Python error, Go error, Rust error
{"a":[1,2]} {"op":"replace","path":"/a/-1","value":4}
  fast error, rfc6902 {"a":[1,2]}, Python error, Go {"a":[1,4]}, Rust error
{"a":[1,2]} {"op":"replace","path":"/a/1e0","value":4}
  fast error, rfc6902 {"a":[1,2]}, Python error, Go error, Rust error
{"a":[1,2]} {"op":"add","path":"/a/01","value":4}
  fast {"a":[1,4,2]}, rfc6902 error, Python error, Go {"a":[1,4,2]}, Rust error
WANTED
