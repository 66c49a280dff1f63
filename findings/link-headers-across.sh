#!/usr/bin/env bash
# npm parse-link-header 2.0.0, PyPI requests 2.34.2, Go modules peterhellberg/link 1.2.0 and tomnomnom/linkheader (2018): a page's address with a comma or a semicolon is another one, or none.
#
# Guess: the header of paged lists, `Link: <address>; rel="next"`, is simple enough for small libraries to agree on: what
#        stands in <> is the address, and a comma or semicolon in it belongs to it, as addresses may have both; names such
#        as `rel` have no case, and a `rel` of two words is two relations (RFC 8288).
# Seen:  one Go module takes the comma out of the address, so that the page for the ids 1 and 2 is the one for 12; the other
#        finds no link at all, as with a semicolon, where requests ends the address. `rel="next last"` is a relation called
#        "next last" to three of the four; `Rel` is no relation to three, and a blank before the `=` hides it from two. A
#        loop over pages ends there, without an error.
#
# Needs go, node and python3.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >headers <<'TEXT'
<https://x.example/?a=1&b=2>; rel="next"
<https://x.example/?ids=1,2>; rel="next"
<https://x.example/?a=1;b=2>; rel="next"
<https://x.example/a>; rel="next last"
<https://x.example/a>; Rel="next"
<https://x.example/a>; rel = "next"
TEXT
go_program links github.com/peterhellberg/link@v1.2.0 github.com/tomnomnom/linkheader@v0.0.0-20180905144013-02ca5825eb80 <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/peterhellberg/link"
	"github.com/tomnomnom/linkheader"
)

func main() {
	headers, _ := os.Open("headers")
	for lines := bufio.NewScanner(headers); lines.Scan(); {
		one, other := "none", "none"
		if next := link.Parse(lines.Text())["next"]; next != nil {
			one = next.URI
		}
		for _, next := range linkheader.Parse(lines.Text()).FilterByRel("next") {
			other = next.URL
		}
		fmt.Printf("%s\t%s\n", one, other)
	}
}
GO
quietly npm install parse-link-header@2.0.0
quietly python3 -m venv python
quietly python/bin/pip install requests==2.34.2
expect "$(paste headers <(node -e '
const parse = require("parse-link-header")
for (const line of require("fs").readFileSync("headers", "utf8").trim().split("\n")) {
  console.log(parse(line)?.next?.url ?? "none")
}') <(python/bin/python -c '
import requests
for line in open("headers"):
    answer = requests.Response()
    answer.headers["Link"] = line.strip()
    print(answer.links.get("next", {}).get("url", "none"))
') <(./links) | awk -F'\t' '{ print $1 "\n  parse-link-header " $2 ", requests " $3 ", link " $4 ", linkheader " $5 }')" <<'WANTED'
<https://x.example/?a=1&b=2>; rel="next"
  parse-link-header https://x.example/?a=1&b=2, requests https://x.example/?a=1&b=2, link https://x.example/?a=1&b=2, linkheader https://x.example/?a=1&b=2
<https://x.example/?ids=1,2>; rel="next"
  parse-link-header https://x.example/?ids=1,2, requests https://x.example/?ids=1,2, link https://x.example/?ids=12, linkheader none
<https://x.example/?a=1;b=2>; rel="next"
  parse-link-header https://x.example/?a=1;b=2, requests https://x.example/?a=1, link https://x.example/?a=1;b=2, linkheader none
<https://x.example/a>; rel="next last"
  parse-link-header https://x.example/a, requests none, link none, linkheader none
<https://x.example/a>; Rel="next"
  parse-link-header none, requests none, link none, linkheader https://x.example/a
<https://x.example/a>; rel = "next"
  parse-link-header none, requests https://x.example/a, link https://x.example/a, linkheader none
WANTED
