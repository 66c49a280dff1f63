#!/usr/bin/env bash
# npm jsonpath-plus 10.4.0 and jsonpath 1.3.0, PyPI jsonpath-ng 1.16.0, Go PaesslerAG/jsonpath 0.1.1, crates jsonpath_lib 0.3.0 and serde_json_path 0.7.2: a query of two names finds nothing.
#
# Guess: since RFC 9535 JSONPath is one language; older libraries lack functions, and what they do not read is an error. What
#        all of them have, names, indices, slices and filters, they read alike.
# Seen:  in jsonpath-plus `$['a','l']` and `$.l[::-1]` find nothing, without an error, and a text has items. An index of -1
#        is nothing for both in JavaScript and an error in Go. A filter for a member finds no null in these three, and
#        `== null` all that lack the member in two; 1 is '1' and true there. `[?(@>1)]` finds nothing in jsonpath_lib, and
#        the same without brackets nothing in jsonpath-plus.
#
# Needs cargo, go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
echo '{"a":0,"l":[3,1,2],"o":[{"x":1,"n":null},{"x":2}],"t":"text"}' >document.json
cat >queries <<'TEXT'
$['a','l']
$.l[-1]
$.l[::-1]
$.l[?(@>1)]
$.l[?@>1]
$.o[?(@.n)]
$.o[?(@.n==null)]
$.o[?(@.x=='1')]
$.o[?(@.x==true)]
$.t[0]
TEXT
go_program query_in_go github.com/PaesslerAG/jsonpath@v0.1.1 <<'GO'
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/PaesslerAG/jsonpath"
)

func main() {
	text, _ := os.ReadFile("document.json")
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		panic(err)
	}
	queries, _ := os.Open("queries")
	for lines := bufio.NewScanner(queries); lines.Scan(); {
		if found, err := jsonpath.Get(lines.Text(), document); err != nil {
			fmt.Println("error")
		} else {
			text, _ := json.Marshal(found)
			fmt.Println(string(text))
		}
	}
}
GO
crate jsonpath_lib=0.3.0 serde_json_path=0.7.2 serde_json=1.0.154 <<'RUST'
fn main() {
    let document = serde_json::from_str(&std::fs::read_to_string("document.json").unwrap()).unwrap();
    for line in std::fs::read_to_string("queries").unwrap().lines() {
        let lib = jsonpath_lib::select(&document, line);
        let lib = lib.map_or("error".into(), |found| serde_json::to_string(&found).unwrap());
        let path = serde_json_path::JsonPath::parse(line);
        let path = path.map_or("error".into(), |path| serde_json::to_string(&path.query(&document).all()).unwrap());
        println!("{lib}\t{path}");
    }
}
RUST
quietly npm install jsonpath-plus@10.4.0 jsonpath@1.3.0
quietly python3 -m venv python
quietly python/bin/pip install jsonpath-ng==1.16.0
expect "$(paste queries <(node -e '
const { readFileSync } = require("fs"), { JSONPath } = require("jsonpath-plus"), jsonpath = require("jsonpath")
const json = JSON.parse(readFileSync("document.json"))
for (const path of readFileSync("queries", "utf8").trim().split("\n")) {
  const found = [() => JSONPath({ path, json }), () => jsonpath.query(json, path)]
  console.log(found.map(f => { try { return JSON.stringify(f()) } catch { return "error" } }).join("\t"))
}') <(python/bin/python -c '
import json
from jsonpath_ng.ext import parse
document = json.load(open("document.json"))
for line in open("queries"):
    try:
        print(json.dumps([found.value for found in parse(line.strip()).find(document)], separators=(",", ":")))
    except Exception:
        print("error")
') <(./query_in_go) <(cargo run --quiet) |
  awk -F'\t' '{ print $1 "\n  plus " $2 ", jsonpath " $3 ", Python " $4 ", Go " $5 ", lib " $6 ", serde " $7 }')" <<'WANTED'
$['a','l']
  plus [], jsonpath [0,[3,1,2]], Python [0,[3,1,2]], Go [0,[3,1,2]], lib [0,[3,1,2]], serde [0,[3,1,2]]
$.l[-1]
  plus [], jsonpath [], Python [2], Go error, lib [2], serde [2]
$.l[::-1]
  plus [], jsonpath [2,1,3], Python [2,1,3], Go [2,1,3], lib error, serde [2,1,3]
$.l[?(@>1)]
  plus error, jsonpath [3,2], Python [3,2], Go error, lib [], serde [3,2]
$.l[?@>1]
  plus [], jsonpath error, Python [3,2], Go error, lib error, serde [3,2]
$.o[?(@.n)]
  plus [], jsonpath [], Python [{"x":1,"n":null}], Go [], lib [{"x":1,"n":null}], serde [{"x":1,"n":null}]
$.o[?(@.n==null)]
  plus [{"x":1,"n":null},{"x":2}], jsonpath [{"x":1,"n":null},{"x":2}], Python [{"x":1,"n":null}], Go error, lib error, serde [{"x":1,"n":null}]
$.o[?(@.x=='1')]
  plus [{"x":1,"n":null}], jsonpath [{"x":1,"n":null}], Python [], Go [], lib [], serde []
$.o[?(@.x==true)]
  plus [{"x":1,"n":null}], jsonpath [{"x":1,"n":null}], Python [], Go [], lib [], serde []
$.t[0]
  plus ["t"], jsonpath [], Python [], Go error, lib [], serde []
WANTED
