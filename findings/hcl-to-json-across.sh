#!/usr/bin/env bash
# Go module tmccombs/hcl2json 0.6.9, npm @cdktf/hcl2json 0.21.0, hcl2-parser 1.0.3 and hcl-to-json 0.1.1, with OpenTofu 1.12.6: an output that is converted to JSON and applied has another value.
#
# Guess: OpenTofu reads JSON too, and the form is fixed: a text is a template, as in HCL. So what a converter makes of a file is
#        applied with the same result; one that cannot do it says so.
# Seen:  hcl2-parser, and hcl2json when it simplifies, write "$${var.it}", which is no reference, as the reference "${var.it}".
#        In a default, where JSON has no templates, those two are right, and the two that keep the "$$" are wrong.
#        9007199254740993 becomes its neighbour in all that run in JavaScript. hcl-to-json makes the text "var.it" of the
#        reference, and three texts of a list of a number, a text and null. "type = string" is an error after all
#        but the last. In none of these cases does a converter say anything.
#
# Needs go, and node with npm.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
quietly npm install @cdktf/hcl2json@0.21.0 hcl2-parser@1.0.3 hcl-to-json@0.1.1
go_program hcl2json github.com/tmccombs/hcl2json@v0.6.9 <<'GO'
package main

import (
	"io"
	"os"

	"github.com/tmccombs/hcl2json/convert"
)

func main() {
	text, _ := io.ReadAll(os.Stdin)
	converted, err := convert.Bytes(text, "main.tf", convert.Options{Simplify: os.Args[1] == "simplified"})
	if err != nil {
		panic(err)
	}
	os.Stdout.Write(converted)
}
GO
cat >convert.mjs <<'JS'
import cdktf from "@cdktf/hcl2json"
import parser from "hcl2-parser"
import toJson from "hcl-to-json"
import { readFileSync } from "fs"
const text = readFileSync(0, "utf8")
const converters = {
  "@cdktf/hcl2json": () => cdktf.parse("main.tf", text),
  "hcl2-parser": () => parser.parseToObject(text)[0],
  "hcl-to-json": () => toJson(text),
}
console.log(JSON.stringify(await converters[process.argv[2]]()))
process.exit(0)
JS
converted() {
  case $1 in
    hcl2json*) ./hcl2json "${1#*, }" ;;
    *) node convert.mjs "$1" ;;
  esac
}
# result FILE: the output of what stdin has, applied as a file of that name.
result() (
  mkdir module && cd module
  cat >"$1"
  if ../tofu init >log 2>&1 && ../tofu apply -auto-approve >>log 2>&1; then ../tofu output -json it | tr -d '\n '; else printf 'an error'; fi
  cd .. && rm -r module
)
# shown TEXT FILE: what comes out with HCL, and after each converter.
shown() {
  echo "$1 is $(result main.tf <"$2")"
  for converter in hcl2json 'hcl2json, simplified' @cdktf/hcl2json hcl2-parser hcl-to-json; do
    echo "  after $converter: $(converted "$converter" <"$2" | result main.tf.json)"
  done
}
expect "$(while IFS= read -r value; do
  printf 'variable "it" {\n  default = "given"\n}\noutput "it" {\n  value = %s\n}\n' "$value" >main.tf
  shown "$value" main.tf
done <<'VALUES'
"$${var.it}"
9007199254740993
var.it
[1, "1", null]
1 + 1
VALUES
printf 'variable "it" {\n  default = "$${name}"\n}\noutput "it" {\n  value = var.it\n}\n' >default.tf
shown 'the default "$${name}"' default.tf
printf 'variable "it" {\n  type    = string\n  default = "given"\n}\noutput "it" {\n  value = var.it\n}\n' >type.tf
shown 'a default with "type = string"' type.tf
)" <<'WANTED'
"$${var.it}" is "${var.it}"
  after hcl2json: "${var.it}"
  after hcl2json, simplified: "given"
  after @cdktf/hcl2json: "${var.it}"
  after hcl2-parser: "given"
  after hcl-to-json: "${var.it}"
9007199254740993 is 9007199254740993
  after hcl2json: 9007199254740993
  after hcl2json, simplified: 9007199254740993
  after @cdktf/hcl2json: 9007199254740992
  after hcl2-parser: 9007199254740992
  after hcl-to-json: 9007199254740992
var.it is "given"
  after hcl2json: "given"
  after hcl2json, simplified: "given"
  after @cdktf/hcl2json: "given"
  after hcl2-parser: "given"
  after hcl-to-json: "var.it"
[1, "1", null] is [1,"1",null]
  after hcl2json: [1,"1",null]
  after hcl2json, simplified: [1,"1",null]
  after @cdktf/hcl2json: [1,"1",null]
  after hcl2-parser: [1,"1",null]
  after hcl-to-json: ["1","1","null"]
1 + 1 is 2
  after hcl2json: 2
  after hcl2json, simplified: 2
  after @cdktf/hcl2json: 2
  after hcl2-parser: 2
  after hcl-to-json: an error
the default "$${name}" is "${name}"
  after hcl2json: "$${name}"
  after hcl2json, simplified: "${name}"
  after @cdktf/hcl2json: "$${name}"
  after hcl2-parser: "${name}"
  after hcl-to-json: "var.it"
a default with "type = string" is "given"
  after hcl2json: an error
  after hcl2json, simplified: an error
  after @cdktf/hcl2json: an error
  after hcl2-parser: an error
  after hcl-to-json: "var.it"
WANTED
