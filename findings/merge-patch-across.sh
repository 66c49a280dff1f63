#!/usr/bin/env bash
# Go evanphx/json-patch/v5 5.9.11, npm json-merge-patch 1.0.2, PyPI json-merge-patch 0.3.0, crate json-patch 5.0.0: the objects of a list lose their nulls, unless the list takes the place of an object.
#
# Guess: a merge patch (RFC 7396) replaces a list as a whole, with the nulls that its objects have: only nulls outside of lists
#        delete. A patch of two equal documents is {}, and changes nothing.
# Seen:  in Go, objects in a list lose every member that is null, whether the list is new, or takes the place of a list or a
#        text; where it takes the place of an object they keep them. In JavaScript the patch of two equal documents is
#        undefined, which JSON cannot say, and applying it gives undefined and not the document.
#
# Needs cargo, go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
printf '%s\t%s\n' \
  '{"name":"a"}' '{"rules":[{"port":80,"host":null}]}' \
  '{"rules":[]}' '{"rules":[{"port":80,"host":null}]}' \
  '{"rules":"none"}' '{"rules":[{"port":80,"host":null}]}' \
  '{"rules":{}}' '{"rules":[{"port":80,"host":null}]}' \
  '{"name":"a"}' '{"rules":[null,1]}' >tests
go_program merge github.com/evanphx/json-patch/v5@v5.9.11 <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	jsonpatch "github.com/evanphx/json-patch/v5"
)

func main() {
	tests, _ := os.Open("tests")
	for lines := bufio.NewScanner(tests); lines.Scan(); {
		document, patch, _ := strings.Cut(lines.Text(), "\t")
		merged, _ := jsonpatch.MergePatch([]byte(document), []byte(patch))
		fmt.Printf("  Go %s\n", merged)
	}
	same, _ := jsonpatch.CreateMergePatch([]byte(`{"a":1}`), []byte(`{"a":1}`))
	fmt.Printf("a patch of two equal documents: Go %s\n", same)
}
GO
crate json-patch=5.0.0 serde_json=1.0.154 <<'RUST'
fn main() {
    for line in std::fs::read_to_string("tests").unwrap().lines() {
        let (document, patch) = line.split_once('\t').unwrap();
        let mut document = serde_json::from_str(document).unwrap();
        json_patch::merge(&mut document, &serde_json::from_str(patch).unwrap());
        println!("  Rust {document}");
    }
}
RUST
sed -i 's/^serde_json = \(.*\)/serde_json = { version = \1, features = ["preserve_order"] }/' Cargo.toml
quietly npm install json-merge-patch@1.0.2
quietly python3 -m venv python
quietly python/bin/pip install json-merge-patch==0.3.0
quietly cargo build --quiet
expect "$(paste -d'\n' tests <(./merge) <(python/bin/python -c '
import json, json_merge_patch
for line in open("tests"):
    document, patch = map(json.loads, line.split("\t"))
    print("  Python", json.dumps(json_merge_patch.merge(document, patch), separators=(",", ":")))
print("  Python", json.dumps(json_merge_patch.create_patch({"a": 1}, {"a": 1})))
') <(target/debug/finding) <(node -e '
const { apply, generate } = require("json-merge-patch")
for (const line of require("fs").readFileSync("tests", "utf8").trim().split("\n")) {
  const [document, patch] = line.split("\t").map(JSON.parse)
  console.log("  JavaScript", JSON.stringify(apply(document, patch)))
}
const patch = generate({ a: 1 }, { a: 1 })
console.log("  JavaScript", patch, "which makes", apply({ a: 1 }, patch), "of one of them")
') | grep . | tr '\t' ' ')" <<'WANTED'
{"name":"a"} {"rules":[{"port":80,"host":null}]}
  Go {"name":"a","rules":[{"port":80}]}
  Python {"name":"a","rules":[{"port":80,"host":null}]}
  Rust {"name":"a","rules":[{"port":80,"host":null}]}
  JavaScript {"name":"a","rules":[{"port":80,"host":null}]}
{"rules":[]} {"rules":[{"port":80,"host":null}]}
  Go {"rules":[{"port":80}]}
  Python {"rules":[{"port":80,"host":null}]}
  Rust {"rules":[{"port":80,"host":null}]}
  JavaScript {"rules":[{"port":80,"host":null}]}
{"rules":"none"} {"rules":[{"port":80,"host":null}]}
  Go {"rules":[{"port":80}]}
  Python {"rules":[{"port":80,"host":null}]}
  Rust {"rules":[{"port":80,"host":null}]}
  JavaScript {"rules":[{"port":80,"host":null}]}
{"rules":{}} {"rules":[{"port":80,"host":null}]}
  Go {"rules":[{"port":80,"host":null}]}
  Python {"rules":[{"port":80,"host":null}]}
  Rust {"rules":[{"port":80,"host":null}]}
  JavaScript {"rules":[{"port":80,"host":null}]}
{"name":"a"} {"rules":[null,1]}
  Go {"name":"a","rules":[null,1]}
  Python {"name":"a","rules":[null,1]}
  Rust {"name":"a","rules":[null,1]}
  JavaScript {"name":"a","rules":[null,1]}
a patch of two equal documents: Go {}
  Python {}
  JavaScript undefined which makes undefined of one of them
WANTED
