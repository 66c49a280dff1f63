#!/usr/bin/env bash
# Go module github.com/zclconf/go-cty 1.16.3, npm msgpackr 2.1.4, notepack.io 3.0.1, @msgpack/msgpack 3.1.3 and msgpack-lite 0.2.2, PyPI msgpack 1.2.4 and ormsgpack 1.13.1: an attribute that is `undefined` in JavaScript is "known after apply" in Terraform.
#
# Guess: a provider's values are MessagePack, which any library writes; a member that is `undefined` is left out or nil, as in
#        JSON, and a type of extension that cty does not know is an error. In the other direction, an unknown value is
#        something that no library takes for an ordinary one.
# Seen:  msgpackr writes `undefined` as the extension 0 with a zero, which is cty's unknown value to the byte, and msgpack-lite a
#        moment as the extension 13: cty takes both, and any extension from 0 to 127, for an unknown value. notepack.io leaves
#        `undefined` out; an object that has no member left is no error for cty, which gives a value of another
#        type than it was asked for. Unknown values of cty are `undefined` for msgpackr and notepack.io, as long as cty
#        knows nothing more of them; as soon as it knows that one is not null, msgpackr and ormsgpack have an error.
#
# Needs go, node with npm, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
quietly npm install msgpackr@2.1.4 notepack.io@3.0.1 @msgpack/msgpack@3.1.3 msgpack-lite@0.2.2
quietly python3 -m venv python
quietly python/bin/pip install msgpack==1.2.4 ormsgpack==1.13.1
go_program in_cty github.com/zclconf/go-cty@v1.16.3 <<'GO'
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/msgpack"
)

func main() {
	object := cty.Object(map[string]cty.Type{"name": cty.String})
	if len(os.Args) > 1 {
		for _, value := range []cty.Value{cty.UnknownVal(cty.String), cty.UnknownVal(cty.String).RefineNotNull()} {
			bytes, _ := msgpack.Marshal(cty.ObjectVal(map[string]cty.Value{"name": value}), object)
			fmt.Printf("%x\n", bytes)
		}
		return
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		at := strings.LastIndex(lines.Text(), " ")
		bytes, _ := hex.DecodeString(lines.Text()[at+1:])
		shown := "an error"
		if value, err := msgpack.Unmarshal(bytes, object); err == nil {
			shown = fmt.Sprintf("%#v", value)
		}
		fmt.Println(lines.Text(), "is", shown)
	}
}
GO
cat >write.mjs <<'JS'
import { pack } from "msgpackr"
import notepack from "notepack.io"
import { encode } from "@msgpack/msgpack"
import lite from "msgpack-lite"
const libraries = { msgpackr: pack, "notepack.io": notepack.encode, "@msgpack/msgpack": encode, "msgpack-lite": lite.encode }
for (const [value, shown] of [[undefined, "undefined"], [null, "null"], [new Date(0), "a moment"]]) {
  for (const [library, write] of Object.entries(libraries)) {
    console.log(`${library} writes {name: ${shown}} as`, Buffer.from(write({ name: value })).toString("hex"))
  }
}
JS
cat >read.mjs <<'JS'
import { inspect } from "util"
import { unpack } from "msgpackr"
import notepack from "notepack.io"
import { decode } from "@msgpack/msgpack"
import lite from "msgpack-lite"
const libraries = { msgpackr: unpack, "notepack.io": notepack.decode, "@msgpack/msgpack": decode, "msgpack-lite": lite.decode }
for (const text of process.argv.slice(2)) {
  for (const [library, read] of Object.entries(libraries)) {
    let shown
    try { shown = inspect(read(Buffer.from(text, "hex")), { breakLength: Infinity }) } catch { shown = "an error" }
    console.log(`${text} in ${library}: ${shown}`)
  }
}
JS
cat >read.py <<'PYTHON'
import msgpack, ormsgpack, sys
for text in sys.argv[1:]:
    for library in msgpack, ormsgpack:
        try:
            shown = library.unpackb(bytes.fromhex(text))
        except Exception:
            shown = "an error"
        print(f"{text} in Python's {library.__name__}: {shown}")
PYTHON
mapfile -t unknown < <(./in_cty unknown)
expect "$(node write.mjs | ./in_cty
node read.mjs "${unknown[@]}"
python/bin/python read.py "${unknown[@]}")" <<'WANTED'
msgpackr writes {name: undefined} as de0001a46e616d65d40000 is cty.ObjectVal(map[string]cty.Value{"name":cty.UnknownVal(cty.String)})
notepack.io writes {name: undefined} as 80 is cty.EmptyObjectVal
@msgpack/msgpack writes {name: undefined} as 81a46e616d65c0 is cty.ObjectVal(map[string]cty.Value{"name":cty.NullVal(cty.String)})
msgpack-lite writes {name: undefined} as 81a46e616d65c0 is cty.ObjectVal(map[string]cty.Value{"name":cty.NullVal(cty.String)})
msgpackr writes {name: null} as de0001a46e616d65c0 is cty.ObjectVal(map[string]cty.Value{"name":cty.NullVal(cty.String)})
notepack.io writes {name: null} as 81a46e616d65c0 is cty.ObjectVal(map[string]cty.Value{"name":cty.NullVal(cty.String)})
@msgpack/msgpack writes {name: null} as 81a46e616d65c0 is cty.ObjectVal(map[string]cty.Value{"name":cty.NullVal(cty.String)})
msgpack-lite writes {name: null} as 81a46e616d65c0 is cty.ObjectVal(map[string]cty.Value{"name":cty.NullVal(cty.String)})
msgpackr writes {name: a moment} as de0001a46e616d65d6ff00000000 is an error
notepack.io writes {name: a moment} as 81a46e616d65d6ff00000000 is an error
@msgpack/msgpack writes {name: a moment} as 81a46e616d65d6ff00000000 is an error
msgpack-lite writes {name: a moment} as 81a46e616d65d40d00 is cty.ObjectVal(map[string]cty.Value{"name":cty.UnknownVal(cty.String)})
81a46e616d65d40000 in msgpackr: { name: undefined }
81a46e616d65d40000 in notepack.io: { name: undefined }
81a46e616d65d40000 in @msgpack/msgpack: { name: ExtData { type: 0, data: <Buffer 00> } }
81a46e616d65d40000 in msgpack-lite: { name: ExtBuffer { buffer: <Buffer 00>, type: 0 } }
81a46e616d65c7030c8101c2 in msgpackr: an error
81a46e616d65c7030c8101c2 in notepack.io: { name: [ 12, <Buffer 81 01 c2> ] }
81a46e616d65c7030c8101c2 in @msgpack/msgpack: { name: ExtData { type: 12, data: <Buffer 81 01 c2> } }
81a46e616d65c7030c8101c2 in msgpack-lite: { name: [String: '[object Object]'] }
81a46e616d65d40000 in Python's msgpack: {'name': ExtType(code=0, data=b'\x00')}
81a46e616d65d40000 in Python's ormsgpack: an error
81a46e616d65c7030c8101c2 in Python's msgpack: {'name': ExtType(code=12, data=b'\x81\x01\xc2')}
81a46e616d65c7030c8101c2 in Python's ormsgpack: an error
WANTED
